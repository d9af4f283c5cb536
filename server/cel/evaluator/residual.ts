import type { Call, Comprehension, Expr, MacroCall } from '../ast';
import { children } from '../ast';
import { substitute } from '../substitute';
import { Failure, Trouble, Unknown } from '../values/failure';
import { isList, isMap, mapGet, mapKeys } from '../values/kinds';
import { Uint } from '../values/uint';
import type { CelValue } from '../values/value';
import type { Evaluated } from './frame';
import { valueToExpr } from './value-to-expr';

/** The values of the sub-expressions that were evaluated; those that were not reached are missing. */
type NodeOutcomes = ReadonlyMap<Expr, Evaluated>;

/** The local variables around a part of an expression, with what is known of them. */
type LocalValues = ReadonlyMap<string, Evaluated>;

/** Evaluates a part of an expression by itself; gives no outcomes once the budget is used up. */
export type PartEvaluator = (part: Expr, locals: LocalValues) => NodeOutcomes;

/** A quantifier over more elements than this is not taken apart. */
const mostRounds = 10;

/**
 * Replaces the known parts of an expression by their values, and drops the branches that are decided. It does so in
 * branches that were not reached and in the bodies of loops, too, where the loop's variables are not known. `all` and
 * `exists` over at most ten known elements become `&&` and `||`.
 * @returns an expression with the same value, for all values of what is not known
 */
export function residual(expr: Expr, outcomes: NodeOutcomes, tools: ResidualTools): Expr {
  return new Reduction(outcomes, new Map(), tools).of(expr);
}

interface ResidualTools {
  readonly evaluate: PartEvaluator;
  /** True if the only value that an expression can have is a bool. */
  readonly isBool: (expr: Expr) => boolean;
}

/** The reduction of an expression, or of the body of a loop. */
class Reduction {
  readonly #outcomes: Map<Expr, Evaluated>;
  readonly #locals: LocalValues;
  readonly #tools: ResidualTools;
  /** The reduced form of each node. A macro's call, as written, is made of these. */
  readonly #reduced = new Map<Expr, Expr>();

  constructor(outcomes: NodeOutcomes, locals: LocalValues, tools: ResidualTools) {
    this.#outcomes = new Map(outcomes);
    this.#locals = locals;
    this.#tools = tools;
  }

  of(expr: Expr): Expr {
    if (expr.kind !== 'literal' && !this.#outcomes.has(expr)) {
      for (const [node, outcome] of this.#tools.evaluate(expr, this.#locals)) {
        this.#outcomes.set(node, outcome);
      }
    }
    // What fails in any case is left as written: that says more than its parts.
    const fails = this.#outcomes.get(expr) instanceof Failure;
    const made = fails ? expr : (this.#known(expr) ?? this.#parts(expr));
    this.#reduced.set(expr, made);
    return made;
  }

  /** The value of a node as an expression, if it has one that can be written. */
  #known(expr: Expr): Expr | undefined {
    const outcome = this.#outcomes.get(expr);
    if (outcome === undefined || outcome instanceof Trouble) {
      return undefined;
    }
    const literal = valueToExpr(outcome, expr);
    return literal && isHidden(expr) && typeof outcome !== 'boolean' ? { ...expr, args: [literal] } : literal;
  }

  #parts(expr: Expr): Expr {
    const left = (part: Expr): Expr => this.of(part);
    switch (expr.kind) {
      case 'call':
        return this.#call(expr);
      case 'list':
        return { ...expr, elements: expr.elements.map(left) };
      case 'map':
        return {
          ...expr,
          entries: expr.entries.map((entry) => ({
            ...entry,
            key: left(entry.key),
            value: left(entry.value),
          })),
        };
      case 'struct':
        return { ...expr, fields: expr.fields.map((field) => ({ ...field, value: left(field.value) })) };
      case 'select':
        return expr.macro ? expr : { ...expr, operand: this.#operand(expr.operand) };
      case 'comprehension':
        return expr.macro?.name === 'bind' ? this.#binding(expr, expr.macro) : this.#loop(expr);
      default:
        return expr;
    }
  }

  /**
   * Reduces the operand of a selection or index. A path is left as it is unless its value is known: its parts were not
   * evaluated one by one.
   */
  #operand(expr: Expr): Expr {
    return this.#outcomes.has(expr) || expr.kind === 'call' ? this.of(expr) : expr;
  }

  #call(expr: Call): Expr {
    const isIndex = expr.name === '_[_]' || expr.name === '_[?_]';
    const args = expr.args.map((arg, index) =>
      isIndex ? (index === 0 ? this.#operand(arg) : this.#key(arg)) : this.of(arg),
    );
    const target = expr.target && (this.#isName(expr.target) ? expr.target : this.of(expr.target));
    return (
      this.#decided(expr, args) ?? {
        ...expr,
        args,
        ...(target && { target }),
        ...(expr.macro && { macro: this.#written(expr.macro) }),
      }
    );
  }

  /**
   * The key of an index. One that can be no key fails when it is used, which may never happen; written as a constant it
   * would make the planner refuse the whole expression.
   */
  #key(key: Expr): Expr {
    const reduced = this.of(key);
    const value = this.#outcomes.get(key);
    const isRefused = typeof value === 'object' && !(value instanceof Trouble) && !(value instanceof Uint);
    return isRefused && key.kind !== 'literal'
      ? {
          kind: 'call',
          id: key.id,
          range: key.range,
          position: key.position,
          name: 'dyn',
          nameRange: key.range,
          args: [reduced],
        }
      : reduced;
  }

  /** The result of a logical operator or conditional, if one of its reduced parts decides it. */
  #decided({ name, args }: Call, [first, second, third]: readonly Expr[]): Expr | undefined {
    if ((name === '_&&_' || name === '_||_') && first && second) {
      const neutral = name === '_&&_';
      const [left, right] = args.map((arg) => this.#tools.isBool(arg));
      if (isLiteral(first, !neutral) || isLiteral(second, !neutral)) {
        return isLiteral(first, !neutral) ? first : second;
      }
      if (isLiteral(first, neutral) && right === true) {
        return second;
      }
      if (isLiteral(second, neutral) && left === true) {
        return first;
      }
    }
    if (name === '_?_:_' && first && second && third) {
      if (isLiteral(first, true)) {
        return second;
      }
      if (isLiteral(first, false)) {
        return third;
      }
    }
    return undefined;
  }

  /** True for the first part of a qualified function name, such as `math` in `math.abs(x)`. */
  #isName(target: Expr): boolean {
    const outcome = this.#outcomes.get(target);
    return (target.kind === 'identifier' || target.kind === 'select') && outcome === undefined;
  }

  #written(macro: MacroCall): MacroCall {
    const now = (part: Expr): Expr => substitute(part, (node) => this.#reduced.get(node));
    return { ...macro, args: macro.args.map(now), ...(macro.target && { target: now(macro.target) }) };
  }

  /** `cel.bind(name, value, body)` is no loop: its parts are evaluated once, and what is known of them is folded. */
  #binding(expr: Comprehension, macro: MacroCall): Expr {
    const [name] = macro.args;
    if (!name || expr.macro?.args.length !== 3) {
      return expr;
    }
    const initial = this.of(expr.initial);
    const within = new Reduction(
      this.#outcomes,
      new Map([...this.#locals, [expr.accumulator, this.#outcomes.get(expr.initial) ?? unclear]]),
      this.#tools,
    );
    const result = within.of(expr.result);
    return { ...expr, initial, result, macro: { ...macro, args: [name, initial, result] } };
  }

  #loop(expr: Comprehension): Expr {
    const { macro } = expr;
    if (!macro?.target) {
      return expr;
    }
    const iterRange = this.of(expr.iterRange);
    const rounds = this.#rounds(expr, macro);
    if (rounds) {
      return rounds;
    }
    const names = expr.iterVar2 === undefined ? [expr.iterVar] : [expr.iterVar, expr.iterVar2];
    const bodies = new Map<Expr, Expr>();
    const locals = new Map([...this.#locals, ...names.map((name) => [name, unclear] as const)]);
    for (const body of macro.args.slice(names.length)) {
      bodies.set(body, this.#within(body, locals));
    }
    const go = (part: Expr): Expr => substitute(part, (node) => bodies.get(node));
    // What can be no range would be refused when it is seen plainly.
    const isPlain = macro.name !== 'sortBy' && iterRange.kind !== 'literal';
    return {
      ...expr,
      condition: go(expr.condition),
      step: go(expr.step),
      result: go(expr.result),
      iterRange: isPlain ? iterRange : expr.iterRange,
      // The call as written must say the same as the tree.
      macro: {
        ...macro,
        ...(isPlain && { target: iterRange }),
        args: macro.args.map((arg) => bodies.get(arg) ?? arg),
      },
    };
  }

  #within(body: Expr, locals: LocalValues): Expr {
    return new Reduction(this.#tools.evaluate(body, locals), locals, this.#tools).of(body);
  }

  /** `[1, 2].exists(x, f(x))` as `f(1) || f(2)`, which absorbs errors in the same way. */
  #rounds(expr: Comprehension, macro: MacroCall): Expr | undefined {
    const body = macro.args.at(-1);
    const operator = operators.get(macro.name);
    const range = this.#outcomes.get(expr.iterRange);
    if (!operator || !body || expr.step.kind !== 'call' || range === undefined || range instanceof Trouble) {
      return undefined;
    }
    const elements = elementsOf(range, expr);
    if (!elements || elements.length === 0 || elements.length > mostRounds) {
      return undefined;
    }
    const made = elements.map((values) => this.#within(body, new Map([...this.#locals, ...values])));
    const names = [expr.iterVar, ...(expr.iterVar2 === undefined ? [] : [expr.iterVar2])];
    if (made.some((each) => names.some((name) => reads(each, name)))) {
      return undefined;
    }
    const { id, range: text, position } = expr;
    const head = { kind: 'call', id, range: text, position, nameRange: text, name: operator } as const;
    // What is no bool is an error, so that the last stands beside what changes nothing.
    const neutral: Expr = { kind: 'literal', id, range: text, position, value: operator === '_&&_' };
    return made.reduceRight((others: Expr, each) => {
      const call: Call = { ...head, args: [each, others] };
      return this.#decided({ ...call, args: [body, expr] }, call.args) ?? call;
    }, neutral);
  }
}

/** Stands for the value of a loop's variable. */
const unclear = new Unknown([]);

const operators = new Map([
  ['exists', '_||_'],
  ['all', '_&&_'],
]);

/** The values of a loop's variables in each round; undefined for what is neither list nor map. */
function elementsOf(
  range: CelValue,
  { iterVar, iterVar2 }: Comprehension,
): readonly (readonly (readonly [string, CelValue])[])[] | undefined {
  if (isList(range)) {
    return range.map((element, index) =>
      iterVar2 === undefined
        ? [[iterVar, element] as const]
        : ([
            [iterVar, BigInt(index)],
            [iterVar2, element],
          ] as const),
    );
  }
  if (!isMap(range)) {
    return undefined;
  }
  return [...mapKeys(range)].map((key) =>
    iterVar2 === undefined
      ? [[iterVar, key] as const]
      : ([
          [iterVar, key],
          [iterVar2, mapGet(range, key) ?? null],
        ] as const),
  );
}

function reads(expr: Expr, name: string): boolean {
  return (
    (expr.kind === 'identifier' && expr.name === name) || children(expr).some((part) => reads(part, name))
  );
}

/** True for `dyn(…)`. Its argument may be a constant that the checker would refuse without it. */
function isHidden(expr: Expr): expr is Call {
  return expr.kind === 'call' && expr.name === 'dyn' && expr.args.length === 1;
}

function isLiteral(expr: Expr, value: boolean): boolean {
  return expr.kind === 'literal' && expr.value === value;
}
