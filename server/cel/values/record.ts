import type { CelValue } from './value';
import { CelObject } from './value';

/**
 * An object with fields, such as `request` or `V`: not a map, so `R["kind"]` does not compile.
 * Fields are asked for by name when an expression reads them, so they may be computed late.
 */
export class CelRecord extends CelObject {
  readonly typeName: string;
  readonly #get: (name: string) => CelValue | undefined;
  readonly #has: (name: string) => boolean;
  readonly #fields: () => readonly string[];

  /**
   * @param get the value of a field, undefined if there is none
   * @param has what `has(record.field)` says; without it, whether `get` answers
   * @param fields names for showing the record; without it, none are shown
   */
  constructor(
    typeName: string,
    get: (name: string) => CelValue | undefined,
    has?: (name: string) => boolean,
    fields?: () => readonly string[],
  ) {
    super();
    this.typeName = typeName;
    this.#get = get;
    this.#has = has ?? ((name) => get(name) !== undefined);
    this.#fields = fields ?? (() => []);
  }

  get(name: string): CelValue | undefined {
    return this.#get(name);
  }

  has(name: string): boolean {
    return this.#has(name);
  }

  fields(): readonly string[] {
    return this.#fields();
  }
}
