import type { Call, Comprehension, Expr, ListExpr, MapExpr, Select, StructExpr } from '../ast';
import type { CheckResult } from '../checker/check-result';
import { binaryOperators, pricedOperators, unaryOperators } from '../functions/operators';
import { accumulator } from '../parser/macros';
import { namesWithoutValue } from '../type-names';
import type { CelType } from '../types';
import { makeMap, typeNameOf } from '../values/kinds';
import { formatValue } from '../values/format';
import { equal } from '../values/equal';
import { Optional } from '../values/optional';
import { TypeValue } from '../values/type-value';
import type { CelValue } from '../values/value';
import { surcharge } from '../values/weight';
import { showKey } from './access';
import { planFunction } from './calls';
import { combine, fail, Failure, Trouble, Unknown } from './failure';
import type { Evaluator, Outcome } from './frame';
import { existsOneLoop, generalLoop, listLoop, mapLoop, quantifierLoop } from './loops';
import type { LoopPlan } from './loops';
import { MapGatherer } from './map-gatherer';
import { planMessage } from './messages';
import { invalidQualifier, isOptionalChain, isRead, readerOf, readKey, testField } from './reading';
import { planRequestPath } from './request-paths';
import { canonicalPath, pathPart, touchesUnknown } from './unknown-paths';

/** What making a list or a map costs beside what is in it; cel-go's figures. */
const listCost = 10;
const mapCost = 30;

/** What a plan must be able to do beyond evaluating; both cost time, so plans without them are separate. */
export interface PlanMode {
  /** Record the outcome of every sub-expression. */
  readonly trace: boolean;
  /** Look up whether what is read was marked unknown. */
  readonly unknowns: boolean;
}

export interface Plan {
  readonly evaluator: Evaluator;
  /** How many slots a frame needs. */
  readonly slots: number;
}

/** Turns a checked tree into closures. */
export function plan(expr: Expr, checked: CheckResult, mode: PlanMode): Plan {
  const planner = new Planner(checked, mode);
  const evaluator = planner.plan(expr);
  const { refused } = planner;
  return { evaluator: refused ? () => refused : evaluator, slots: planner.slots };
}

/** A local variable: its slot, and for a name given to a value, how to compute it on first use. */
interface Local {
  readonly slot: number;
  readonly initial?: Evaluator;
}

class Planner {
  slots = 0;
  /** Set when cel-go would refuse to plan the expression, whatever part of it is then evaluated. */
  refused: Failure | undefined;
  readonly #checked: CheckResult;
  readonly #mode: PlanMode;
  readonly #scopes: ReadonlyMap<string, Local>[] = [];

  constructor(checked: CheckResult, mode: PlanMode) {
    this.#checked = checked;
    this.#mode = mode;
  }

  plan(expr: Expr): Evaluator {
    const evaluator = this.#evaluator(expr);
    if (!this.#mode.trace) {
      return evaluator;
    }
    return (frame) => {
      const outcome = evaluator(frame);
      frame.record?.(expr, outcome);
      return outcome;
    };
  }

  #evaluator(expr: Expr): Evaluator {
    switch (expr.kind) {
      case 'literal': {
        const { value } = expr;
        return () => value;
      }
      case 'identifier':
        return this.#name(expr, expr.name);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'comprehension':
        return this.#comprehension(expr);
      case 'struct':
        return this.#struct(expr);
      case 'invalid':
        return () => fail('this expression could not be compiled').at(expr);
    }
  }

  // Names

  #local(name: string): Local | undefined {
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      const local = this.#scopes[index]?.get(name);
      if (local) {
        return local;
      }
    }
    return undefined;
  }

  #newSlot(): number {
    return this.slots++;
  }

  #name(expr: Expr, name: string): Evaluator {
    const local = this.#local(name);
    if (local) {
      return readLocal(local);
    }
    const reference = this.#checked.referenceOf(expr);
    if (reference?.kind === 'type') {
      const problem = namesWithoutValue.get(reference.name);
      if (problem !== undefined) {
        return () => fail(problem).at(expr);
      }
      const value = new TypeValue(reference.name);
      return () => value;
    }
    if (reference?.kind === 'constant') {
      const { value } = reference;
      return () => value;
    }
    const variable = reference?.kind === 'variable' ? reference.name : name;
    return this.#guarded(expr, (frame) => {
      frame.spend(1);
      const value = frame.bindings[variable];
      return value === undefined ? fail(`no such attribute(s): ${variable}`).at(expr) : value;
    });
  }

  // Reading

  /** With unknowns, reading something may give unknown before anything is read. */
  #guarded(expr: Expr, read: Evaluator): Evaluator {
    if (!this.#mode.unknowns) {
      return read;
    }
    const path = this.#path(expr);
    if (!path) {
      return read;
    }
    return (frame) => {
      const parts: string[] = [];
      for (const part of path) {
        const key = typeof part === 'string' ? part : part(frame);
        if (key instanceof Trouble) {
          break;
        }
        parts.push(pathPart(key));
      }
      return touchesUnknown(canonicalPath(parts), frame.unknowns) ? new Unknown([expr]) : read(frame);
    };
  }

  /** The path that an expression reads, from a global variable on; undefined if it reads something else. */
  #path(expr: Expr): (string | Evaluator)[] | undefined {
    if (expr.kind === 'identifier') {
      const kind = this.#checked.referenceOf(expr)?.kind;
      return this.#local(expr.name) || kind === 'type' || kind === 'constant'
        ? undefined
        : [expr.name.replace(/^\./, '')];
    }
    if (expr.kind === 'select') {
      const reference = this.#checked.referenceOf(expr);
      if (reference?.kind === 'variable') {
        return [reference.name];
      }
      const constant = reference?.kind === 'type' || reference?.kind === 'constant';
      const prefix = constant ? undefined : this.#path(expr.operand);
      return prefix && [...prefix, expr.field];
    }
    if (expr.kind === 'call' && (expr.name === '_[_]' || expr.name === '_[?_]')) {
      const [target, key] = expr.args;
      const prefix = target && this.#path(target);
      if (!prefix || !key) {
        return undefined;
      }
      return [
        ...prefix,
        key.kind === 'literal' && typeof key.value === 'string' ? key.value : this.#untraced(key),
      ];
    }
    return undefined;
  }

  #untraced(expr: Expr): Evaluator {
    return this.#planAs({ ...this.#mode, trace: false }, expr);
  }

  /** The operand of a selection or index. Its own path is part of the whole one, so it alone is not unknown. */
  #operand(expr: Expr): Evaluator {
    if (!this.#mode.unknowns || !this.#path(expr)) {
      return this.plan(expr);
    }
    return this.#planAs({ ...this.#mode, unknowns: false }, expr);
  }

  /** Plans a part in another mode, with the names and slots of here. */
  #planAs(mode: PlanMode, expr: Expr): Evaluator {
    const planner = new Planner(this.#checked, mode);
    planner.slots = this.slots;
    planner.#scopes.push(...this.#scopes);
    const evaluator = planner.plan(expr);
    this.slots = planner.slots;
    this.refused ??= planner.refused;
    return evaluator;
  }

  #select(expr: Select): Evaluator {
    const reference = this.#checked.referenceOf(expr);
    if (reference?.kind === 'type' || reference?.kind === 'variable' || reference?.kind === 'constant') {
      return this.#name(expr, reference.name);
    }
    const operand = this.#operand(expr.operand);
    const { field } = expr;
    const ofPart = this.#isPart(expr.operand);
    if (expr.test) {
      return this.#guarded(expr, (frame) => {
        const target = operand(frame);
        if (target instanceof Trouble) {
          return target;
        }
        frame.spend(1);
        return (!ofPart || !(target instanceof Optional)) && testField(target, field, expr);
      });
    }
    const { trace, unknowns } = this.#mode;
    const plain = !trace && !unknowns && !expr.optional;
    const path = plain ? planRequestPath(expr, (node) => this.#variableOf(node), readKey) : undefined;
    if (path) {
      return path;
    }
    const read = readerOf(expr.optional, ofPart);
    return this.#guarded(expr, (frame) => {
      const target = operand(frame);
      return target instanceof Trouble ? target : read(frame, target, field, expr);
    });
  }

  /** Whether a node reads a part of something, none of it optionally. An optional value found so is not looked into. */
  #isPart(expr: Expr): boolean {
    const whole = this.#wholeOf(expr);
    if (!whole || isOptionalChain(expr)) {
      return false;
    }
    for (let root = whole; ;) {
      const next = this.#wholeOf(root);
      if (!next) {
        const type = this.#certainType(root);
        return type?.kind !== 'named' || type.name !== 'optional_type';
      }
      root = next;
    }
  }

  /** What a node reads a part of; undefined if it does something else. */
  #wholeOf(expr: Expr): Expr | undefined {
    if (expr.kind === 'call') {
      return expr.name === '_[_]' ? expr.args[0] : undefined;
    }
    if (expr.kind !== 'select' || expr.test) {
      return undefined;
    }
    const kind = this.#checked.referenceOf(expr)?.kind;
    return kind === 'variable' || kind === 'type' || kind === 'constant' ? undefined : expr.operand;
  }

  /** The global variable that a node means, if it is one. */
  #variableOf(node: Expr): string | undefined {
    if (node.kind !== 'identifier' || this.#local(node.name)) {
      return undefined;
    }
    const reference = this.#checked.referenceOf(node);
    return reference?.kind === 'variable' ? reference.name : undefined;
  }

  #index(expr: Call): Evaluator {
    const [targetExpr, keyExpr] = expr.args;
    if (!targetExpr || !keyExpr) {
      return () => fail('no such overload: _[_]').at(expr);
    }
    const operand = this.#operand(targetExpr);
    const keyOf = this.plan(keyExpr);
    const constant = this.#constantKey(keyExpr);
    if (constant !== undefined) {
      this.refused ??= invalidQualifier(constant)?.at(expr);
    }
    const ofPart = this.#isPart(targetExpr);
    const read = readerOf(expr.name === '_[?_]', ofPart);
    // cel-go counts such a key and the index that it is used for as one step.
    const keyIsRead = constant === undefined && isRead(keyExpr);
    return this.#guarded(expr, (frame) => {
      const target = operand(frame);
      if (target instanceof Trouble || (target === Optional.none && !ofPart)) {
        return target;
      }
      const key = keyOf(frame);
      if (keyIsRead) {
        frame.spend(-1);
      }
      return key instanceof Trouble
        ? key
        : (invalidQualifier(key)?.at(expr) ?? read(frame, target, key, expr));
    });
  }

  /** A key that is known before anything runs; one that can be no key is refused then. */
  #constantKey(key: Expr): CelValue | undefined {
    if (key.kind === 'literal') {
      return key.value;
    }
    const isName = key.kind === 'identifier' || key.kind === 'select';
    const reference = isName ? this.#checked.referenceOf(key) : undefined;
    return reference?.kind === 'type' ? new TypeValue(reference.name) : undefined;
  }

  // Calls

  #call(expr: Call): Evaluator {
    switch (expr.name) {
      case '_&&_':
        return this.#logical(expr, false);
      case '_||_':
        return this.#logical(expr, true);
      case '_?_:_':
        return this.#conditional(expr);
      case '_[_]':
      case '_[?_]':
        return this.#index(expr);
    }
    const [first, second] = expr.args;
    const binary = binaryOperators.get(expr.name);
    if (binary && first && second) {
      const cost = pricedOperators.has(expr.name) ? 0 : 1;
      const left = this.plan(first);
      const right = this.plan(second);
      return (frame) => {
        const a = left(frame);
        if (a instanceof Trouble) {
          if (a instanceof Unknown) {
            // What is known of the other side is folded into the residual.
            right(frame);
          }
          return a;
        }
        const b = right(frame);
        if (b instanceof Trouble) {
          return b;
        }
        frame.spend(cost);
        const result = binary(a, b, frame);
        return result instanceof Failure ? result.at(expr) : result;
      };
    }
    const unary = unaryOperators.get(expr.name);
    if (unary && first) {
      const operand = this.plan(first);
      return (frame) => {
        const a = operand(frame);
        if (a instanceof Trouble) {
          return a;
        }
        frame.spend(1);
        const result = unary(a);
        return result instanceof Failure ? result.at(expr) : result;
      };
    }
    return this.#function(expr);
  }

  #function(expr: Call): Evaluator {
    const call = this.#checked.callOf(expr);
    if (!call) {
      return () => fail(`no such overload: ${expr.name}`).at(expr);
    }
    if (expr.target && (call.function.name === 'or' || call.function.name === 'orValue')) {
      return this.#alternative(expr, expr.target, call.function.name === 'or');
    }
    const target = expr.target && !call.namespaced ? [this.plan(expr.target)] : [];
    const args = [...target, ...expr.args.map((arg) => this.plan(arg))];
    return planFunction(expr, call, args, (node) => this.#certainType(node));
  }

  /** The static type of a node, unless it is the result of a function that does not keep to its signature. */
  #certainType(node: Expr): CelType | undefined {
    const call = this.#checked.callOf(node);
    return call?.function.strictness.guards === 'none' ? undefined : this.#checked.typeOf(node);
  }

  /** `optional.or(other)` and `optional.orValue(other)`: the other is evaluated only if needed. */
  #alternative(expr: Call, targetExpr: Expr, keepOptional: boolean): Evaluator {
    const target = this.plan(targetExpr);
    const [otherExpr] = expr.args;
    const other = otherExpr ? this.plan(otherExpr) : undefined;
    return (frame) => {
      frame.spend(1);
      const value = target(frame);
      if (value instanceof Trouble) {
        return value;
      }
      if (!(value instanceof Optional)) {
        return fail('no such overload').at(expr);
      }
      if (value.value !== undefined) {
        return keepOptional ? value : value.value;
      }
      return other ? other(frame) : fail('no such overload').at(expr);
    };
  }

  /** `&&` (decided by false) and `||` (decided by true): trouble counts only if the other side does not decide. */
  #logical(expr: Call, decides: boolean): Evaluator {
    const [first, second] = expr.args;
    if (!first || !second) {
      return () => fail('no such overload').at(expr);
    }
    const left = this.plan(first);
    const right = this.plan(second);
    const term = (outcome: Outcome): Trouble =>
      outcome instanceof Trouble ? outcome : fail('no such overload').at(expr);
    return (frame) => {
      const a = left(frame);
      if (a === decides) {
        return decides;
      }
      const b = right(frame);
      if (b === decides) {
        return decides;
      }
      if (typeof a === 'boolean') {
        return typeof b === 'boolean' ? !decides : term(b);
      }
      return typeof b === 'boolean' ? term(a) : combine(term(a), term(b));
    };
  }

  #conditional(expr: Call): Evaluator {
    const [first, second, third] = expr.args;
    if (!first || !second || !third) {
      return () => fail('no such overload').at(expr);
    }
    const condition = this.plan(first);
    const yes = this.plan(second);
    const no = this.plan(third);
    return (frame) => {
      const holds = condition(frame);
      if (holds === true) {
        return yes(frame);
      }
      if (holds === false) {
        return no(frame);
      }
      return holds instanceof Trouble ? holds : fail('no such overload').at(expr);
    };
  }

  // Lists and maps

  #list(expr: ListExpr): Evaluator {
    const constant = this.#constantList(expr);
    if (constant) {
      const cost = listCost + surcharge(constant);
      return (frame) => {
        frame.spend(cost);
        return constant;
      };
    }
    const elements = expr.elements.map((element) => this.plan(element));
    const optional = new Set(expr.optional);
    return (frame) => {
      frame.spend(listCost);
      const values: CelValue[] = [];
      for (const [index, element] of elements.entries()) {
        const value = element(frame);
        if (value instanceof Trouble) {
          return value;
        }
        if (!optional.has(index)) {
          values.push(value);
        } else if (!(value instanceof Optional)) {
          const problem = `cannot initialize optional list element from non-optional value ${showValue(value)}`;
          return fail(problem).at(expr);
        } else if (value.value !== undefined) {
          values.push(value.value);
        }
      }
      frame.spend(surcharge(values));
      return values;
    };
  }

  /** A list of literals alone is made once, unless somebody wants to see its parts; undefined for other lists. */
  #constantList(expr: ListExpr): readonly CelValue[] | undefined {
    const values = expr.elements.flatMap((element) => (element.kind === 'literal' ? [element.value] : []));
    const constant = values.length === expr.elements.length && expr.optional.length === 0;
    return constant && !this.#mode.trace ? values : undefined;
  }

  #map(expr: MapExpr): Evaluator {
    const entries = expr.entries.map((entry) => ({
      key: this.plan(entry.key),
      value: this.plan(entry.value),
      optional: entry.optional,
    }));
    return (frame) => {
      frame.spend(mapCost);
      const made: [CelValue, CelValue][] = [];
      for (const entry of entries) {
        const key = entry.key(frame);
        if (key instanceof Trouble) {
          return key;
        }
        const value = entry.value(frame);
        if (value instanceof Trouble) {
          return value;
        }
        if (key instanceof Uint8Array) {
          // Go's maps panic here, which ends the evaluation whatever surrounds it.
          throw new Error('runtime error: hash of unhashable type types.Bytes');
        }
        if (!entry.optional) {
          made.push([key, value]);
        } else if (!(value instanceof Optional)) {
          const shown = `'${showKey(key)}' from non-optional value ${showValue(value)}`;
          return fail(`cannot initialize optional entry ${shown}`).at(expr);
        } else if (value.value !== undefined) {
          made.push([key, value.value]);
        } else {
          remove(made, key);
        }
      }
      const map = makeMap(made);
      frame.spend(surcharge(map));
      return map;
    };
  }

  #struct(expr: StructExpr): Evaluator {
    const made = this.#checked.messageOf(expr);
    if (!made?.descriptor) {
      this.refused ??= fail(`unknown type: ${made?.name ?? expr.typeName}`).at(expr);
      return () => null;
    }
    return planMessage(
      expr,
      made.schema,
      made.descriptor,
      expr.fields.map((field) => this.plan(field.value)),
    );
  }

  // Loops

  #inScope<T>(locals: ReadonlyMap<string, Local>, action: () => T): T {
    this.#scopes.push(locals);
    try {
      return action();
    } finally {
      this.#scopes.pop();
    }
  }

  #comprehension(expr: Comprehension): Evaluator {
    if (isBinding(expr)) {
      const slot = this.#newSlot();
      const initial = this.plan(expr.initial);
      const body = this.#inScope(new Map([[expr.accumulator, { slot, initial }]]), () =>
        this.plan(expr.result),
      );
      return (frame) => {
        frame.spend(listCost);
        frame.slots[slot] = undefined;
        return body(frame);
      };
    }
    const loop: LoopPlan = {
      node: expr,
      range: this.plan(expr.iterRange),
      first: this.#newSlot(),
      second: expr.iterVar2 === undefined ? undefined : this.#newSlot(),
    };
    const locals = new Map<string, Local>([[expr.iterVar, { slot: loop.first }]]);
    if (expr.iterVar2 !== undefined && loop.second !== undefined) {
      locals.set(expr.iterVar2, { slot: loop.second });
    }
    return this.#inScope(locals, () => this.#macroLoop(expr, loop)) ?? this.#anyLoop(expr, loop, locals);
  }

  /** The loops that macros make have shorter ways than step by step. */
  #macroLoop(expr: Comprehension, loop: LoopPlan): Evaluator | undefined {
    const args = expr.macro?.args ?? [];
    const variables = expr.iterVar2 === undefined ? 1 : 2;
    const last = args.at(-1);
    if (!last || expr.accumulator !== accumulator) {
      return undefined;
    }
    const filtered = args.length === variables + 2 ? args[variables] : undefined;
    const filter = (): Evaluator | undefined => filtered && this.plan(filtered);
    switch (expr.macro?.name) {
      case 'all':
      case 'exists':
        // Where a constant decides, the step is no longer the macro's.
        return expr.step.kind === 'call'
          ? quantifierLoop(loop, this.plan(last), expr.macro.name === 'exists')
          : undefined;
      case 'exists_one':
      case 'existsOne':
        return existsOneLoop(loop, this.plan(last));
      case 'map':
      case 'sortBy':
      case 'transformList':
        return listLoop(loop, filter(), this.plan(last));
      case 'filter': {
        const [variable] = args;
        return variable && listLoop(loop, this.plan(last), this.plan(variable));
      }
      case 'transformMap': {
        const value = this.plan(last);
        const { first } = loop;
        return mapLoop(
          loop,
          filter(),
          (frame) => {
            frame.spend(1);
            const made = value(frame);
            return made instanceof Trouble ? made : [[asValue(frame.slots[first]), made]];
          },
          () => new MapGatherer(),
        );
      }
      case 'transformMapEntry': {
        const entries = this.plan(last);
        return mapLoop(
          loop,
          filter(),
          (frame) => {
            const made = entries(frame);
            return made instanceof Trouble ? made : MapGatherer.entriesOf(made, expr);
          },
          () => new MapGatherer(),
        );
      }
      default:
        return undefined;
    }
  }

  #anyLoop(expr: Comprehension, loop: LoopPlan, locals: ReadonlyMap<string, Local>): Evaluator {
    const slot = this.#newSlot();
    const initial = this.plan(expr.initial);
    return this.#inScope(new Map([[expr.accumulator, { slot }]]), () => {
      const [condition, step] = this.#inScope(
        locals,
        () => [this.plan(expr.condition), this.plan(expr.step)] as const,
      );
      return generalLoop(loop, slot, initial, condition, step, this.plan(expr.result));
    });
  }
}

function readLocal({ slot, initial }: Local): Evaluator {
  if (!initial) {
    return (frame) => {
      frame.spend(1);
      return frame.slots[slot] ?? null;
    };
  }
  return (frame) => {
    frame.spend(1);
    const known = frame.slots[slot];
    if (known !== undefined) {
      return known;
    }
    const value = initial(frame);
    frame.slots[slot] = value;
    return value;
  };
}

function asValue(outcome: Outcome | undefined): CelValue {
  return outcome === undefined || outcome instanceof Trouble ? null : outcome;
}

/** Whether a comprehension only gives a value a name, as `cel.bind` does. */
function isBinding(expr: Comprehension): boolean {
  return (
    expr.iterVar === '#unused' &&
    expr.iterRange.kind === 'list' &&
    expr.iterRange.elements.length === 0 &&
    expr.condition.kind === 'literal' &&
    expr.condition.value === false
  );
}

function remove(entries: [CelValue, CelValue][], key: CelValue): void {
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index];
    if (entry && typeNameOf(entry[0]) === typeNameOf(key) && equal(entry[0], key)) {
      entries.splice(index, 1);
    }
  }
}

function showValue(value: CelValue): string {
  return typeof value === 'string' ? value : formatValue(value);
}
