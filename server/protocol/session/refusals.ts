import { digestOfJson } from '../state/canonical-json';
import type { AttemptRecord, DecisionRecord, NewRecord, RepeatsRecord } from './records';

/** The rule of the guard's own that refuses agents which flood. */
export const floodRule = 'too-many-refusals';

/** So many equal refusals have records of their own before further ones are counted. */
export const fullRecords = 3;
/** After so many milliseconds the next one has records of its own again. */
const repeatWindow = 60_000;

/** Equal refusals are looked for among so many. */
const rememberedRefusals = 64;
const rememberedRepeats = 64;

/** An attempt and its denial. */
interface RecordedRefusal {
  readonly attempt: Omit<AttemptRecord, 'prev' | 'time'>;
  readonly decision: Omit<DecisionRecord, 'prev' | 'time'>;
}

/** The attempt and the denial, if that is all that these records are. */
export function asRefusal(records: readonly NewRecord[]): RecordedRefusal | undefined {
  const [attempt, decision] = records;
  return records.length === 2 &&
    attempt?.type === 'attempt' &&
    decision?.type === 'decision' &&
    decision.effect === 'deny' &&
    decision.id === attempt.id
    ? { attempt, decision }
    : undefined;
}

/** In what refusals are equal: who asked for what, and all that was answered. */
export function refusalKey({ attempt, decision }: RecordedRefusal): string {
  const { agent, digest, fingerprint, kind, server, tool } = attempt;
  const { externalDecision, level, policy, reasons, rule, workspaceReasons } = decision;
  const who = { agent: { ...agent, conversationId: null }, server, fingerprint };
  // What a flood asks for was not even looked at.
  const rest =
    rule === floodRule
      ? null
      : {
          call: [kind, tool, digest],
          answer: [level ?? null, policy, reasons, workspaceReasons ?? []],
          point: externalDecision === undefined ? null : { ...externalDecision, callId: null },
        };
  return digestOfJson([who, rule, rest]).slice(0, 32);
}

/** Refusals that were equal, with records of their own. */
interface SeenRefusal {
  /** The last one's. */
  readonly id: string;
  readonly count: number;
  /** When the first one was refused, milliseconds since the epoch. */
  readonly since: number;
}

/** The refusals that had records of their own lately, and those that were only counted. */
export class RecentRefusals {
  readonly #seen = new Map<string, SeenRefusal>();
  readonly #repeats = new Set<string>();

  /** How often a refusal has had records of its own in the last minute, and the last one's id. */
  seen(key: string, now: number): { readonly count: number; readonly id: string } | undefined {
    const found = this.#seen.get(key);
    return found === undefined || now - found.since >= repeatWindow ? undefined : found;
  }

  /** @param time milliseconds since the epoch */
  refused(refusal: RecordedRefusal, time: number): void {
    const key = refusalKey(refusal);
    const before = this.seen(key, time);
    const since = this.#seen.get(key)?.since;
    // At the end of the order, so that the oldest is forgotten.
    this.#seen.delete(key);
    this.#seen.set(key, {
      id: refusal.decision.id,
      count: (before?.count ?? 0) + 1,
      since: before === undefined ? time : (since ?? time),
    });
    forgetOldest(this.#seen, rememberedRefusals);
  }

  repeated({ lastId }: RepeatsRecord): void {
    this.#repeats.add(lastId);
    forgetOldest(this.#repeats, rememberedRepeats);
  }

  /** True if the log already has the record of these repeated refusals. @param lastId of the last of them */
  hasRepeats(lastId: string): boolean {
    return this.#repeats.has(lastId);
  }
}

function forgetOldest(remembered: Map<string, unknown> | Set<string>, most: number): void {
  for (const key of remembered.keys()) {
    if (remembered.size <= most) {
      return;
    }
    remembered.delete(key);
  }
}
