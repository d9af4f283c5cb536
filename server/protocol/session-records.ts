import type { JsonObject } from './json';

/**
 * The records of an agent session's log, which is the audit trail: one JSON object a line, the first one a
 * {@link SessionHeader}. Ids link an attempt with its decisions, approval and outcome.
 */
export type SessionRecord =
  | SessionHeader
  | AttemptRecord
  | DecisionRecord
  | ApprovalRecord
  | ReleaseRecord
  | GrantRecord
  | RevokeRecord
  | OutcomeRecord
  | HaltRecord
  | ResumeRecord
  | RecoveryRecord
  | EndRecord;

/** Common to all records. */
export interface RecordBase {
  /** SHA-256 (hex) of the line before, without its line break; of the last log's last line for a header. */
  readonly prev: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
}

export interface SessionHeader extends RecordBase {
  readonly type: 'session';
  readonly v: 1;
  readonly id: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly workspace: { readonly name: string; readonly folders: readonly string[] };
  /** The file name of the session before, whose last line `prev` is the hash of; absent in the very first. */
  readonly previous?: string;
}

/** Something was asked for. */
export interface AttemptRecord extends RecordBase {
  readonly type: 'attempt';
  readonly id: string;
  readonly server: string;
  readonly fingerprint: string;
  /** The resource's kind: `mcp:tool`, `mcp:resource`, … */
  readonly kind: string;
  /** The tool's name, the resource's URI, the prompt's name, … */
  readonly tool: string;
  readonly agent: AgentRecord;
  /** Of kind, fingerprint, tool and arguments. */
  readonly digest: string;
  /** Masked and bounded. */
  readonly arguments: JsonObject;
}

export interface AgentRecord {
  readonly name?: string;
  readonly version?: string;
  readonly verified: boolean;
  readonly conversationId?: string;
}

/** Counts that are held for a call while a human is asked about it. */
export interface Reservation {
  readonly counts: readonly string[];
  /** The process that waits: once it is dead, the reservation is void. */
  readonly owner: string;
}

/** What was decided; for an `ask` a second one, final, follows. */
export interface DecisionRecord extends RecordBase {
  readonly type: 'decision';
  readonly id: string;
  readonly effect: 'allow' | 'ask' | 'deny';
  /** False only for an `ask`. */
  readonly final: boolean;
  /** The approval level that the call needs; absent where none would do. */
  readonly level?: number;
  /** As Cerbos names policies, e.g. `resource.mcp:tool.vdefault`; empty where no policy decided. */
  readonly policy: string;
  /** The deciding rule's name; or a word for what the guard itself refused. */
  readonly rule: string;
  readonly reasons: readonly string[];
  /** Of each reason, the fully qualified name of the rule that gave it; empty where none did. */
  readonly reasonRules?: readonly string[];
  /** Quotations from the repository's policies. */
  readonly workspaceReasons?: readonly string[];
  /** `server/tool`; on an allowed call. */
  readonly key?: string;
  /** Counters that this call adds one to; on an allowed call. */
  readonly counts?: readonly string[];
  /** What this call touches, by its effective annotations; on an allowed call. */
  readonly touches?: readonly ('openWorld' | 'destructive')[];
  readonly hold?: Reservation;
  /** The grant that stood in for asking. */
  readonly grant?: string;
  /** What another decision point said, if one was asked. */
  readonly decisionPoint?: ConsultationRecord;
}

/** What a decision point beside the guard's own engine said to a call. */
export interface ConsultationRecord {
  readonly name: string;
  /** `ask`: it allows the call with a human's consent only. */
  readonly answer: 'allow' | 'ask' | 'deny' | 'unavailable';
  /** As Cerbos names policies. */
  readonly policy?: string;
  /** The id of the call in the decision point's own log. */
  readonly callId?: string;
  /** Why it is unavailable. */
  readonly why?: string;
}

/** What a human answered. */
export interface ApprovalRecord extends RecordBase {
  readonly type: 'approval';
  readonly id: string;
  readonly outcome: 'granted' | 'denied' | 'withdrawn' | 'unreachable' | 'too-fast';
  readonly how?: 'once' | 'session';
  readonly approver?: { readonly name: string; readonly via: 'window' };
  readonly why?: string;
  /** The answer came when the caller no longer waited. */
  readonly late?: true;
}

/** A reservation ended without the call. */
export interface ReleaseRecord extends RecordBase {
  readonly type: 'release';
  readonly id: string;
  readonly why: string;
}

/** An approval with wider bounds than one call that is waiting. */
export interface GrantRecord extends RecordBase {
  readonly type: 'grant';
  readonly id: string;
  /** The decision that was approved. */
  readonly decision: string;
  /** `session`: every call of the tool in this session. `late`: one repetition of exactly that call. */
  readonly how: 'session' | 'late';
  readonly level: number;
  readonly user: string;
  /** Digest of the agent's name, version and whether it is verified. */
  readonly agent: string;
  readonly server: string;
  readonly fingerprint: string;
  readonly kind: string;
  readonly tool: string;
  /** Only for `late`: the digest that the call must have. */
  readonly digest?: string;
  /** Digest of all policies: a grant ends when they change. */
  readonly policies: string;
  /** ISO 8601; absent if only the session's end ends it. */
  readonly expiresAt?: string;
  readonly approver: { readonly name: string; readonly via: 'window' };
}

/** A grant is taken back. */
export interface RevokeRecord extends RecordBase {
  readonly type: 'revoke';
  /** The grant's id. */
  readonly id: string;
  readonly by: string;
}

export interface OutcomeRecord extends RecordBase {
  readonly type: 'outcome';
  readonly id: string;
  readonly status: 'ok' | 'error' | 'cancelled' | 'lost';
  readonly detail?: string;
}

/** From here every call is denied, until a {@link ResumeRecord}. */
export interface HaltRecord extends RecordBase {
  readonly type: 'halt';
  /** The decision that halted. */
  readonly id: string;
  readonly reason: string;
}

export interface ResumeRecord extends RecordBase {
  readonly type: 'resume';
  readonly by: string;
}

/** A line that was being written when its writer died was cut off; what it would have allowed was never forwarded. */
export interface RecoveryRecord extends RecordBase {
  readonly type: 'recovery';
  readonly bytes: number;
  readonly sha256: string;
}

export interface EndRecord extends RecordBase {
  readonly type: 'end';
  readonly why: 'idle' | 'new';
  readonly by?: string;
}
