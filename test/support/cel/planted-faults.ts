// Faults that are planted in CEL's evaluator, checker and parser for the time of a test.
import type { CelValue, Timestamp } from '../../../server/cel';
import { sharedPlans } from '../../../server/cel/evaluator/shared-plans';
import { binaryOperators, unaryOperators } from '../../../server/cel/functions/operators';
import { CelMessage } from '../../../server/cel/messages/message';
import { Builder } from '../../../server/cel/parser/builder';
import type { Failure } from '../../../server/cel/values/failure';
import { CelRecord } from '../../../server/cel/values/record';
import { cerbosEnvironment } from '../../../server/policy';
import type { Hierarchy } from '../../../server/policy/conditions/functions/hierarchy';

type BinaryOperator = typeof binaryOperators extends ReadonlyMap<string, infer Operator> ? Operator : never;

const operators = binaryOperators as Map<string, BinaryOperator>;
const signs = unaryOperators as Map<string, (a: CelValue) => CelValue | Failure>;

/** Replaces an entry for the time of a test, calling the right one where the fault does not show. */
function spoil<T>(map: Map<string, T>, name: string, fault: (right: T) => T): () => void {
  const right = map.get(name);
  if (right === undefined) {
    throw new Error(`There is no ${name} to spoil`);
  }
  map.set(name, fault(right));
  return () => void map.set(name, right);
}

function onInts(fault: (a: bigint, b: bigint) => CelValue): (right: BinaryOperator) => BinaryOperator {
  return (right) => (a, b, context) =>
    typeof a === 'bigint' && typeof b === 'bigint' && b !== 0n ? fault(a, b) : right(a, b, context);
}

/** Replaces the implementation of an overload for the time of a test. */
function spoilOverload(name: string, id: string, fault: (...args: never[]) => CelValue): () => void {
  const found = cerbosEnvironment()
    .findFunction(name)
    ?.overloads.find((overload) => overload.id === id) as { run: unknown } | undefined;
  if (typeof found?.run !== 'function') {
    throw new Error(`There is no ${id} to spoil`);
  }
  const right = found.run;
  found.run = fault;
  return () => void (found.run = right);
}

/** Takes an overload from the checker for the time of a test. */
function forget(name: string, id: string): () => void {
  const found = cerbosEnvironment().findFunction(name);
  const overloads = found?.overloads as { id: string }[] | undefined;
  const index = overloads?.findIndex((overload) => overload.id === id) ?? -1;
  if (!overloads || index < 0) {
    throw new Error(`There is no ${id} to forget`);
  }
  const taken = overloads.splice(index, 1);
  // What was resolved before is remembered.
  found?.resolutions.clear();
  return () => {
    overloads.splice(index, 0, ...taken);
    found?.resolutions.clear();
  };
}

const faults: readonly (readonly [what: string, plant: () => () => void])[] = [
  [
    'overflow is not noticed',
    () =>
      spoil(
        operators,
        '_+_',
        onInts((a, b) => BigInt.asIntN(64, a + b)),
      ),
  ],
  [
    'division rounds down',
    () =>
      spoil(
        operators,
        '_/_',
        onInts((a, b) => (a % b < 0n ? a / b - 1n : a / b)),
      ),
  ],
  [
    'the remainder has the sign of the divisor',
    () =>
      spoil(
        operators,
        '_%_',
        onInts((a, b) => ((a % b) + b) % b),
      ),
  ],
  ['at most is less than', () => spoil(operators, '_<=_', () => operators.get('_<_')!)],
  [
    'numbers of different types are never equal',
    () =>
      spoil(
        operators,
        '_==_',
        (right) => (a, b, context) => (typeof a === typeof b ? right(a, b, context) : false),
      ),
  ],
  ['a key that is missing is found', () => spoil(operators, '@in', () => () => true)],
  [
    'the least int has a negative',
    () => spoil(signs, '-_', (right) => (a) => (typeof a === 'bigint' ? BigInt.asIntN(64, -a) : right(a))),
  ],
  [
    'size counts UTF-16 units',
    () => spoilOverload('size', 'string_size', (text: string) => BigInt(text.length)),
  ],
  [
    'a double is rounded to an int, not cut off',
    () => spoilOverload('int', 'double_to_int64', (value: number) => BigInt(Math.round(value) || 0)),
  ],
  [
    'a text starts with whatever is in it',
    () =>
      spoilOverload('startsWith', 'starts_with_string', (text: string, part: string) => text.includes(part)),
  ],
  [
    'a time zone is ignored',
    () =>
      spoilOverload('getHours', 'timestamp_to_hours_with_tz', (time: Timestamp) =>
        BigInt(Math.floor(time.seconds / 3600) % 24),
      ),
  ],
  ['an optional value always has a value', () => spoilOverload('hasValue', 'optional_hasValue', () => true)],
  [
    'a hierarchy is an ancestor of itself',
    () => spoilOverload('ancestorOf', 'ancestorOf', (a: Hierarchy, b: Hierarchy) => a.isPrefixOf(b)),
  ],
  [
    'the checker does not know that timestamps and durations add up',
    () => forget('_+_', 'add_timestamp_duration'),
  ],
  ['the checker does not know that ints have a text', () => forget('string', 'int64_to_string')],
  ['not of no bool is a bool', () => spoil(signs, '!_', () => (a) => a !== true)],
];

/** Changes what the parser makes of a kind of node, for the time of a test. */
function spoilNodes<Name extends 'call' | 'select' | 'comprehension' | 'literal'>(
  name: Name,
  fault: (...made: Parameters<Builder[Name]>) => Parameters<Builder[Name]>,
): () => void {
  const nodes = Builder.prototype as unknown as Record<Name, (...args: readonly unknown[]) => unknown>;
  const right = nodes[name];
  nodes[name] = function (this: Builder, ...args) {
    return right.apply(this, fault(...(args as Parameters<Builder[Name]>)));
  };
  return () => void (nodes[name] = right);
}

/** Makes a method say yes, for the time of a test. */
function always(prototype: CelRecord, name: 'equals' | 'has'): () => void {
  const methods = prototype as unknown as Record<string, unknown>;
  const own = Object.hasOwn(prototype, name);
  const right = methods[name];
  methods[name] = () => true;
  return () => {
    if (own) {
      methods[name] = right;
    } else {
      Reflect.deleteProperty(prototype, name);
    }
  };
}

/** Takes one macro for another. */
function confuse(name: string, other: string): () => void {
  return spoilNodes('comprehension', (range, position, loop, macro) => [
    range,
    position,
    loop,
    macro?.name === name ? { ...macro, name: other } : macro,
  ]);
}

const faultsElsewhere: readonly (readonly [what: string, plant: () => () => void])[] = [
  ['the parser swaps the sides of a minus', () => spoilNodes('call', swapped('_-_'))],
  ['the parser swaps the sides of an index', () => spoilNodes('call', swapped('_[_]'))],
  [
    'the parser takes an optional selection for a plain one',
    () =>
      spoilNodes('select', (range, position, operand, field, fieldRange) => [
        range,
        position,
        operand,
        field,
        fieldRange,
        false,
      ]),
  ],
  [
    'the parser loses the case of texts',
    () =>
      spoilNodes('literal', (range, position, value) => [
        range,
        position,
        typeof value === 'string' ? value.toLowerCase() : value,
      ]),
  ],
  ['a loop over all takes one for all', () => confuse('all', 'exists')],
  ['a loop that wants one takes two', () => confuse('exists_one', 'exists')],
  ['a filter keeps what does not hold', () => confuse('filter', 'map')],
  [
    'a loop swaps its two variables',
    () =>
      spoilNodes('comprehension', (range, position, loop, macro) => [
        range,
        position,
        loop.iterVar2 === undefined ? loop : { ...loop, iterVar: loop.iterVar2, iterVar2: loop.iterVar },
        macro,
      ]),
  ],
  ['messages are equal when their types are', () => always(CelMessage.prototype, 'equals')],
  ['a message does not know which fields are set', () => always(CelRecord.prototype, 'has')],
];

function swapped(operator: string) {
  return (...made: Parameters<Builder['call']>): Parameters<Builder['call']> => {
    const [range, position, name, nameRange, args, ...rest] = made;
    return [range, position, name, nameRange, name === operator ? args.toReversed() : args, ...rest];
  };
}

/** Each fault by what is then wrong, with what plants it and hands back what takes it out again. */
export const plantedFaults: readonly (readonly [what: string, plant: () => () => void])[] = [
  ...faults,
  ...faultsElsewhere,
];

/** Drops the plans that are shared between programs: those made before a fault was planted keep what they call. */
export function forgetPlans(): void {
  sharedPlans(cerbosEnvironment()).clear();
}
