import { equal } from './operations/equal';
import type { CelValue } from './value';
import { CelObject } from './value';

/**
 * A value with fields, such as `request` or `V`. It is not a map, so `R["kind"]` does not compile. A field's value is
 * asked for when an expression reads it, so it may be computed then.
 */
export class CelRecord extends CelObject {
  readonly typeName: string;
  readonly #get: (name: string) => CelValue | undefined;
  readonly #has: ((name: string) => boolean) | undefined;
  readonly #fields: (() => readonly string[]) | undefined;

  /**
   * @param get the value of a field; undefined if there is none. A subclass with fields of its own overrides the method
   * instead.
   * @param has the answer to `has(record.field)`. Without it, true if `get` returns a value.
   * @param fields the names of the fields that are set, for showing and comparing the record. Without it, none are
   * shown, and the record equals only itself.
   */
  constructor(
    typeName: string,
    get: (name: string) => CelValue | undefined = nothing,
    has?: (name: string) => boolean,
    fields?: () => readonly string[],
  ) {
    super();
    this.typeName = typeName;
    this.#get = get;
    this.#has = has;
    this.#fields = fields;
  }

  get(name: string): CelValue | undefined {
    return this.#get(name);
  }

  has(name: string): boolean {
    return this.#has ? this.#has(name) : this.get(name) !== undefined;
  }

  /** True if fields may have any name, so that reading one that is not set is no mistake. */
  isOpen(): boolean {
    return false;
  }

  /** The name that cel-go's message about a map key has for the record: a pointer to a Go structure. */
  goPointerName(): string | undefined {
    return undefined;
  }

  /** True if `record.?field` finds a value. By default the same as {@link has}. */
  isSet(name: string): boolean {
    return this.has(name);
  }

  fields(): readonly string[] {
    return this.listed() ?? [];
  }

  /** The names of the fields that are set; undefined if they are not shown. */
  protected listed(): readonly string[] | undefined {
    return this.#fields?.();
  }

  /** Records of one type are equal if the same fields are set, to equal values. */
  override equals(other: CelValue): boolean {
    if (this === other) {
      return true;
    }
    if (!(other instanceof CelRecord) || other.typeName !== this.typeName) {
      return false;
    }
    const names = this.listed();
    const others = other.listed();
    return (
      names !== undefined &&
      names.length === others?.length &&
      names.every((name) => other.has(name) && equal(this.get(name) ?? null, other.get(name) ?? null))
    );
  }
}

function nothing(): undefined {
  return undefined;
}
