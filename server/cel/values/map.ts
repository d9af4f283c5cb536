import { CelObject } from './opaque';
import type { CelValue } from './value';

/** A map whose keys are not all strings: bools, ints, uints and strings. Numbers that are equal are the same key. */
export declare class CelMap extends CelObject {
  readonly typeName: 'map';
  constructor(entries: Iterable<readonly [CelValue, CelValue]>);
  get(key: CelValue): CelValue | undefined;
  has(key: CelValue): boolean;
  keys(): IterableIterator<CelValue>;
  readonly size: number;
}
