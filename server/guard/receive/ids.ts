import type { JsonValue } from '../../protocol';
import { exactNumber } from '../json/numbers';

/** A request's id (JSON-RPC 2.0, section 4): a string or a number, exactly as it was written. */
export interface RequestId {
  /** Equal for equal ids: numbers by their exact value, so that neither 1.5 nor 2^53 + 1 is taken for another. */
  readonly key: string;
  /** The JSON text, for answers of the guard's own. */
  readonly text: string;
  /** A number's value as a double, by which most peers identify it. */
  readonly double?: number;
}

/** A longer number identifies nothing; comparing its exact value would take too long. */
const maxNumberLength = 1_000;

/** @returns `undefined` if the value is neither a string nor a number */
export function requestId(value: JsonValue | undefined, text: string): RequestId | undefined {
  if (typeof value === 'string') {
    return { key: `s${value}`, text };
  }
  if (typeof value === 'number' && text.length <= maxNumberLength) {
    return { key: `n${exactNumber(text)}`, text, double: value };
  }
  return undefined;
}

/** Requests in flight, by id. */
export class RequestTable<T extends { readonly id: RequestId }> {
  readonly #byKey = new Map<string, T>();
  /** Those whose id is a number, by what a double makes of it. */
  readonly #byDouble = new Map<number, Set<T>>();

  get size(): number {
    return this.#byKey.size;
  }

  add(request: T): void {
    const before = this.#byKey.get(request.id.key);
    if (before !== undefined) {
      this.delete(before);
    }
    this.#byKey.set(request.id.key, request);
    const { double } = request.id;
    if (double !== undefined) {
      const near = this.#byDouble.get(double) ?? new Set();
      this.#byDouble.set(double, near.add(request));
    }
  }

  delete(request: T): void {
    if (this.#byKey.get(request.id.key) !== request) {
      return;
    }
    this.#byKey.delete(request.id.key);
    const { double } = request.id;
    const near = double === undefined ? undefined : this.#byDouble.get(double);
    near?.delete(request);
    if (double !== undefined && near?.size === 0) {
      this.#byDouble.delete(double);
    }
  }

  /**
   * The request that an id names. A peer that keeps numbers as doubles answers 9007199254740993 with
   * 9007199254740992: such an answer finds its request as long as only one can be meant.
   */
  find(id: RequestId): T | undefined {
    const exact = this.#byKey.get(id.key);
    if (exact !== undefined || id.double === undefined) {
      return exact;
    }
    const near = this.#byDouble.get(id.double);
    const [only] = near?.size === 1 ? near : [];
    return only;
  }

  /** The request with exactly this id. */
  get(id: RequestId): T | undefined {
    return this.#byKey.get(id.key);
  }

  values(): T[] {
    return [...this.#byKey.values()];
  }
}
