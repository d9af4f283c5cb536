import { equal } from './equal';
import type { CelValue } from './value';
import { CelObject } from './value';

/**
 * An object with fields, such as `request` or `V`: not a map, so `R["kind"]` does not compile.
 * Fields are asked for by name when an expression reads them, so they may be computed late.
 */
export class CelRecord extends CelObject {
  readonly typeName: string;
  readonly #get: (name: string) => CelValue | undefined;
  readonly #has: ((name: string) => boolean) | undefined;
  readonly #fields: (() => readonly string[]) | undefined;

  /**
   * @param get the value of a field, undefined if there is none; classes of records with fields of their own override
   *   the method instead
   * @param has what `has(record.field)` says; without it, whether `get` answers
   * @param fields the names of fields that are set, for showing and comparing the record; without it, none are shown,
   *   and the record equals only itself
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

  /** Whether the record may have fields of any name, so that one that is not set is no mistake. */
  isOpen(): boolean {
    return false;
  }

  /** What cel-go's message about a key of a map calls the record: a pointer to a Go structure. */
  goPointerName(): string | undefined {
    return undefined;
  }

  /** Whether `record.?field` finds something; without an override, what {@link has} says. */
  isSet(name: string): boolean {
    return this.has(name);
  }

  fields(): readonly string[] {
    return this.listed() ?? [];
  }

  /** The names of the fields that are set, undefined if they are not shown. */
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
