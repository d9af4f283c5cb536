import type { Expr, ListExpr, MacroCall } from '../ast';
import type { Range } from '../issue';
import { Uint } from '../values/uint';
import type { Builder } from './builder';

/** The expansion of a macro's call, or the error of one of its arguments. */
type Expansion = { readonly expr: Expr } | { readonly error: string; readonly at: Expr };

/** A call that may be a macro's. */
interface MacroUse {
  readonly build: Builder;
  readonly range: Range;
  readonly position: number;
  readonly written: MacroCall;
}

/** Expands, or gives undefined when the call is not the macro's after all (`x.bind(…)` where x is not `cel`). */
type Expand = (use: MacroUse, target: Expr | undefined, args: readonly Expr[]) => Expansion | undefined;

/** The name that hidden accumulators have. It cannot be written, so it collides with nothing. */
export const accumulator = '@result';
const unused = '#unused';

/** A macro: how it is written, and how it expands. */
interface Macro {
  readonly method: boolean;
  /** The number of arguments; -1 for any number. */
  readonly count: number;
  /** True for the macros of the CEL specification, section "Macros". */
  readonly standard: boolean;
  readonly expand: Expand;
}

/** All macros by name. */
const macros = new Map<string, Macro[]>();

function define(name: string, counts: readonly number[], expand: Expand, standard = false): void {
  for (const count of counts) {
    const macro = {
      method: name !== 'has',
      count,
      standard: standard && (count < 3 || name === 'map'),
      expand,
    };
    macros.set(name, [...(macros.get(name) ?? []), macro]);
  }
}

define('has', [1], expandHas, true);
for (const [name, parts] of [
  ['all', all],
  ['exists', exists],
  ['exists_one', existsOne],
] as const) {
  define(name, [2, 3], (use, target, args) => quantifier(use, target, args, parts), true);
}
// Only with two names: the name is that of the two-variable comprehensions.
define('existsOne', [3], (use, target, args) => quantifier(use, target, args, existsOne), true);
define('map', [2, 3], expandMap, true);
define('filter', [2], expandFilter, true);
define('transformList', [3, 4], (use, target, args) => transform(use, target, args, intoList));
define('transformMap', [3, 4], (use, target, args) => transform(use, target, args, intoMap));
define('transformMapEntry', [3, 4], (use, target, args) => transform(use, target, args, intoMapEntries));
define('bind', [3], expandBind);
define('optMap', [2], (use, target, args) => optional(use, target, args, 'optMap'));
define('optFlatMap', [2], (use, target, args) => optional(use, target, args, 'optFlatMap'));
define('sortBy', [2], expandSortBy);
define('least', [-1], (use, target, args) => extremum(use, target, args, 'math.least()', 'math.@min'));
define('greatest', [-1], (use, target, args) => extremum(use, target, args, 'math.greatest()', 'math.@max'));

/** Finds the macro that a call uses, if any; of all macros, of the standard ones, or of none. */
export function findMacro(
  name: string,
  argCount: number,
  method: boolean,
  among?: 'standard' | 'none',
): Expand | undefined {
  // Most calls are of functions, and are told apart by their name alone.
  const named = macros.get(name);
  if (!named || among === 'none') {
    return undefined;
  }
  for (const macro of named) {
    const fits = macro.method === method && (macro.count === argCount || macro.count < 0);
    if (fits && (among === undefined || macro.standard)) {
      return macro.expand;
    }
  }
  return undefined;
}

function call(use: MacroUse, name: string, args: readonly Expr[], target?: Expr, macro?: MacroCall): Expr {
  return use.build.call(use.range, use.position, name, use.written.nameRange, args, target, macro);
}

/** The call that a macro as a whole becomes. */
function whole(use: MacroUse, name: string, args: readonly Expr[]): Expansion {
  return { expr: call(use, name, args, undefined, use.written) };
}

function accumulated(use: MacroUse): Expr {
  return use.build.identifier(use.range, use.position, accumulator);
}

function expandHas(use: MacroUse, _target: Expr | undefined, args: readonly Expr[]): Expansion | undefined {
  const [arg] = args;
  if (arg?.kind !== 'select' || arg.optional || arg.test) {
    return arg && { error: 'invalid argument to has() macro', at: arg };
  }
  return { expr: use.build.presence(use.range, use.position, arg, use.written) };
}

/** The names of a loop's variables, in the form that the error of a bad one has. */
function loopVariables(args: readonly Expr[], count: number, problem: string): string[] | Expansion {
  const names: string[] = [];
  for (const arg of args) {
    if (names.length === count) {
      break;
    }
    if (arg.kind !== 'identifier') {
      return { error: problem, at: arg };
    }
    names.push(arg.name);
  }
  const [, second] = args;
  if (second && count === 2 && names[0] === names[1]) {
    return { error: `duplicate variable name: ${names[0] ?? ''}`, at: second };
  }
  const taken = names.findIndex((name) => name === accumulator || name === '__result__');
  const at = args[taken];
  return at ? { error: 'iteration variable overwrites accumulator variable', at } : names;
}

function loop(
  use: MacroUse,
  iterRange: Expr,
  names: readonly string[],
  initial: Expr,
  condition: Expr,
  step: Expr,
): Expansion {
  const result = accumulated(use);
  return comprehension(use, iterRange, names, initial, condition, step, result);
}

function comprehension(
  use: MacroUse,
  iterRange: Expr,
  names: readonly string[],
  initial: Expr,
  condition: Expr,
  step: Expr,
  result: Expr,
): Expansion {
  const [iterVar = '', iterVar2] = names;
  const parts = { iterVar, iterVar2, iterRange, accumulator, initial, condition, step, result };
  return { expr: use.build.comprehension(use.range, use.position, parts, use.written) };
}

type Quantifier = (use: MacroUse, range: Expr, names: readonly string[], predicate: Expr) => Expansion;

function quantifier(
  use: MacroUse,
  target: Expr | undefined,
  args: readonly Expr[],
  expand: Quantifier,
): Expansion | undefined {
  const predicate = args[args.length - 1];
  const names = loopVariables(args, args.length - 1, 'argument must be a simple name');
  if (!target || !predicate || !Array.isArray(names)) {
    return Array.isArray(names) ? undefined : names;
  }
  return expand(use, target, names, predicate);
}

function all(use: MacroUse, range: Expr, names: readonly string[], predicate: Expr): Expansion {
  const initial = use.build.literal(use.range, use.position, true);
  const condition = call(use, '@not_strictly_false', [accumulated(use)]);
  const step = call(use, '_&&_', [accumulated(use), predicate]);
  return loop(use, range, names, initial, condition, step);
}

function exists(use: MacroUse, range: Expr, names: readonly string[], predicate: Expr): Expansion {
  const initial = use.build.literal(use.range, use.position, false);
  const condition = call(use, '@not_strictly_false', [call(use, '!_', [accumulated(use)])]);
  const step = call(use, '_||_', [accumulated(use), predicate]);
  return loop(use, range, names, initial, condition, step);
}

function existsOne(use: MacroUse, range: Expr, names: readonly string[], predicate: Expr): Expansion {
  const one = (): Expr => use.build.literal(use.range, use.position, 1n);
  const initial = use.build.literal(use.range, use.position, 0n);
  const condition = use.build.literal(use.range, use.position, true);
  const more = call(use, '_+_', [accumulated(use), one()]);
  const step = call(use, '_?_:_', [predicate, more, accumulated(use)]);
  const result = call(use, '_==_', [accumulated(use), one()]);
  return comprehension(use, range, names, initial, condition, step, result);
}

/** A loop that gathers: `step` if the filter says so, else what was gathered before. */
function gather(
  use: MacroUse,
  range: Expr,
  names: readonly string[],
  initial: Expr,
  step: Expr,
  filter: Expr | undefined,
): Expansion {
  const condition = use.build.literal(use.range, use.position, true);
  const filtered = filter ? call(use, '_?_:_', [filter, step, accumulated(use)]) : step;
  return loop(use, range, names, initial, condition, filtered);
}

function append(use: MacroUse, element: Expr): Expr {
  return call(use, '_+_', [accumulated(use), use.build.list(use.range, use.position, [element])]);
}

function expandMap(use: MacroUse, target: Expr | undefined, args: readonly Expr[]): Expansion | undefined {
  const names = loopVariables(args, 1, 'argument is not an identifier');
  const body = args[args.length - 1];
  if (!target || !body || !Array.isArray(names)) {
    return Array.isArray(names) ? undefined : names;
  }
  const filter = args.length === 3 ? args[1] : undefined;
  const initial = use.build.list(use.range, use.position, []);
  return gather(use, target, names, initial, append(use, body), filter);
}

function expandFilter(use: MacroUse, target: Expr | undefined, args: readonly Expr[]): Expansion | undefined {
  const names = loopVariables(args, 1, 'argument is not an identifier');
  const [variable, filter] = args;
  if (!target || !variable || !Array.isArray(names)) {
    return Array.isArray(names) ? undefined : names;
  }
  const initial = use.build.list(use.range, use.position, []);
  return gather(use, target, names, initial, append(use, variable), filter);
}

function transform(
  use: MacroUse,
  target: Expr | undefined,
  args: readonly Expr[],
  into: (use: MacroUse, key: string, body: Expr) => { initial: Expr; step: Expr },
): Expansion | undefined {
  const names = loopVariables(args, 2, 'argument must be a simple name');
  const body = args[args.length - 1];
  if (!target || !body || !Array.isArray(names)) {
    return Array.isArray(names) ? undefined : names;
  }
  const { initial, step } = into(use, names[0] ?? '', body);
  return gather(use, target, names, initial, step, args.length === 4 ? args[2] : undefined);
}

function intoList(use: MacroUse, _key: string, body: Expr): { initial: Expr; step: Expr } {
  return { initial: use.build.list(use.range, use.position, []), step: append(use, body) };
}

function intoMap(use: MacroUse, key: string, body: Expr): { initial: Expr; step: Expr } {
  const keyExpr = use.build.identifier(use.range, use.position, key);
  return {
    initial: use.build.map(use.range, use.position, []),
    step: call(use, 'cel.@mapInsert', [accumulated(use), keyExpr, body]),
  };
}

function intoMapEntries(use: MacroUse, _key: string, body: Expr): { initial: Expr; step: Expr } {
  return {
    initial: use.build.map(use.range, use.position, []),
    step: call(use, 'cel.@mapInsert', [accumulated(use), body]),
  };
}

/** A loop of no rounds whose accumulator is a name for a value: what `cel.bind` is. */
function bind(use: MacroUse, name: string, value: Expr, body: Expr, macro?: MacroCall): Expr {
  const { build, range, position } = use;
  const made = {
    iterVar: unused,
    iterRange: build.list(range, position, []),
    accumulator: name,
    initial: value,
    condition: build.literal(range, position, false),
    step: build.identifier(range, position, name),
    result: body,
  };
  return build.comprehension(range, position, made, macro);
}

function isNamespace(target: Expr | undefined, name: string): boolean {
  return target?.kind === 'identifier' && target.name === name;
}

function expandBind(use: MacroUse, target: Expr | undefined, args: readonly Expr[]): Expansion | undefined {
  const [name, value, body] = args;
  if (!isNamespace(target, 'cel') || !name || !value || !body) {
    return undefined;
  }
  if (name.kind !== 'identifier') {
    return { error: 'cel.bind() variable names must be simple identifiers', at: name };
  }
  return { expr: bind(use, name.name, value, body, use.written) };
}

function optional(
  use: MacroUse,
  target: Expr | undefined,
  args: readonly Expr[],
  macro: 'optMap' | 'optFlatMap',
): Expansion | undefined {
  const [name, body] = args;
  if (!target || !name || !body) {
    return undefined;
  }
  if (name.kind !== 'identifier') {
    return { error: `${macro}() variable name must be a simple identifier`, at: name };
  }
  const value = call(use, 'value', [], use.build.copy(target));
  const bound = bind(use, name.name, value, body);
  const present = macro === 'optMap' ? call(use, 'optional.of', [bound]) : bound;
  const has = call(use, 'hasValue', [], target);
  return whole(use, '_?_:_', [has, present, call(use, 'optional.none', [])]);
}

function expandSortBy(use: MacroUse, target: Expr | undefined, args: readonly Expr[]): Expansion | undefined {
  const input = '@__sortBy_input__';
  if (!target) {
    return undefined;
  }
  if (target.kind === 'literal' || target.kind === 'map' || target.kind === 'struct') {
    return {
      error: 'sortBy can only be applied to a list, identifier, comprehension, call or select expression',
      at: target,
    };
  }
  const keys = expandMap(use, use.build.identifier(use.range, use.position, input), args);
  if (!keys || 'error' in keys) {
    return keys;
  }
  const sorted = call(
    use,
    '@sortByAssociatedKeys',
    [keys.expr],
    use.build.identifier(use.range, use.position, input),
  );
  return { expr: bind(use, input, target, sorted, use.written) };
}

/** `math.least` and `math.greatest`: any number of arguments, or a list. */
function extremum(
  use: MacroUse,
  target: Expr | undefined,
  args: readonly Expr[],
  name: string,
  implementation: string,
): Expansion | undefined {
  if (!target || !isNamespace(target, 'math')) {
    return undefined;
  }
  const [first] = args;
  if (!first) {
    return { error: `${name} requires at least one argument`, at: target };
  }
  if (args.length === 1) {
    return isNumeric(first) || (first.kind === 'list' && isNumericList(first))
      ? whole(use, implementation, args)
      : { error: `${name} invalid single argument value`, at: first };
  }
  const wrong = args.find((arg) => !isNumeric(arg));
  if (wrong) {
    return { error: `${name} simple literal arguments must be numeric`, at: wrong };
  }
  const all = args.length === 2 ? args : [use.build.list(use.range, use.position, args)];
  return whole(use, implementation, all);
}

function isNumeric(arg: Expr): boolean {
  if (arg.kind === 'literal') {
    return typeof arg.value === 'number' || typeof arg.value === 'bigint' || arg.value instanceof Uint;
  }
  return arg.kind !== 'list' && arg.kind !== 'map' && arg.kind !== 'struct';
}

function isNumericList(list: ListExpr): boolean {
  return list.elements.length > 0 && list.elements.every(isNumeric);
}
