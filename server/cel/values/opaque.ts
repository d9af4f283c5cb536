import type { Failure } from '../evaluator/failure';
import type { CelValue } from './value';

/** Base of every value that is an object of a class, so that plain JSON objects can serve as maps without a wrapper. */
export abstract class CelObject {
  /** CEL's name for the value's type, as `type(value)` shows it. */
  abstract readonly typeName: string;

  /** Whether this equals another value, for types that `equal` does not know; undefined if the types do not compare. */
  equals(other: CelValue): boolean | undefined {
    return this === other;
  }

  /** What stands under an index, for types that have something there. */
  readonly index?: (key: CelValue) => CelValue | Failure;

  /** How many parts it has, for types that `size()` counts. */
  get partCount(): number | undefined {
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
