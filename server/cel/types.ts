/**
 * A static type (CEL specification, "Gradual type checking"). Compare with {@link sameType}; show with
 * {@link formatType}.
 */
export type CelType =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  | { readonly kind: 'dyn' }
  | { readonly kind: 'error' }
  | { readonly kind: 'list'; readonly element: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | { readonly kind: 'wrapper'; readonly of: CelType }
  | { readonly kind: 'type'; readonly of?: CelType }
  | ParamType
  | NamedType;

/** A type parameter of a signature (`T`). The checker's type variables have an `index` as well. */
export interface ParamType {
  readonly kind: 'param';
  readonly name: string;
  readonly index: number | undefined;
}

/**
 * A protobuf message type (`cerbos.engine.v1.Request`), or an opaque type, perhaps with parameters
 * (`optional_type(int)`).
 */
export interface NamedType {
  readonly kind: 'named';
  readonly name: string;
  readonly parameters: readonly CelType[];
  readonly opaque: boolean;
}

export type PrimitiveName =
  'null_type' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'timestamp' | 'duration' | 'any';

function primitive(name: PrimitiveName): CelType {
  return { kind: 'primitive', name };
}

export const nullType = primitive('null_type');
export const boolType = primitive('bool');
export const intType = primitive('int');
export const uintType = primitive('uint');
export const doubleType = primitive('double');
export const stringType = primitive('string');
export const bytesType = primitive('bytes');
export const timestampType = primitive('timestamp');
export const durationType = primitive('duration');
export const anyType = primitive('any');
export const dynType: CelType = { kind: 'dyn' };
export const errorType: CelType = { kind: 'error' };
/** The type of a type value of which no more is known. */
export const typeType: CelType = { kind: 'type' };

export function listType(element: CelType): CelType {
  return { kind: 'list', element };
}

export function mapType(key: CelType, value: CelType): CelType {
  return { kind: 'map', key, value };
}

export function wrapperType(of: CelType): CelType {
  return { kind: 'wrapper', of };
}

export function typeOfType(of: CelType): CelType {
  return { kind: 'type', of };
}

export function paramType(name: string, index?: number): ParamType {
  return { kind: 'param', name, index };
}

export function messageType(name: string): NamedType {
  return { kind: 'named', name, parameters: [], opaque: false };
}

export function opaqueType(name: string, ...parameters: readonly CelType[]): NamedType {
  return { kind: 'named', name, parameters, opaque: true };
}

export function optionalType(of: CelType): NamedType {
  return opaqueType('optional_type', of);
}

/** The element type, key and value types, or parameters of a type, in this order. */
export function parametersOf(type: CelType): readonly CelType[] {
  switch (type.kind) {
    case 'list':
      return [type.element];
    case 'map':
      return [type.key, type.value];
    case 'wrapper':
      return [type.of];
    case 'type':
      return type.of ? [type.of] : [];
    case 'named':
      return type.parameters;
    case 'primitive':
    case 'dyn':
    case 'error':
    case 'param':
      return [];
  }
}

/** Type parameters are the same if their names are. */
export function sameType(a: CelType, b: CelType): boolean {
  if (a === b) {
    return true;
  }
  switch (a.kind) {
    case 'dyn':
    case 'error':
      return a.kind === b.kind;
    case 'primitive':
    case 'param':
      return a.kind === b.kind && a.name === b.name;
    case 'list':
      return b.kind === 'list' && sameType(a.element, b.element);
    default:
      return a.kind === b.kind && nameOf(a) === nameOf(b) && everyParameter(a, b, sameType);
  }
}

/** True if both types have equally many parameters and `holds` accepts each pair. */
export function everyParameter(
  a: CelType,
  b: CelType,
  holds: (left: CelType, right: CelType) => boolean,
): boolean {
  const left = parametersOf(a);
  const right = parametersOf(b);
  return (
    left.length === right.length &&
    left.every((type, index) => {
      const other = right[index];
      return other !== undefined && holds(type, other);
    })
  );
}

function nameOf(type: CelType): string {
  return type.kind === 'primitive' || type.kind === 'param' || type.kind === 'named' ? type.name : type.kind;
}

/** The type as cel-go writes it in messages: `map(string, dyn)`. */
export function formatType(type: CelType): string {
  if (type.kind === 'error') {
    return '!error!';
  }
  if (type.kind === 'primitive' && type.name === 'null_type') {
    return 'null';
  }
  const parameters = parametersOf(type);
  return parameters.length === 0
    ? nameOf(type)
    : `${nameOf(type)}(${parameters.map((parameter) => formatType(parameter)).join(', ')})`;
}

const shapes = new Map<CelType, number>([
  [boolType, 1],
  [intType, 2],
  [uintType, 3],
  [doubleType, 4],
  [stringType, 5],
  [bytesType, 6],
  [timestampType, 7],
  [durationType, 8],
]);

/**
 * A number for the outward form of a type's values, 0 if it is open. Two types with different numbers, neither of them
 * 0, cannot be unified, whatever their type variables become.
 */
export function shapeOf(type: CelType): number {
  return type.kind === 'list' ? 9 : type.kind === 'map' ? 10 : (shapes.get(type) ?? 0);
}
