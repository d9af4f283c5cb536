import type { Failure } from '../evaluator/failure';
import type { CelValue } from './value';

/** Base of every value that is an object of a class, so that plain JSON objects can serve as maps without a wrapper. */
export abstract class CelObject {
  /** CEL's name for the value's type, as `type(value)` shows it. */
  abstract readonly typeName: string;

  /** Whether this equals another value, for types that `equal` does not know. */
  equals(other: CelValue): boolean {
    return this === other;
  }

  /** What stands under an index, undefined if nothing does. */
  index(_key: CelValue): CelValue | Failure | undefined {
    return undefined;
  }

  /** Whether this is the zero value of its type, for types that `isZero` does not know. */
  isZero(): boolean {
    return false;
  }

  /** A literal or call that gives the value, for showing it to people. */
  show(): string {
    return this.typeName;
  }

  /** How the value is written in outputs; undefined if it has no JSON form. */
  toJson(): CelValue | undefined {
    return undefined;
  }
}
