import type {
  ApprovalRecord,
  AttemptRecord,
  CheckpointRecord,
  DecisionRecord,
  HaltRecord,
  OutcomeRecord,
  SessionHeader,
  SessionRecord,
} from '../../server/protocol';

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
}

/** How a call stands. */
export type CallState = 'allowed' | 'denied' | 'waiting';

/** How many calls of a session were allowed, put to a human, and denied. */
export interface SessionCounts {
  readonly allowed: number;
  readonly asked: number;
  readonly denied: number;
}

export function callState({ decision }: CallEntry): CallState {
  if (decision?.final !== true) {
    return 'waiting';
  }
  return decision.effect === 'allow' ? 'allowed' : 'denied';
}

/** An agent session as its log tells it. Fed record by record, in order. */
export class SessionModel {
  #header: SessionHeader | CheckpointRecord | undefined;
  /** The counts before the first record that was read. */
  #before: SessionCounts = { allowed: 0, asked: 0, denied: 0 };
  #repeats = 0;
  #halt: HaltRecord | undefined;
  #ended = false;
  readonly #calls = new Map<string, CallEntry>();
  readonly #records = new Map<string, SessionRecord[]>();

  /** When the session began; ISO 8601. Undefined before anything was read. */
  get startedAt(): string | undefined {
    return this.#header?.type === 'checkpoint' ? this.#header.startedAt : this.#header?.time;
  }

  /** The halt that is in force. */
  get halt(): HaltRecord | undefined {
    return this.#halt;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** In the order in which they were attempted. */
  get calls(): readonly CallEntry[] {
    return [...this.#calls.values()];
  }

  get counts(): SessionCounts {
    const counts = { ...this.#before };
    counts.denied += this.#repeats;
    for (const call of this.#calls.values()) {
      const state = callState(call);
      counts.allowed += state === 'allowed' ? 1 : 0;
      counts.denied += state === 'denied' ? 1 : 0;
      counts.asked += call.question === undefined ? 0 : 1;
    }
    return counts;
  }

  /** Everything that the log says of a call. */
  recordsOf(id: string): readonly SessionRecord[] {
    return this.#records.get(id) ?? [];
  }

  apply(record: SessionRecord): void {
    if ('id' in record && record.type !== 'session' && record.type !== 'checkpoint') {
      const id = record.type === 'grant' ? record.decision : record.id;
      this.#records.set(id, [...(this.#records.get(id) ?? []), record]);
    }
    switch (record.type) {
      case 'session':
        this.#header = record;
        break;
      case 'checkpoint':
        this.#checkpoint(record);
        break;
      case 'repeats':
        this.#repeats += record.count;
        this.#update(record.id, (call) => ({ ...call, repeats: (call.repeats ?? 0) + record.count }));
        break;
      case 'attempt':
        this.#calls.set(record.id, { id: record.id, attempt: record });
        break;
      case 'decision':
        this.#update(record.id, (call) => ({
          ...call,
          decision: record,
          ...(record.effect === 'ask' ? { question: record } : {}),
        }));
        break;
      case 'approval':
        this.#update(record.id, (call) => ({ ...call, approval: record }));
        break;
      case 'outcome':
        this.#update(record.id, (call) => ({ ...call, outcome: record }));
        break;
      case 'halt':
        this.#halt = record;
        break;
      case 'resume':
        this.#halt = undefined;
        break;
      case 'end':
        this.#ended = true;
        break;
      case 'release':
      case 'grant':
      case 'revoke':
      case 'recovery':
      case 'clock':
      case 'continued':
        break;
    }
  }

  /** Where reading begins with it, it stands for all that came before. */
  #checkpoint(record: CheckpointRecord): void {
    if (this.#header === undefined && this.#calls.size === 0) {
      const { asked, calls, denied, halt } = record.state;
      this.#header = record;
      this.#before = { allowed: calls, asked, denied };
      this.#halt = halt;
    }
  }

  #update(id: string, change: (call: CallEntry) => CallEntry): void {
    const call = this.#calls.get(id);
    if (call !== undefined) {
      this.#calls.set(id, change(call));
    }
  }
}
