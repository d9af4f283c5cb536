import type { CelValue } from './value';
/** CEL's `==` across types: numbers compare by value, different types are unequal. */
export declare function equal(a: CelValue, b: CelValue): boolean;
