import { closeSync, constants, fstatSync, ftruncateSync, readSync } from 'node:fs';
import { openPrivate, writeAll } from '../../protocol';
import type { NewRecord } from '../../protocol';

/** Equal refusals that are counted instead of written one by one. */
interface Repeated {
  /** The same for all of them: {@link refusalKey}. */
  readonly key: string;
  /** The session that they belong to. */
  readonly session: string;
  /** The last refusal that has records of its own. */
  readonly id: string;
  /** As {@link AgentPace} names it. */
  readonly agent: string;
  readonly count: number;
  /** ISO 8601. */
  readonly first: string;
  readonly last: string;
  readonly lastId: string;
}

const slotBytes = 512;
const slots = 16;

/**
 * The counts that are not in the log yet, in a small file beside it that all guards share: each is written before the
 * refusal goes out, so that none is lost with its guard. Only whoever holds the session's lock may use it.
 */
export class RepeatsFile {
  readonly #file: number;
  #pending: Repeated[] = [];

  /** @param path absolute */
  constructor(path: string) {
    this.#file = openPrivate(path, constants.O_RDWR | constants.O_CREAT);
  }

  /** Counts that are not in this session's log yet. */
  get pending(): readonly Repeated[] {
    return this.#pending;
  }

  /** Reads what others have counted. @param isKnown whether the log has it already */
  load(session: string, isKnown: (repeated: Repeated) => boolean): void {
    const { size } = fstatSync(this.#file);
    if (size === 0) {
      this.#pending = [];
      return;
    }
    const bytes = Buffer.alloc(Math.min(size, slots * slotBytes));
    const count = readSync(this.#file, bytes, 0, bytes.length, 0);
    const found: Repeated[] = [];
    for (let at = 0; at + slotBytes <= count; at += slotBytes) {
      const repeated = parseSlot(bytes.toString('utf8', at, at + slotBytes));
      if (repeated?.session === session && !isKnown(repeated)) {
        found.push(repeated);
      }
    }
    this.#pending = found;
    if (found.length * slotBytes !== size) {
      // Some are in the log already, or of a session that is over: each place holds what it holds in memory again.
      ftruncateSync(this.#file, 0);
      found.forEach((repeated, place) => this.#put(repeated, place));
    }
  }

  /** Counts one more; false if there is no place for it, so that what is pending must be written first. */
  add(one: Omit<Repeated, 'count' | 'first'>): boolean {
    const found = this.#pending.findIndex(({ key }) => key === one.key);
    const before = found < 0 ? undefined : this.#pending[found];
    const place = found < 0 ? this.#pending.length : found;
    const next: Repeated = {
      ...one,
      count: (before?.count ?? 0) + 1,
      first: before?.first ?? one.last,
    };
    if (place >= slots || Buffer.byteLength(JSON.stringify(next)) >= slotBytes) {
      return false;
    }
    this.#put(next, place);
    this.#pending[place] = next;
    return true;
  }

  /** Call it once all pending counts are in the log. */
  clear(): void {
    ftruncateSync(this.#file, 0);
    this.#pending = [];
  }

  close(): void {
    closeSync(this.#file);
  }

  /** At once, so that a crash leaves the count before or after. Only ASCII is in it. */
  #put(repeated: Repeated, place: number): void {
    const text = JSON.stringify(repeated).padEnd(slotBytes - 1);
    writeAll(this.#file, Buffer.from(`${text}\n`), place * slotBytes);
  }
}

/** The record that takes the place of the refusals. */
export function repeatsRecord({ agent, count, first, id, last, lastId }: Repeated): NewRecord {
  return { type: 'repeats', id, agent, count, first, last, lastId };
}

function parseSlot(text: string): Repeated | undefined {
  try {
    const value = JSON.parse(text) as Partial<Record<keyof Repeated, unknown>> | null;
    const texts = [
      value?.key,
      value?.session,
      value?.id,
      value?.agent,
      value?.first,
      value?.last,
      value?.lastId,
    ];
    const sound =
      texts.every((member) => typeof member === 'string') &&
      Number.isSafeInteger(value?.count) &&
      Number(value?.count) > 0;
    return sound ? (value as Repeated) : undefined;
  } catch {
    return undefined;
  }
}
