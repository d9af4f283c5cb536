import type { Expr } from '../ast';
import type { Environment } from '../environment';
import type { CelIssue, CelIssueCode, Range } from '../issue';
import { errorType, formatType, optionalType } from '../types';
import type { CelType } from '../types';
import type { CallResolution, CheckResult, MessageResolution, Reference } from './check-result';
import { isDyn, Substitution, unwrapOptional } from './unify';

/** The checker's results for the nodes of one tree. Written while the tree is checked, read-only afterwards. */
export class CheckedTree implements CheckResult {
  readonly environment: Environment;
  type: CelType = errorType;
  readonly issues: CelIssue[] = [];
  readonly substitution = new Substitution();
  readonly #types: (CelType | undefined)[];
  readonly #references: (Reference | undefined)[];
  readonly #calls: (CallResolution | undefined)[];
  #messages: Map<number, MessageResolution> | undefined;

  constructor(root: Expr, environment: Environment) {
    this.environment = environment;
    // The root is made last, so that nearly all numbers of nodes are below its own.
    const size = root.id + 1;
    this.#types = new Array<CelType | undefined>(size);
    this.#references = new Array<Reference | undefined>(size);
    this.#calls = new Array<CallResolution | undefined>(size);
  }

  typeOf(node: Expr): CelType | undefined {
    const found = this.#types[node.id];
    return found && this.substitution.apply(found, true);
  }

  referenceOf(node: Expr): Reference | undefined {
    return this.#references[node.id];
  }

  callOf(node: Expr): CallResolution | undefined {
    return this.#calls[node.id];
  }

  messageOf(node: Expr): MessageResolution | undefined {
    return this.#messages?.get(node.id);
  }

  /** The type as it was found, its type variables as they are. */
  rawTypeOf(node: Expr): CelType {
    return this.#types[node.id] ?? errorType;
  }

  setType(node: Expr, type: CelType): void {
    this.#types[node.id] = type;
  }

  setReference(node: Expr, reference: Reference): void {
    this.#references[node.id] = reference;
  }

  setCall(node: Expr, call: CallResolution): void {
    this.#calls[node.id] = call;
  }

  setMessage(node: Expr, message: MessageResolution): void {
    this.#messages ??= new Map();
    this.#messages.set(node.id, message);
  }

  report(code: CelIssueCode, message: string, node: Expr, range: Range = node.range): void {
    this.issues.push({ code, message, range, position: node.position });
  }

  undeclared(name: string, container: string, node: Expr, range: Range): void {
    const message = `undeclared reference to '${name}' (in container '${container}')`;
    this.report('undeclared-reference', message, node, range);
  }

  mismatch(node: Expr, expected: CelType, actual: CelType): void {
    const message = `expected type '${formatType(expected)}' but found '${formatType(actual)}'`;
    this.report('type-mismatch', message, node);
  }

  /** The type of what an optional element, entry or field adds when it is there. */
  optionalElement(node: Expr, type: CelType): CelType {
    const held = unwrapOptional(type);
    if (!held.optional && !isDyn(held.type)) {
      this.mismatch(node, optionalType(held.type), held.type);
    }
    return held.type;
  }
}
