import type { Expr } from '../../ast';
import { isMap, makeMap, mapGet, mapKeys, typeNameOf } from '../kinds';
import { CelMap } from '../map';
import type { CelValue } from '../value';
import { showKey } from './access';
import { fail } from '../failure';
import type { Failure, Trouble } from '../failure';

/** Gathers entries of a map that is being made; a key may come only once. */
export class MapGatherer {
  readonly #entries: [CelValue, CelValue][] = [];
  readonly #strings = new Set<string>();
  readonly #others = new CelMap();

  /** The entries of a map that a `transformMapEntry`, perhaps with a filter, made in one round. */
  static entriesOf(
    value: CelValue,
    isFiltered: boolean,
    node: Expr,
  ): readonly (readonly [CelValue, CelValue])[] | Trouble {
    if (!isMap(value)) {
      const types = isFiltered ? `: cel.@mapInsert(map, ${typeNameOf(value)})` : '';
      return fail(`no such overload${types}`).at(node);
    }
    return mapKeys(value).map((key) => [key, mapGet(value, key) ?? null] as const);
  }

  insert(key: CelValue, value: CelValue): Failure | undefined {
    if (this.#has(key)) {
      return fail(`insert failed: key ${showKey(key)} already exists`);
    }
    this.#entries.push([key, value]);
    if (typeof key === 'string') {
      this.#strings.add(key);
    } else {
      this.#others.insert(key, value);
    }
    return undefined;
  }

  #has(key: CelValue): boolean {
    return typeof key === 'string' ? this.#strings.has(key) : this.#others.has(key);
  }

  result(): CelValue {
    return makeMap(this.#entries);
  }
}
