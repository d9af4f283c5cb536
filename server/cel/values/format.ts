import type { CelValue } from './value';
/** A value as a CEL expression that gives it, for people: `{'a': 1.0}`. */
export declare function formatValue(value: CelValue): string;
