/** A static type. Compare with {@link sameType}; show with {@link formatType}. */
export type CelType =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  | { readonly kind: 'dyn' }
  | { readonly kind: 'error' }
  | { readonly kind: 'list'; readonly element: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | { readonly kind: 'wrapper'; readonly of: CelType }
  | { readonly kind: 'type'; readonly of?: CelType }
  | { readonly kind: 'param'; readonly name: string }
  /** A message or an opaque type, e.g. `cerbos.lib.hierarchy`, `optional_type` with one parameter. */
  | { readonly kind: 'named'; readonly name: string; readonly parameters: readonly CelType[]; readonly opaque: boolean };

export type PrimitiveName =
  | 'null_type'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'any';

/** Whether two types are the same, type parameters by name. */
export declare function sameType(a: CelType, b: CelType): boolean;
/** As cel-go writes it: `map(string, dyn)`. */
export declare function formatType(type: CelType): string;
