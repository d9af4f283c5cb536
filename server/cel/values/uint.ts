import { CelObject } from './value';

/**
 * An unsigned 64-bit integer. A class of its own, because CEL keeps uint apart from int. `value` is from 0 to 2^64-1.
 */
export class Uint extends CelObject {
  readonly typeName = 'uint';
  readonly value: bigint;

  constructor(value: bigint) {
    super();
    this.value = value;
  }
}
