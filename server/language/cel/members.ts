import { formatType } from '../../cel';
import type {
  CelType,
  Environment,
  FunctionDescription,
  MacroDescription,
  OverloadDescription,
} from '../../cel';
import type { Attribute, AttributeType } from '../workspace/attributes';

/** A method with those of its overloads that a receiver has. */
interface Method {
  readonly name: string;
  readonly overloads: readonly OverloadDescription[];
}

const isName = /^[A-Za-z_]\w*$/;

/** The methods that a value of a type has; those of every type that it may have if the type is dynamic. */
export function methodsOf(environment: Environment, type: CelType, attribute?: Attribute): readonly Method[] {
  const types = possibleTypes(type, attribute);
  const methods: Method[] = [];
  for (const { name, overloads } of environment.functions.values()) {
    if (!isName.test(name)) {
      continue;
    }
    const fitting = overloads.filter(
      ({ method, parameters: [receiver] }) =>
        method &&
        receiver !== undefined &&
        (types === undefined || types.some((each) => fits(receiver, each))),
    );
    if (fitting.length > 0) {
      methods.push({ name, overloads: fitting });
    }
  }
  return methods;
}

/** The macros that can be called on a value of a type: all of them loop over lists or maps, or open optionals. */
export function methodMacrosOf(
  environment: Environment,
  receiverType: CelType,
  attribute?: Attribute,
): readonly MacroDescription[] {
  const types = possibleTypes(receiverType, attribute);
  return environment.macros.filter((macro) => {
    const receiver = macroReceiver(macro);
    if (receiver !== 'list' && receiver !== 'map' && receiver !== 'optional') {
      return false;
    }
    if (types === undefined) {
      return true;
    }
    return types.some((type) =>
      receiver === 'optional'
        ? isOptional(type)
        : type.kind === 'list' || (type.kind === 'map' && macro.name !== 'sortBy'),
    );
  });
}

/**
 * Returns the text before a macro's dot, a type or a namespace such as `math`; undefined for a macro without receiver.
 */
export function macroReceiver({ name, method, signature }: MacroDescription): string | undefined {
  return method ? signature.slice(0, Math.max(0, signature.indexOf(`.${name}(`))) : undefined;
}

/** Functions that are called without a receiver, namespaces included: `size`, `math.greatest`. */
export function globalFunctions(environment: Environment): readonly FunctionDescription[] {
  return [...environment.functions.values()].filter(
    ({ name, overloads }) => /^[A-Za-z_][\w.]*$/.test(name) && overloads.some(({ method }) => !method),
  );
}

/** Undefined if it may be of any type. */
function possibleTypes(type: CelType, attribute: Attribute | undefined): readonly CelType[] | undefined {
  if (type.kind !== 'dyn' && type.kind !== 'error' && type.kind !== 'param') {
    return [type];
  }
  if (attribute === undefined || attribute.types.size === 0) {
    return undefined;
  }
  return [...attribute.types].flatMap((each) => celTypes[each]);
}

const dyn: CelType = { kind: 'dyn' };
const text: CelType = { kind: 'primitive', name: 'string' };
const celTypes: Readonly<Record<AttributeType, readonly CelType[]>> = {
  null: [{ kind: 'primitive', name: 'null_type' }],
  bool: [{ kind: 'primitive', name: 'bool' }],
  number: [{ kind: 'primitive', name: 'double' }],
  string: [text],
  list: [{ kind: 'list', element: dyn }],
  map: [{ kind: 'map', key: text, value: dyn }],
};

function isOptional(type: CelType): boolean {
  return type.kind === 'named' && type.name === 'optional_type';
}

/** True if a method's first parameter takes a value of a type. */
function fits(parameter: CelType, type: CelType): boolean {
  if (parameter.kind === 'dyn' || parameter.kind === 'param' || type.kind === 'dyn') {
    return true;
  }
  if (parameter.kind === 'wrapper') {
    return fits(parameter.of, type);
  }
  if (type.kind === 'wrapper') {
    return fits(parameter, type.of);
  }
  if (parameter.kind !== type.kind) {
    return false;
  }
  if (parameter.kind === 'primitive' && type.kind === 'primitive') {
    return parameter.name === type.name;
  }
  if (parameter.kind === 'named' && type.kind === 'named') {
    return parameter.name === type.name;
  }
  if (parameter.kind === 'list' && type.kind === 'list') {
    return fits(parameter.element, type.element);
  }
  return true;
}

/** Markdown about a function: how it is called, what it does, an example. */
export function describeOverloads(overloads: readonly OverloadDescription[]): string {
  const signatures = [...new Set(overloads.map(({ signature }) => signature))];
  const texts = [
    ...new Set(overloads.map(({ documentation }) => documentation).filter((each) => each !== '')),
  ];
  const example = overloads.find((each) => each.example !== '')?.example;
  return joinMarkdown([
    code(signatures.slice(0, 6).join('\n')),
    ...texts.slice(0, 4),
    example && code(example),
  ]);
}

export function describeMacro({ signature, documentation, example }: MacroDescription): string {
  return joinMarkdown([code(signature), documentation, example && code(example)]);
}

/** Describes the types, members and example values of an attribute, in Markdown. */
export function describeAttribute(attribute: Attribute): string {
  const members = [...attribute.members.keys()];
  const examples = [...attribute.examples];
  return joinMarkdown([
    attribute.types.size > 0 && `*${attribute.describedType}*, as seen in fixtures`,
    members.length > 0 && `Members: ${members.map((name) => `\`${name}\``).join(', ')}`,
    examples.length > 0 && `For example ${examples.map((each) => `\`${each}\``).join(', ')}`,
  ]);
}

export function code(text: string): string {
  return `\`\`\`cel\n${text}\n\`\`\``;
}

export function joinMarkdown(parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => typeof part === 'string' && part !== '').join('\n\n');
}

/** A type as shown to people; nothing for types that say nothing. */
export function shownType(type: CelType): string | undefined {
  return type.kind === 'error' ? undefined : formatType(type);
}
