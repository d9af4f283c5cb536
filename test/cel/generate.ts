import { cerbosEnvironment } from '../../server/policy';
import { formatType } from '../../server/cel/index';
import type { CelType, OverloadDescription } from '../../server/cel/index';
import { edgeValues, writeCall } from './chosen-expressions';
import type { Random } from '../random';

interface Callable {
  readonly name: string;
  readonly overload: OverloadDescription;
}

/** Functions whose value differs from run to run, or from machine to machine. */
const unrepeatable = new Set(['now', 'timeSince', 'lists.range']);

/** Its value is of another type than it says, so what comes of it depends on how types are looked at. */
const deceptive = 'id';

const callables: readonly Callable[] = [...cerbosEnvironment().functions].flatMap(([name, described]) =>
  unrepeatable.has(name) || name === deceptive
    ? []
    : described.overloads.map((overload) => ({ name, overload })),
);

/** Expressions that read the test's request, by type. */
const readings: Readonly<Record<string, readonly string[]>> = {
  string: ['P.id', 'R.kind', 'R.scope', 'request.resource.id'],
  'list(string)': ['P.roles'],
  dyn: [
    'P.attr.level',
    'R.attr.owner',
    'P.attr.teams',
    'R.attr.amount',
    'P.attr.missing',
    'P.attr.none',
    'P.attr.flag',
  ],
  'map(string, dyn)': ['P.attr', 'R.attr'],
};

const leafTypes = [
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'timestamp',
  'duration',
  'null',
] as const;

/** Messages that stand for values of a type: the message, its field, and the field's type. */
const messagesOf: Readonly<Record<string, readonly [name: string, field: string, type: string]>> = {
  int: ['Int64Value', 'value', 'int'],
  uint: ['UInt64Value', 'value', 'uint'],
  double: ['DoubleValue', 'value', 'double'],
  bool: ['BoolValue', 'value', 'bool'],
  string: ['StringValue', 'value', 'string'],
  bytes: ['BytesValue', 'value', 'bytes'],
  dyn: ['Value', 'string_value', 'string'],
  'map(string, dyn)': ['Struct', 'fields', 'map(string, dyn)'],
  'list(dyn)': ['ListValue', 'values', 'list(dyn)'],
};

/** Makes expressions, most of which the checker accepts. */
export class Generator {
  readonly #random: Random;
  #names = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  expression(): string {
    const random = this.#random;
    const type = random.chance(0.5)
      ? 'bool'
      : random.pick([...leafTypes, 'list(int)', 'list(string)', 'dyn']);
    return this.#ofType(type, 2 + random.below(3), []);
  }

  #leaf(type: string, scope: readonly (readonly [name: string, type: string])[]): string {
    const random = this.#random;
    const names = scope.flatMap(([name, declared]) => (declared === type || type === 'dyn' ? [name] : []));
    if (names.length > 0 && random.chance(0.6)) {
      return random.pick(names);
    }
    const read = Object.hasOwn(readings, type) ? readings[type]! : [];
    if (read.length > 0 && random.chance(0.5)) {
      return random.pick(read);
    }
    const list = /^list\((.*)\)$/.exec(type);
    if (list) {
      const elements = Array.from({ length: random.below(4) }, () => this.#leaf(list[1]!, scope));
      return `[${elements.join(', ')}]`;
    }
    const map = /^map\((\w+), (.*)\)$/.exec(type);
    if (map) {
      // At most one entry: Go goes over maps in any order.
      return random.chance(0.2) ? '{}' : `{${this.#leaf(map[1]!, scope)}: ${this.#leaf(map[2]!, scope)}}`;
    }
    const optional = /^optional_type\((.*)\)$/.exec(type);
    if (optional) {
      return random.chance(0.3) ? 'optional.none()' : `optional.of(${this.#leaf(optional[1]!, scope)})`;
    }
    return Object.hasOwn(edgeValues, type) ? random.pick(edgeValues[type]!) : 'null';
  }

  #ofType(type: string, depth: number, scope: readonly (readonly [string, string])[]): string {
    const random = this.#random;
    if (depth <= 0 || random.chance(0.15)) {
      return this.#leaf(type, scope);
    }
    const message = random.chance(0.04) ? this.#message(type, depth, scope) : undefined;
    if (message !== undefined) {
      return message;
    }
    if (random.chance(0.05)) {
      return `dyn(${this.#ofType(random.pick(leafTypes), depth - 1, scope)})`;
    }
    if (random.chance(0.3)) {
      const made = this.#macro(type, depth, scope);
      if (made !== undefined) {
        return made;
      }
    }
    const fitting = callables.filter(({ overload }) => this.#match(overload.result, type) !== undefined);
    if (fitting.length === 0) {
      return this.#leaf(type, scope);
    }
    const { name, overload } = random.pick(fitting);
    const bound = this.#match(overload.result, type) ?? new Map<string, string>();
    const args = overload.parameters.map((parameter) => {
      const argument = this.#ofType(this.#instantiate(parameter, bound), depth - 1, scope);
      return /^[\w.'"[\](){}:, +]*$/.test(argument) && !argument.includes(' ') ? argument : `(${argument})`;
    });
    return writeCall(name, overload.method, args);
  }

  /** A message that stands for a value of the type; undefined if there is none. */
  #message(type: string, depth: number, scope: readonly (readonly [string, string])[]): string | undefined {
    const [name, field, wanted] = Object.hasOwn(messagesOf, type) ? messagesOf[type]! : [];
    return name === undefined || wanted === undefined
      ? undefined
      : `google.protobuf.${name}{${field}: ${this.#ofType(wanted, depth - 1, scope)}}`;
  }

  /** Binds the type parameters of a result so that it has the wanted type; undefined if no binding does. */
  #match(
    result: CelType,
    wanted: string,
    bound = new Map<string, string>(),
  ): Map<string, string> | undefined {
    if (result.kind === 'param') {
      bound.set(result.name, wanted);
      return bound;
    }
    if (result.kind === 'list' && wanted.startsWith('list(')) {
      return this.#match(result.element, wanted.slice(5, -1), bound);
    }
    return formatType(result) === wanted ? bound : undefined;
  }

  #instantiate(type: CelType, bound: Map<string, string>): string {
    switch (type.kind) {
      case 'param': {
        const chosen = bound.get(type.name) ?? this.#random.pick(leafTypes);
        bound.set(type.name, chosen);
        return chosen;
      }
      case 'list':
        return `list(${this.#instantiate(type.element, bound)})`;
      case 'map':
        return `map(${this.#instantiate(type.key, bound)}, ${this.#instantiate(type.value, bound)})`;
      case 'named':
        return type.parameters.length === 0
          ? type.name
          : `${type.name}(${type.parameters.map((parameter) => this.#instantiate(parameter, bound)).join(', ')})`;
      default:
        return formatType(type);
    }
  }

  #macro(type: string, depth: number, scope: readonly (readonly [string, string])[]): string | undefined {
    const random = this.#random;
    const name = `v${this.#names++ % 4}`;
    const element = random.pick(['int', 'string', 'double', 'bool', 'dyn']);
    const range = (): string =>
      this.#ofType(element === 'dyn' ? 'dyn' : `list(${element})`, depth - 1, scope);
    const inner = [...scope.filter(([other]) => other !== name), [name, element]] as const;
    const body = (wanted: string): string => this.#ofType(wanted, depth - 1, inner);
    const list = /^list\((\w+)\)$/.exec(type);
    if (list) {
      const form = random.below(3);
      if (form === 0 && list[1] === element) {
        return `(${range()}).filter(${name}, ${body('bool')})`;
      }
      return form === 1
        ? `(${range()}).map(${name}, ${body(list[1]!)})`
        : `(${range()}).map(${name}, ${body('bool')}, ${body(list[1]!)})`;
    }
    if (type === 'bool') {
      switch (random.below(5)) {
        case 0:
          return `has(${random.pick(['P.attr', 'R.attr', 'P.attr.nested'])}.${random.pick(['level', 'nope', 'deep', 'owner'])})`;
        case 1:
          return `(${range()}).all(${name}, ${body('bool')})`;
        case 2:
          return `(${range()}).exists(${name}, ${body('bool')})`;
        case 3:
          return `(${range()}).exists_one(${name}, ${body('bool')})`;
        default:
          return `(${this.#ofType('bool', depth - 1, scope)}) ${random.pick(['&&', '||'])} (${this.#ofType('bool', depth - 1, scope)})`;
      }
    }
    if (random.chance(0.3)) {
      return `cel.bind(${name}, ${this.#ofType(element, depth - 1, scope)}, ${body(type)})`;
    }
    return random.chance(0.3)
      ? `(${this.#ofType('bool', depth - 1, scope)}) ? (${this.#ofType(type, depth - 1, scope)}) : (${this.#ofType(type, depth - 1, scope)})`
      : undefined;
  }
}

const scraps = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '.',
  ',',
  ':',
  '?',
  '+',
  '-',
  '*',
  '/',
  '%',
  '!',
  '==',
  '<',
  '>=',
  '&&',
  '||',
  'in',
  ' ',
  'true',
  'null',
  '1',
  '2u',
  '1.5',
  "'a'",
  'b"x"',
  'P',
  'R.attr',
  'has',
  'x',
  'map',
  'all',
  'size',
  '0x',
  '1e',
  '@',
  '`a`',
  '.?',
  '[?',
  '\\',
  '"',
  "'",
  '#',
  '$',
  ';',
  'é',
  'as',
  'for',
  '_x',
  '//',
];

/** Breaks an expression: pieces are taken out, doubled, put in or changed. */
export function mutate(random: Random, expression: string): string {
  let text = expression;
  for (let count = 1 + random.below(3); count > 0; count--) {
    const at = random.below(text.length + 1);
    const end = Math.min(text.length, at + 1 + random.below(4));
    switch (random.below(4)) {
      case 0:
        text = text.slice(0, at) + text.slice(end);
        break;
      case 1:
        text = text.slice(0, at) + random.pick(scraps) + text.slice(at);
        break;
      case 2:
        text = text.slice(0, end) + text.slice(at, end) + text.slice(end);
        break;
      default:
        text = text.slice(0, at) + random.pick(scraps) + text.slice(end);
    }
  }
  return text;
}
