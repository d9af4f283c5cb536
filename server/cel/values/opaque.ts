/** Base of every value that is an object of a class, so that plain JSON objects can serve as maps without a wrapper. */
export abstract class CelObject {
  /** CEL's name for the value's type, as `type(value)` shows it. */
  abstract readonly typeName: string;
}
