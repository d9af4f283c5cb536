import type { Expr, StructExpr, StructField } from '../ast';
import type { Environment } from '../environment';
import type { CelIssueCode } from '../issue';
import { errorType, formatType } from '../types';
import type { CelType } from '../types';
import type { CheckedTree } from './checked-tree';

/** Checks expressions that make messages: `a.b.Type{field: value}`. */
export class MessageChecker {
  readonly #environment: Environment;
  readonly #tree: CheckedTree;
  readonly #check: (expr: Expr) => CelType;

  /** @param check infers the type of a field's value */
  constructor(environment: Environment, tree: CheckedTree, check: (expr: Expr) => CelType) {
    this.#environment = environment;
    this.#tree = tree;
    this.#check = check;
  }

  run(expr: StructExpr): CelType {
    const candidates = this.#environment.candidates(expr.typeName);
    const name = candidates.find((candidate) => this.#environment.findType(candidate) !== undefined);
    const type = name === undefined ? undefined : this.#environment.findType(name);
    if (name === undefined || type === undefined) {
      this.#tree.undeclared(expr.typeName, this.#environment.container, expr, expr.range);
      return errorType;
    }
    this.#tree.setReference(expr, { kind: 'type', name });
    const { schema } = this.#environment;
    this.#tree.setMessage(expr, { name, schema, descriptor: this.#environment.findDescriptor(name) });
    const problem = this.#constructionProblem(name, type);
    if (problem !== undefined) {
      this.#tree.report('not-a-type', problem, expr);
    }
    for (const field of expr.fields) {
      this.#field(name, field, this.#check(field.value));
    }
    return problem === undefined ? type : errorType;
  }

  /** The reason why an expression cannot make a message of the type; undefined if it can. */
  #constructionProblem(name: string, type: CelType): string | undefined {
    if (this.#environment.findMessage(name)?.open) {
      return `'${name}' is not a type`;
    }
    // cel-go takes lists for a well-known message, and object types for messages; planning then fails.
    const makeable =
      this.#environment.findDescriptor(name) !== undefined ||
      name === 'list' ||
      this.#environment.isObjectType(name) ||
      (type.kind === 'named' && !type.opaque);
    return makeable ? undefined : `'${name}' is not a message type`;
  }

  #field(message: string, field: StructField, given: CelType): void {
    const { substitution } = this.#tree;
    const of = message === 'list' ? 'google.protobuf.ListValue' : message;
    const type = this.#environment.fieldType(of, field.name);
    const value = field.optional ? this.#tree.optionalElement(field.value, given) : given;
    if (!type) {
      const problem = this.#hasFields(message)
        ? `undefined field '${field.name}'`
        : `unexpected failed resolution of '${message}'`;
      this.#report('undefined-field', problem, field);
    } else if (!substitution.assignable(type, value)) {
      const shown = formatType(substitution.apply(value, true));
      const problem = `expected type of field '${field.name}' is '${formatType(type)}' but provided type is '${shown}'`;
      this.#report('type-mismatch', problem, field);
    }
  }

  #hasFields(message: string): boolean {
    return message === 'list' || this.#environment.findDescriptor(message) !== undefined;
  }

  #report(code: CelIssueCode, message: string, field: StructField): void {
    this.#tree.issues.push({ code, message, range: field.nameRange, position: field.position });
  }
}
