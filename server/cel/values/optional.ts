import type { CelValue } from './value';
import { CelObject } from './value';

/** CEL's optional value (cel-go's `OptionalTypes`). It is absent if `value` is undefined. */
export class Optional extends CelObject {
  static readonly none = new Optional(undefined);
  readonly typeName = 'optional_type';
  readonly value: CelValue | undefined;

  protected constructor(value: CelValue | undefined) {
    super();
    this.value = value;
  }

  static of(value: CelValue): Optional {
    return new Optional(value);
  }
}
