import type { Expr, ListExpr, MacroCall } from '../ast';
import type { Range } from '../issue';
import { Uint } from '../values/uint';
import type { Builder, Place } from './builder';

/** What a macro made of a call: a tree, or what is wrong with an argument. */
export type Expansion = { readonly expr: Expr } | { readonly error: string; readonly at: Expr };

/** A call that may be a macro's. */
export interface MacroUse {
  readonly build: Builder;
  readonly place: Place;
  readonly written: MacroCall;
}

/** Expands, or gives undefined when the call is not the macro's after all (`x.bind(…)` where x is not `cel`). */
type Expand = (use: MacroUse, target: Expr | undefined, args: readonly Expr[]) => Expansion | undefined;

/** The name that hidden accumulators have. It cannot be written, so it collides with nothing. */
export const accumulator = '@result';
const unused = '#unused';
const reserved = new Set([accumulator, '__result__']);

/** Finds the macro that a call uses, if any; of all macros, of the standard ones, or of none. */
export function findMacro(
  name: string,
  argCount: number,
  method: boolean,
  among?: 'standard' | 'none',
): Expand | undefined {
  // Most calls are of functions, and are told apart by their name alone.
  if (!macroNames.has(name)) {
    return undefined;
  }
  const key = `${name}/${argCount}`;
  if (among === 'none' || (among === 'standard' && !standardMacros.has(key))) {
    return undefined;
  }
  const table = method ? methodMacros : globalMacros;
  return table.get(key) ?? table.get(`${name}/*`);
}

/** The macros of the CEL specification, "Macros". */
const standardMacros = new Set([
  'has/1',
  'all/2',
  'exists/2',
  'exists_one/2',
  'existsOne/2',
  'map/2',
  'map/3',
  'filter/2',
]);

const globalMacros = new Map<string, Expand>([['has/1', expandHas]]);

const methodMacros = new Map<string, Expand>([
  ['all/2', (use, target, args) => quantifier(use, target, args, all)],
  ['all/3', (use, target, args) => quantifier(use, target, args, all)],
  ['exists/2', (use, target, args) => quantifier(use, target, args, exists)],
  ['exists/3', (use, target, args) => quantifier(use, target, args, exists)],
  ['exists_one/2', (use, target, args) => quantifier(use, target, args, existsOne)],
  ['exists_one/3', (use, target, args) => quantifier(use, target, args, existsOne)],
  ['existsOne/2', (use, target, args) => quantifier(use, target, args, existsOne)],
  ['existsOne/3', (use, target, args) => quantifier(use, target, args, existsOne)],
  ['map/2', expandMap],
  ['map/3', expandMap],
  ['filter/2', expandFilter],
  ['transformList/3', (use, target, args) => transform(use, target, args, intoList)],
  ['transformList/4', (use, target, args) => transform(use, target, args, intoList)],
  ['transformMap/3', (use, target, args) => transform(use, target, args, intoMap)],
  ['transformMap/4', (use, target, args) => transform(use, target, args, intoMap)],
  ['transformMapEntry/3', (use, target, args) => transform(use, target, args, intoMapEntries)],
  ['transformMapEntry/4', (use, target, args) => transform(use, target, args, intoMapEntries)],
  ['bind/3', expandBind],
  ['optMap/2', (use, target, args) => optional(use, target, args, 'optMap')],
  ['optFlatMap/2', (use, target, args) => optional(use, target, args, 'optFlatMap')],
  ['sortBy/2', expandSortBy],
  ['least/*', (use, target, args) => extremum(use, target, args, 'math.least()', 'math.@min')],
  ['greatest/*', (use, target, args) => extremum(use, target, args, 'math.greatest()', 'math.@max')],
]);

const macroNames = new Set(
  [...globalMacros.keys(), ...methodMacros.keys()].map((key) => key.slice(0, key.indexOf('/'))),
);

function call(use: MacroUse, name: string, args: readonly Expr[], target?: Expr): Expr {
  return use.build.call(use.place, name, use.written.nameRange, args, target);
}

function accumulated(use: MacroUse): Expr {
  return use.build.identifier(use.place, accumulator);
}

function withMacro(use: MacroUse, expr: Expr): Expansion {
  return { expr: { ...expr, macro: use.written } };
}

function expandHas(use: MacroUse, _target: Expr | undefined, args: readonly Expr[]): Expansion | undefined {
  const [arg] = args;
  if (arg?.kind !== 'select' || arg.optional || arg.test) {
    return arg && { error: 'invalid argument to has() macro', at: arg };
  }
  return { expr: use.build.presence(use.place, arg.operand, arg.field, arg.fieldRange, use.written) };
}

/** The names of a loop's variables, in the form that the error of a bad one has. */
function loopVariables(args: readonly Expr[], count: number, problem: string): string[] | Expansion {
  const names: string[] = [];
  for (const arg of args.slice(0, count)) {
    if (arg.kind !== 'identifier') {
      return { error: problem, at: arg };
    }
    names.push(arg.name);
  }
  const [first, second] = args;
  if (first && second && count === 2 && names[0] === names[1]) {
    return { error: `duplicate variable name: ${names[0] ?? ''}`, at: second };
  }
  const taken = names.findIndex((name) => reserved.has(name));
  const at = args[taken];
  return at ? { error: 'iteration variable overwrites accumulator variable', at } : names;
}

interface Loop {
  readonly initial: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

function loop(use: MacroUse, target: Expr, names: readonly string[], parts: Loop): Expansion {
  const [iterVar = '', iterVar2] = names;
  const common = { iterVar, iterRange: target, accumulator, ...parts };
  return withMacro(
    use,
    use.build.comprehension(use.place, iterVar2 === undefined ? common : { ...common, iterVar2 }),
  );
}

function quantifier(
  use: MacroUse,
  target: Expr | undefined,
  args: readonly Expr[],
  parts: (use: MacroUse, predicate: Expr) => Loop,
): Expansion | undefined {
  const predicate = args.at(-1);
  const names = loopVariables(args, args.length - 1, 'argument must be a simple name');
  if (!target || !predicate || !Array.isArray(names)) {
    return Array.isArray(names) ? undefined : names;
  }
  return loop(use, target, names, parts(use, predicate));
}

function all(use: MacroUse, predicate: Expr): Loop {
  return {
    initial: use.build.literal(use.place, true),
    condition: call(use, '@not_strictly_false', [accumulated(use)]),
    step: call(use, '_&&_', [accumulated(use), predicate]),
    result: accumulated(use),
  };
}

function exists(use: MacroUse, predicate: Expr): Loop {
  return {
    initial: use.build.literal(use.place, false),
    condition: call(use, '@not_strictly_false', [call(use, '!_', [accumulated(use)])]),
    step: call(use, '_||_', [accumulated(use), predicate]),
    result: accumulated(use),
  };
}

function existsOne(use: MacroUse, predicate: Expr): Loop {
  const one = (): Expr => use.build.literal(use.place, 1n);
  return {
    initial: use.build.literal(use.place, 0n),
    condition: use.build.literal(use.place, true),
    step: call(use, '_?_:_', [predicate, call(use, '_+_', [accumulated(use), one()]), accumulated(use)]),
    result: call(use, '_==_', [accumulated(use), one()]),
  };
}

/** A loop that gathers: `step` if the filter says so, else what was gathered before. */
function gather(use: MacroUse, initial: Expr, step: Expr, filter: Expr | undefined): Loop {
  return {
    initial,
    condition: use.build.literal(use.place, true),
    step: filter ? call(use, '_?_:_', [filter, step, accumulated(use)]) : step,
    result: accumulated(use),
  };
}

function append(use: MacroUse, element: Expr): Expr {
  return call(use, '_+_', [accumulated(use), use.build.list(use.place, [element])]);
}

function expandMap(use: MacroUse, target: Expr | undefined, args: readonly Expr[]): Expansion | undefined {
  const names = loopVariables(args, 1, 'argument is not an identifier');
  const body = args.at(-1);
  if (!target || !body || !Array.isArray(names)) {
    return Array.isArray(names) ? undefined : names;
  }
  const filter = args.length === 3 ? args[1] : undefined;
  return loop(use, target, names, gather(use, use.build.list(use.place, []), append(use, body), filter));
}

function expandFilter(use: MacroUse, target: Expr | undefined, args: readonly Expr[]): Expansion | undefined {
  const names = loopVariables(args, 1, 'argument is not an identifier');
  const [variable, filter] = args;
  if (!target || !variable || !Array.isArray(names)) {
    return Array.isArray(names) ? undefined : names;
  }
  return loop(use, target, names, gather(use, use.build.list(use.place, []), append(use, variable), filter));
}

function transform(
  use: MacroUse,
  target: Expr | undefined,
  args: readonly Expr[],
  into: (use: MacroUse, key: string, body: Expr) => { initial: Expr; step: Expr },
): Expansion | undefined {
  const names = loopVariables(args, 2, 'argument must be a simple name');
  const body = args.at(-1);
  if (!target || !body || !Array.isArray(names)) {
    return Array.isArray(names) ? undefined : names;
  }
  const { initial, step } = into(use, names[0] ?? '', body);
  return loop(use, target, names, gather(use, initial, step, args.length === 4 ? args[2] : undefined));
}

function intoList(use: MacroUse, _key: string, body: Expr): { initial: Expr; step: Expr } {
  return { initial: use.build.list(use.place, []), step: append(use, body) };
}

function intoMap(use: MacroUse, key: string, body: Expr): { initial: Expr; step: Expr } {
  const keyExpr = use.build.identifier(use.place, key);
  return {
    initial: use.build.map(use.place, []),
    step: call(use, 'cel.@mapInsert', [accumulated(use), keyExpr, body]),
  };
}

function intoMapEntries(use: MacroUse, _key: string, body: Expr): { initial: Expr; step: Expr } {
  return {
    initial: use.build.map(use.place, []),
    step: call(use, 'cel.@mapInsert', [accumulated(use), body]),
  };
}

/** A loop of no rounds whose accumulator is a name for a value: what `cel.bind` is. */
function bind(use: MacroUse, name: string, value: Expr, body: Expr): Expr {
  return use.build.comprehension(use.place, {
    iterVar: unused,
    iterRange: use.build.list(use.place, []),
    accumulator: name,
    initial: value,
    condition: use.build.literal(use.place, false),
    step: use.build.identifier(use.place, name),
    result: body,
  });
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
  return withMacro(use, bind(use, name.name, value, body));
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
  return withMacro(use, call(use, '_?_:_', [has, present, call(use, 'optional.none', [])]));
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
  const keys = expandMap(use, use.build.identifier(use.place, input), args);
  if (!keys || 'error' in keys) {
    return keys;
  }
  const sorted = call(use, '@sortByAssociatedKeys', [keys.expr], use.build.identifier(use.place, input));
  return withMacro(use, bind(use, input, target, sorted));
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
      ? withMacro(use, call(use, implementation, args))
      : { error: `${name} invalid single argument value`, at: first };
  }
  const wrong = args.find((arg) => !isNumeric(arg));
  if (wrong) {
    return { error: `${name} simple literal arguments must be numeric`, at: wrong };
  }
  return withMacro(
    use,
    call(use, implementation, args.length === 2 ? args : [use.build.list(use.place, args)]),
  );
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

/** A macro's call as written. */
export function writtenCall(
  name: string,
  nameRange: Range,
  args: readonly Expr[],
  target: Expr | undefined,
): MacroCall {
  return target ? { name, nameRange, target, args } : { name, nameRange, args };
}
