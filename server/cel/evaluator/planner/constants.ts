import type { Call, Comprehension, Expr, ListExpr, Literal, MacroCall } from '../../ast';
import { children } from '../../ast';
import type { CheckResult } from '../../checker/check-result';
import type { FunctionResult } from '../../functions/define';
import type { ResolvedOverload } from '../../functions/resolve';
import { Failure } from '../../values/failure';
import { Uint } from '../../values/uint';
import type { CelValue } from '../../values/value';
import { surcharge } from '../../values/operations/weight';
import { argumentsOf, certainOverload } from '../calls';
import { listCost } from './plan-aggregates';
import { isFunctionCall } from './plan-calls';
import { certainType } from './planning';
import type { PlanMode } from './planning';

/** A constant of a plan: its place among the constants of a frame, and the cost of reading it. */
export interface Constant {
  readonly index: number;
  readonly cost: number;
}

/** The constants of a tree, apart from the rest of it. */
export interface Constants {
  readonly values: readonly CelValue[];
  /** The nodes that are constants. */
  readonly of: ReadonlyMap<Expr, Constant>;
  /**
   * Trees with the same key differ in their constants alone, so that one plan serves all of them. Undefined if a
   * constant has a value that no literal has: the tree then needs a plan of its own.
   */
  readonly key: string | undefined;
}

/**
 * Finds the constants of a checked tree: literals, lists of literals, and calls on literals that succeed, such as
 * `duration("24h")`.
 */
export function constantsOf(expr: Expr, checked: CheckResult, mode: PlanMode): Constants {
  const finder = new ConstantFinder(checked, mode);
  finder.visit(expr);
  return finder;
}

class ConstantFinder implements Constants {
  readonly values: CelValue[] = [];
  readonly of = new Map<Expr, Constant>();
  readonly #checked: CheckResult;
  readonly #mode: PlanMode;
  /** Each visited node's number. Macros have nodes both as arguments and in their expansion. */
  readonly #visited = new Map<Expr, number>();
  #key = '';
  #shared = true;

  constructor(checked: CheckResult, mode: PlanMode) {
    this.#checked = checked;
    this.#mode = mode;
  }

  get key(): string | undefined {
    return this.#shared ? this.#key : undefined;
  }

  visit(expr: Expr): void {
    const known = this.#visited.get(expr);
    if (known !== undefined) {
      this.#key += `^${known}`;
      return;
    }
    this.#visited.set(expr, this.#visited.size);
    this.#key += '(';
    this.#visitNode(expr);
    this.#key += ')';
  }

  #visitNode(expr: Expr): void {
    switch (expr.kind) {
      case 'literal':
        this.#literal(expr);
        return;
      case 'list':
        if (this.#constantList(expr)) {
          return;
        }
        this.#key += `list ${expr.optional.join()}`;
        break;
      case 'call':
        if (this.#constantCall(expr)) {
          return;
        }
        break;
      case 'identifier':
        this.#words('name', expr.name, this.#reference(expr));
        break;
      case 'select':
        this.#words(`select ${expr.test} ${expr.optional}`, expr.field, this.#reference(expr));
        break;
      case 'map':
        this.#key += `map ${expr.entries.map(({ optional }) => optional).join()}`;
        break;
      case 'struct':
        this.#words(
          'struct',
          expr.typeName,
          ...expr.fields.map(({ name, optional }) => `${optional} ${name}`),
        );
        break;
      case 'comprehension':
        this.#loop(expr);
        break;
      case 'invalid':
        this.#shared = false;
    }
    for (const part of children(expr)) {
      this.visit(part);
    }
    if (expr.macro) {
      this.#macro(expr.macro);
    }
  }

  /** Names are quoted, so that none can look like another part of the key. */
  #words(...words: readonly string[]): void {
    this.#key += JSON.stringify(words);
  }

  #reference(expr: Expr): string {
    const reference = this.#checked.referenceOf(expr);
    if (reference === undefined) {
      return '';
    }
    switch (reference.kind) {
      case 'variable':
      case 'type':
        return `${reference.kind} ${reference.name}`;
      case 'constant':
        return `constant ${reference.value}`;
      default:
        return reference.kind;
    }
  }

  #loop({ iterVar, iterVar2, accumulator }: Comprehension): void {
    this.#words('loop', iterVar, iterVar2 ?? '', accumulator);
  }

  #macro({ name, target, args }: MacroCall): void {
    this.#words('macro', name);
    for (const each of target ? [target, ...args] : args) {
      this.visit(each);
    }
  }

  #literal(literal: Literal): void {
    const { value } = literal;
    if (typeof value === 'boolean' || value === null) {
      // Planning looks at these.
      this.#key += String(value);
      return;
    }
    const type = literalType(value);
    this.#shared &&= type !== undefined;
    this.#add(literal, value, 0);
    this.#key += type ?? '?';
  }

  #constantList(expr: ListExpr): boolean {
    const { elements, optional } = expr;
    const values = elements.flatMap((element) => (element.kind === 'literal' ? [element.value] : []));
    if (values.length < elements.length || optional.length > 0 || this.#mode.trace) {
      return false;
    }
    const cost = listCost + surcharge(values);
    this.#add(expr, values, cost);
    this.#key += `constants ${cost}`;
    return true;
  }

  #constantCall(expr: Call): boolean {
    const call = this.#checked.callOf(expr);
    if (!call || !isFunctionCall(expr, call)) {
      this.#words('call', expr.name, call?.function.name ?? '');
      return false;
    }
    const certain = certainOverload(expr, call, (node) => certainType(this.#checked, node));
    const made = certain && constantResult(certain, argumentsOf(expr, call));
    if (made) {
      const cost = certain.cost(made.first, made.second);
      this.#add(expr, made.result, cost);
      this.#words('constant', certain.id, String(cost));
      return true;
    }
    const ids = call.overloads.map(({ id }) => id);
    const how = `${certain !== undefined} ${call.namespaced}`;
    this.#words('call', expr.name, call.function.name, how, ...ids);
    return false;
  }

  #add(expr: Expr, value: CelValue, cost: number): void {
    this.of.set(expr, { index: this.values.length, cost });
    this.values.push(value);
  }
}

/** Undefined for values that are no literals, which rewritten trees may hold. */
function literalType(value: CelValue): string | undefined {
  switch (typeof value) {
    case 'string':
      return 's';
    case 'bigint':
      return 'i';
    case 'number':
      return 'd';
    default:
      return value instanceof Uint ? 'u' : value instanceof Uint8Array ? 'b' : undefined;
  }
}

/** The result of a call on literals alone, unless it fails. */
function constantResult(
  { run }: ResolvedOverload,
  nodes: readonly Expr[],
):
  { readonly result: CelValue; readonly first: CelValue; readonly second: CelValue | undefined } | undefined {
  const values = nodes.flatMap((arg) => (arg.kind === 'literal' ? [arg.value] : []));
  const [first, second] = values;
  if (!run || first === undefined || values.length !== nodes.length) {
    return undefined;
  }
  const result = (run as (...values: readonly CelValue[]) => FunctionResult)(...values);
  return result instanceof Failure ? undefined : { result, first, second };
}
