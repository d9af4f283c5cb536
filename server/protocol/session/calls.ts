import type { ApprovalRecord, AttemptRecord, DecisionRecord, OutcomeRecord, SessionRecord } from './records';

/** One call, with everything that the log says of it so far. */
export interface CallEntry {
  readonly id: string;
  readonly attempt: AttemptRecord;
  /** The latest: the final one, once there is one. */
  readonly decision?: DecisionRecord;
  /** The decision to ask a human, if one was asked. */
  readonly question?: DecisionRecord;
  readonly approval?: ApprovalRecord;
  readonly outcome?: OutcomeRecord;
  /** How many equal ones were refused after it. */
  readonly repeats?: number;
  /** All records that name the call, in order. */
  readonly records: readonly SessionRecord[];
}

/** How a call stands. */
export type CallState = 'allowed' | 'denied' | 'waiting';

export function callState({ decision }: CallEntry): CallState {
  if (decision?.final !== true) {
    return 'waiting';
  }
  return decision.effect === 'allow' ? 'allowed' : 'denied';
}

/** Which calls are kept: those that were not decided at all yet, or all. */
export type KeptCalls = 'undecided' | 'all';

/** The calls of a session by their ids, in the order in which they were attempted. Fed record by record. */
export class CallEntries {
  readonly #kept: KeptCalls;
  readonly #entries = new Map<string, CallEntry>();

  constructor(kept: KeptCalls) {
    this.#kept = kept;
  }

  get(id: string): CallEntry | undefined {
    return this.#entries.get(id);
  }

  values(): IterableIterator<CallEntry> {
    return this.#entries.values();
  }

  apply(record: SessionRecord): void {
    if (record.type === 'attempt') {
      this.#entries.set(record.id, { id: record.id, attempt: record, records: [record] });
      return;
    }
    const call = this.#entries.get(callOf(record));
    if (call === undefined) {
      return;
    }
    if (this.#kept === 'undecided' && record.type === 'decision') {
      this.#entries.delete(call.id);
      return;
    }
    this.#entries.set(call.id, { ...call, ...told(record, call), records: [...call.records, record] });
  }
}

/** The id of the call that a record is about; empty if it is about none. */
function callOf(record: SessionRecord): string {
  if (record.type === 'grant') {
    return record.decision;
  }
  return 'id' in record && record.type !== 'session' && record.type !== 'checkpoint' ? record.id : '';
}

/** The members of the entry that a record changes. */
function told(record: SessionRecord, { repeats = 0 }: CallEntry): Partial<CallEntry> {
  switch (record.type) {
    case 'decision':
      return { decision: record, ...(record.effect === 'ask' && { question: record }) };
    case 'approval':
      return { approval: record };
    case 'outcome':
      return { outcome: record };
    case 'repeats':
      return { repeats: repeats + record.count };
    default:
      return {};
  }
}
