import { Duration } from './time/duration';
import { Timestamp } from './time/timestamp';
import { CelObject } from './value';
import { Uint } from './uint';
import type { CelValue } from './value';

/** A map of which not all keys are strings. Numeric keys of different types that are equal are the same key. */
export class CelMap extends CelObject {
  readonly typeName = 'map';
  readonly #entries = new Map<unknown, readonly [key: CelValue, value: CelValue]>();

  constructor(entries: Iterable<readonly [CelValue, CelValue]> = []) {
    super();
    for (const entry of entries) {
      this.#entries.set(identity(entry[0]), entry);
    }
  }

  /** Adds an entry while the map is being made; a finished map never changes. */
  insert(key: CelValue, value: CelValue): void {
    this.#entries.set(identity(key), [key, value]);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: CelValue): CelValue | undefined {
    return this.#find(key)?.[1];
  }

  has(key: CelValue): boolean {
    return this.#find(key) !== undefined;
  }

  keys(): CelValue[] {
    return [...this.#entries.values()].map(([key]) => key);
  }

  entries(): IterableIterator<readonly [CelValue, CelValue]> {
    return this.#entries.values();
  }

  #find(key: CelValue): readonly [CelValue, CelValue] | undefined {
    const exact = this.#entries.get(identity(key));
    if (exact) {
      return exact;
    }
    // cel-go looks for an equal int or uint, never for an equal double.
    if (typeof key === 'number') {
      if (!Number.isInteger(key)) {
        return undefined;
      }
      const integer = BigInt(key);
      return this.#entries.get(integer) ?? this.#entries.get(`u${integer}`);
    }
    if (typeof key === 'bigint') {
      return key < 0n ? undefined : this.#entries.get(`u${key}`);
    }
    return key instanceof Uint ? this.#entries.get(key.value) : undefined;
  }
}

/** The identity of a key: type and value. Keys that cannot be compared cheaply are identical only to themselves. */
function identity(key: CelValue): unknown {
  if (typeof key === 'string') {
    return `s${key}`;
  }
  if (typeof key === 'number' && Number.isNaN(key)) {
    // NaN is not equal to itself, so each NaN is a key of its own.
    return Symbol('NaN');
  }
  if (key instanceof Timestamp) {
    return `t${key.seconds}.${key.nanos}${key.offsetMinutes}`;
  }
  if (key instanceof Duration) {
    return `d${key.nanos}`;
  }
  return key instanceof Uint ? `u${key.value}` : key;
}
