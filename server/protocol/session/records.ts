import type { JsonObject } from '../json';

/**
 * The records of an agent session's logs, which are the audit trail: one JSON object a line. The first line of a
 * session is a {@link SessionHeader}; where a session goes on in another log, that one begins with a
 * {@link CheckpointRecord}. Ids link an attempt with its decisions, approval and outcome.
 */
export type SessionRecord =
  | SessionHeader
  | CheckpointRecord
  | ContinuedRecord
  | PoliciesRecord
  | FactsRecord
  | AttemptRecord
  | DecisionRecord
  | ApprovalRecord
  | ReleaseRecord
  | GrantRecord
  | RevokeRecord
  | OutcomeRecord
  | RepeatsRecord
  | HaltRecord
  | ResumeRecord
  | RecoveryRecord
  | ClockRecord
  | EndRecord;

/** A record before it has its place in the chain and its time. */
export type NewRecord = SessionRecord extends infer R
  ? R extends SessionRecord
    ? Omit<R, 'prev' | 'time'>
    : never
  : never;

/** Common to all records. */
export interface RecordBase {
  /** SHA-256 (hex) of the line before, without its line break; of the last log's last line for a header. */
  readonly prev: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
}

/** The user, workspace and installation that a log belongs to. A log in another folder than theirs is a copy. */
export interface LogOwner {
  readonly user: { readonly id: string; readonly name: string };
  readonly workspace: { readonly name: string; readonly folders: readonly string[] };
  /** The session key: the name of the folder that the log lies in. Absent in version 1. */
  readonly key?: string;
  /** The installation's id. Absent in version 1. */
  readonly installation?: string;
}

/** The newest log that was removed because it was older than the person wants logs kept; all before it are gone, too. */
export interface RetiredLogs {
  /** The log's file name. */
  readonly through: string;
  /** SHA-256 of its last line. */
  readonly hash: string;
}

export interface SessionHeader extends RecordBase, LogOwner {
  readonly type: 'session';
  /** 1 is that of Gatehouse 0.1. */
  readonly v: 1 | 2;
  readonly id: string;
  /** The file name of the log before, whose last line `prev` is the hash of; absent in the very first. */
  readonly previous?: string;
  readonly retired?: RetiredLogs;
}

/** The session goes on here: all that its earlier logs come to, so that they need not be read. */
export interface CheckpointRecord extends RecordBase, LogOwner {
  readonly type: 'checkpoint';
  readonly v: 2;
  /** The session's. */
  readonly id: string;
  /** 2 for a session's second log, and so on. */
  readonly part: number;
  /** When the session began; ISO 8601. */
  readonly startedAt: string;
  readonly previous: string;
  readonly retired?: RetiredLogs;
  readonly state: SessionState;
}

/** The last line of a log whose session goes on in another one. */
export interface ContinuedRecord extends RecordBase {
  readonly type: 'continued';
  /** The file name of the log that begins with the checkpoint. */
  readonly next: string;
}

/**
 * The sums over all records of a session: counters, grants in force, calls that wait. A checkpoint carries them into
 * the next log.
 */
export interface SessionState {
  readonly calls: number;
  /** Calls that were put to a human. */
  readonly asked: number;
  readonly denied: number;
  readonly approved: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly callsByTool: Readonly<Record<string, number>>;
  readonly servers: readonly string[];
  readonly recent: readonly string[];
  readonly touched: { readonly openWorld: boolean; readonly destructive: boolean };
  readonly halt?: HaltRecord;
  readonly grants: readonly GrantRecord[];
  readonly holds: readonly HeldCall[];
  readonly pace: readonly AgentPace[];
}

/** A call that waits for a human, with what it holds meanwhile. */
export interface HeldCall {
  /** The decision's id. */
  readonly id: string;
  readonly reservation: Reservation;
  /** `server/tool`. */
  readonly key: string;
  readonly server: string;
  /** The agent, as {@link AgentPace} names it. */
  readonly agent: string;
}

/** How much an agent may still do before it counts as flooding. */
export interface AgentPace {
  /** Digest of the agent's name, version and whether it is verified. */
  readonly agent: string;
  /** Refusals and questions. */
  readonly refusals: Allowance;
  readonly calls: Allowance;
}

/** The rest of a rate limit at a time; it grows again as time passes. */
export interface Allowance {
  readonly left: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The policies in force; attempts refer to them by their digest. In each log before the first attempt that does. */
export interface PoliciesRecord extends RecordBase {
  readonly type: 'policies';
  /** Of all layers together. */
  readonly digest: string;
  readonly layers: readonly {
    /** `user`, `base`, `guardrails`, `workspace`, `extra`. */
    readonly name: string;
    readonly digest: string;
  }[];
}

/** Facts that many attempts share; they refer to them by their digest. In each log before the first attempt that does. */
export interface FactsRecord extends RecordBase {
  readonly type: 'facts';
  /** The first 16 hex digits of the SHA-256 of the facts' canonical JSON. */
  readonly digest: string;
  readonly facts: SharedFacts;
}

/** A part of the Cerbos request of several calls. Secrets and long texts are masked. */
export interface SharedFacts {
  readonly request: JsonObject;
  /** JSON Pointers (RFC 6901) to what is masked or cut in `request`. */
  readonly masked?: readonly string[];
}

/**
 * The facts that policies saw of a call, so that it can be decided again: with the attempt's arguments, with the session as the
 * records before it tell it, and with each level of consent.
 */
export interface AttemptFacts {
  /** The digest of the {@link PoliciesRecord}. */
  readonly policies: string;
  /** The time that `now()` gave, milliseconds since the epoch. */
  readonly now: number;
  /** The action of the Cerbos request. */
  readonly action: string;
  /** Digests of {@link FactsRecord}s whose parts make up the rest of the request. */
  readonly shared: readonly string[];
  /** The resource's attributes besides the arguments and what is shared: `paths`, `unexpected`, … */
  readonly attr: JsonObject;
  /** JSON Pointers (RFC 6901) into the Cerbos request, to what is masked or cut in arguments, attributes and id. */
  readonly masked?: readonly string[];
  /** Another decision point is set up. What it said is in the decision's record, if it was asked. */
  readonly decisionPoint?: true;
}

/** A request that is decided. The records of its decision, approval and outcome repeat its id. */
export interface AttemptRecord extends RecordBase {
  readonly type: 'attempt';
  readonly id: string;
  readonly server: string;
  /** Keyed digest of what is shown of the server and run, without what it inherits of the environment. */
  readonly fingerprint: string;
  /** The resource's kind: `mcp:tool`, `mcp:resource`, … */
  readonly kind: string;
  /** The tool's name, the resource's URI, the prompt's name, … */
  readonly tool: string;
  readonly agent: AgentRecord;
  /** Of kind, fingerprint, tool and arguments. */
  readonly digest: string;
  /** Masked and bounded, as they were forwarded if the call was. */
  readonly arguments: JsonObject;
  /** Paths that the guard put others in place of, without links: what was sent. */
  readonly replaced?: readonly { readonly argument: string; readonly sent: string }[];
  /** Absent if no policy was asked. */
  readonly facts?: AttemptFacts;
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

/** A decision. After an `ask`, a second, final one follows once a person has answered. */
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
  /** The annotations in effect that later rules can look back on; on an allowed call. */
  readonly touches?: readonly ('openWorld' | 'destructive')[];
  readonly hold?: Reservation;
  /** The grant that stood in for asking. */
  readonly grant?: string;
  /** The external decision, if another decision point was asked. */
  readonly externalDecision?: ExternalDecisionRecord;
}

/** The answer of a decision point beside the guard's own engine. */
export interface ExternalDecisionRecord {
  readonly name: string;
  /** `ask`: it allows the call with a human's consent only. */
  readonly answer: 'allow' | 'ask' | 'deny' | 'unavailable';
  /** True if it allows the call, by approval level; null for a level that it was not asked about. */
  readonly levels?: readonly (boolean | null)[];
  /** As Cerbos names policies. */
  readonly policy?: string;
  /** The id of the call in the decision point's own log. */
  readonly callId?: string;
  /** Why it is unavailable. */
  readonly why?: string;
}

/** The answer to a question, or why there was none. */
export interface ApprovalRecord extends RecordBase {
  readonly type: 'approval';
  readonly id: string;
  readonly outcome: 'granted' | 'denied' | 'withdrawn' | 'unreachable' | 'too-fast';
  readonly how?: 'once' | 'session' | 'bounded';
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
  /**
   * `session`: every call of the tool in this session. `bounded`: as `session`, as far as `uses`, `expiresAt` and
   * `digest` say. `late`: one repetition of exactly that call, which was given up.
   */
  readonly how: 'session' | 'bounded' | 'late';
  readonly level: number;
  readonly user: string;
  /** Digest of the agent's name, version and whether it is verified. */
  readonly agent: string;
  readonly server: string;
  /** Keyed digest of the server as it was started: name, origin, program, arguments, environment, folder. */
  readonly launch: string;
  readonly kind: string;
  readonly tool: string;
  /** The digest that a call must have; absent if the grant is for all calls of the tool. */
  readonly digest?: string;
  /** How many more calls the grant is good for, in a checkpoint those that are left; absent if for any number. */
  readonly uses?: number;
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

/**
 * More refusals that were equal in everything: counted instead of written one by one. The first ones of such a flood
 * have records of their own.
 */
export interface RepeatsRecord extends RecordBase {
  readonly type: 'repeats';
  /** The last refusal that has records of its own. */
  readonly id: string;
  /** Digest of the agent's name, version and whether it is verified. */
  readonly agent: string;
  readonly count: number;
  /** When the first of them was refused; ISO 8601. */
  readonly first: string;
  readonly last: string;
  /** The id that the last of them was refused with. */
  readonly lastId: string;
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

/** The clock was set back, so that it can't be told how much time has passed: all grants end here. */
export interface ClockRecord extends RecordBase {
  readonly type: 'clock';
  /** By how much the clock is behind the last record. */
  readonly behindSeconds: number;
}

export interface EndRecord extends RecordBase {
  readonly type: 'end';
  /** `clock`: it was set back, so that it can't be told how long the session was idle. */
  readonly why: 'idle' | 'new' | 'clock';
  readonly by?: string;
}
