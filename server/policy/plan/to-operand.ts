import { Uint, unparse } from '../../cel';
import type { Call, Comprehension, Expr, JsonValue, Literal, MapExpr, Select } from '../../cel';
import { cerbosEnvironment } from '../conditions/environment';
import { expression } from './operand';
import type { Operand } from './operand';
import { PlanningError } from './problem';

/** The operators that have names of their own in filters. */
const operators = new Map([
  ['_==_', 'eq'],
  ['_!=_', 'ne'],
  ['_>_', 'gt'],
  ['_>=_', 'ge'],
  ['_<_', 'lt'],
  ['_<=_', 'le'],
  ['@in', 'in'],
  ['_+_', 'add'],
  ['_-_', 'sub'],
  ['_*_', 'mult'],
  ['_/_', 'div'],
  ['_%_', 'mod'],
  ['_[_]', 'index'],
  ['_&&_', 'and'],
  ['_||_', 'or'],
  ['!_', 'not'],
  ['_?_:_', 'if'],
]);

/** Filters know nothing of optional values, nor of the functions that give or take some; and the time is not theirs. */
const unsupported = new Set([
  ...[
    '_[?_]',
    'optional.of',
    'optional.none',
    'optional.ofNonZeroValue',
    'hasValue',
    'value',
    'or',
    'orValue',
  ],
  ...['optional.unwrap', 'unwrapOpt', 'first', 'last', 'regex.extract', 'now', 'timeSince'],
]);

const arithmetic = new Set(['_+_', '_-_', '_*_', '_/_', '_%_']);

/**
 * An expression as a part of a filter, with Cerbos' names for operators and its form of lambdas.
 * @throws PlanningError for what has no such form, or would mean something else in it
 */
export function operandOf(expr: Expr): Operand {
  return new Writer(new Set()).write(expr);
}

class Writer {
  /** The variables of the lambdas around an expression, which hide other names. */
  readonly #locals: ReadonlySet<string>;

  constructor(locals: ReadonlySet<string>) {
    this.#locals = locals;
  }

  write(expr: Expr): Operand {
    switch (expr.kind) {
      case 'literal':
        return { value: jsonOf(expr) };
      case 'identifier':
        return { variable: this.#name(expr.name) };
      case 'select':
        return this.#selection(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        if (expr.optional.length > 0) {
          throw unwritable(expr);
        }
        return this.#list(expr.elements);
      case 'map':
        return this.#map(expr);
      case 'comprehension':
        return this.#lambda(expr);
      default:
        throw unwritable(expr);
    }
  }

  #selection(expr: Select): Operand {
    if (expr.test || expr.optional) {
      throw unwritable(expr);
    }
    const operand = this.write(expr.operand);
    return 'variable' in operand
      ? { variable: `${operand.variable}.${expr.field}` }
      : expression('get-field', operand, { variable: expr.field });
  }

  #name(written: string): string {
    const name = written.replace(/^\./, '');
    if (this.#locals.has(name)) {
      if (name !== written) {
        throw new PlanningError(`${written} is hidden by a variable of the same name`);
      }
      return name;
    }
    if (name === 'runtime' || name === 'V' || name === 'variables') {
      throw new PlanningError(
        'the condition depends on too many derived roles, or on a variable that is too long',
      );
    }
    return fullNames.get(name) ?? name;
  }

  #call(expr: Call): Operand {
    const { target, args } = expr;
    const [first, second] = args;
    const qualified = target && qualifiedName(target, expr.name);
    const name = qualified ?? expr.name;
    if (unsupported.has(name)) {
      throw unwritable(expr);
    }
    // It hides a type from the checker, of which a filter knows nothing.
    if (name === 'dyn' && first) {
      return this.write(first);
    }
    if (arithmetic.has(name)) {
      mustBeAlike(expr);
    }
    const operands = args.map((arg) =>
      name === '@in' && arg === second && arg.kind === 'map' ? this.#list(keysOf(arg)) : this.write(arg),
    );
    return expression(
      operators.get(name) ?? name,
      ...(target && qualified === undefined ? [this.write(target)] : []),
      ...operands,
    );
  }

  #list(elements: readonly Expr[]): Operand {
    const values = elements.map((each) => this.write(each));
    const known = values.flatMap((each, index) =>
      'value' in each && elements[index]?.kind === 'literal' ? [each.value] : [],
    );
    return known.length === values.length ? { value: known } : expression('list', ...values);
  }

  #map({ entries }: MapExpr): Operand {
    const fields = entries.map(({ key, value, optional }) => {
      if (optional) {
        throw unwritable(key);
      }
      return expression('set-field', this.write(key), this.write(value));
    });
    return expression('struct', ...fields);
  }

  #lambda(expr: Comprehension): Operand {
    const { macro, iterRange, iterVar, iterVar2 } = expr;
    const names = iterVar2 === undefined ? [iterVar] : [iterVar, iterVar2];
    const bodies = macro?.args.slice(names.length) ?? [];
    const operator = macro && operatorOf(macro.name, bodies.length);
    // Where a constant decides, the step is no longer the macro's.
    if (operator === undefined || expr.step.kind !== 'call') {
      throw unwritable(expr);
    }
    const inner = new Writer(new Set([...this.#locals, ...names]));
    const overKeys = iterRange.kind === 'map' && !operator.startsWith('transform');
    return expression(
      operator,
      overKeys && iterVar2 === undefined ? this.#list(keysOf(iterRange)) : this.write(iterRange),
      expression(
        'lambda',
        ...bodies.map((body) => inner.write(body)),
        ...names.map((variable) => ({ variable })),
      ),
    );
  }
}

/** Cerbos' name of a macro, by how many parts it has beside its variables. */
function operatorOf(macro: string, bodies: number): string | undefined {
  switch (macro) {
    case 'existsOne':
      return 'exists_one';
    case 'map':
      return bodies === 2 ? 'transformList' : 'map';
    case 'all':
    case 'exists':
    case 'exists_one':
    case 'filter':
    case 'transformList':
    case 'transformMap':
    case 'transformMapEntry':
      return macro;
    default:
      return undefined;
  }
}

const fullNames = new Map([
  ['P', 'request.principal'],
  ['R', 'request.resource'],
  ['C', 'constants'],
  ['G', 'globals'],
]);

/** The full name of a function with a name of several parts, such as `math.abs`. */
function qualifiedName(target: Expr, name: string): string | undefined {
  const prefix = dotted(target);
  const full = prefix === undefined ? undefined : `${prefix}.${name}`;
  return full !== undefined && cerbosEnvironment().findFunction(full) ? full : undefined;
}

function dotted(expr: Expr): string | undefined {
  if (expr.kind === 'identifier') {
    return expr.name;
  }
  const prefix = expr.kind === 'select' && !expr.test ? dotted(expr.operand) : undefined;
  return prefix === undefined || expr.kind !== 'select' ? undefined : `${prefix}.${expr.field}`;
}

/**
 * Attributes are doubles, and CEL adds no integer to one; in a filter, which is JSON, the two look alike.
 * @throws PlanningError for arithmetic of both, and for quotients of integers, which are integers in CEL
 */
function mustBeAlike(expr: Call): void {
  const integers = expr.args.filter(isInteger).length;
  const isQuotient = expr.name === '_/_' && integers > 0;
  if ((integers === 0 || integers === expr.args.length) && !isQuotient && !isConstant(expr)) {
    return;
  }
  throw new PlanningError(
    `${unparse(expr)} is not supported in query plans: attributes are doubles, so numbers beside them need a point, such as 1.0`,
  );
}

const integerFunctions = new Set(['int', 'uint', 'size', 'indexOf', 'lastIndexOf']);

function isInteger(expr: Expr): boolean {
  if (expr.kind === 'literal') {
    return typeof expr.value === 'bigint' || expr.value instanceof Uint;
  }
  if (expr.kind !== 'call') {
    return false;
  }
  return (
    integerFunctions.has(expr.name) ||
    /^get[A-Z]/.test(expr.name) ||
    ((arithmetic.has(expr.name) || expr.name === '-_') && expr.args.every(isInteger))
  );
}

/** Arithmetic with literals alone, which is only left where it cannot be evaluated. */
function isConstant({ name, args }: Call): boolean {
  return arithmetic.has(name) && args.every(({ kind }) => kind === 'literal');
}

/**
 * The roots of values that are always known. Residuals replace these by their values, so an expression that still reads
 * one fails.
 */
const knownRoots = new Set(['P', 'G', 'globals', 'C', 'constants']);

/** True if an expression fails for every resource, because a part that it needs fails. */
export function neverEvaluates(expr: Expr): boolean {
  switch (expr.kind) {
    case 'identifier':
      return knownRoots.has(expr.name);
    case 'select':
      return isPrincipal(expr) || neverEvaluates(expr.operand);
    case 'call':
      if (expr.name === '_&&_' || expr.name === '_||_') {
        return expr.args.every(neverEvaluates);
      }
      if (expr.name === '_?_:_') {
        return expr.args.slice(0, 1).some(neverEvaluates);
      }
      return isConstant(expr) || [...(expr.target ? [expr.target] : []), ...expr.args].some(neverEvaluates);
    case 'list':
      return expr.elements.some(neverEvaluates);
    case 'map':
      return expr.entries.some(({ key, value }) => neverEvaluates(key) || neverEvaluates(value));
    case 'comprehension':
      return neverEvaluates(expr.iterRange);
    default:
      return false;
  }
}

function isPrincipal({ operand, field }: Select): boolean {
  return operand.kind === 'identifier' && operand.name === 'request' && field !== 'resource';
}

/** The keys of a map, where only those matter. */
function keysOf({ entries }: MapExpr): readonly Expr[] {
  return entries.map(({ key }) => key).sort((a, b) => (unparse(a) < unparse(b) ? -1 : 1));
}

function jsonOf(literal: Literal): JsonValue {
  const { value } = literal;
  const number = value instanceof Uint ? value.value : value;
  if (typeof number === 'bigint') {
    if (BigInt.asIntN(54, number) === number) {
      return Number(number);
    }
  } else if (!(number instanceof Uint8Array)) {
    return number;
  }
  throw unwritable(literal);
}

function unwritable(expr: Expr): PlanningError {
  return new PlanningError(`${unparse(expr)} is not supported in query plans`);
}
