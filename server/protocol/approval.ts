import type { JsonObject } from './json';
import type { TextChange } from './text-change';

/** Who makes a call, as far as it is known. */
export interface ApprovalAgent {
  readonly name?: string;
  readonly version?: string;
  /** True if known from how the guard was launched; false if the agent only claims it. */
  readonly verified: boolean;
  /** Claimed by the client; for display only. */
  readonly conversationId?: string;
  /** How logs name it: the name, or `an agent calling itself "…"` if it is only claimed. */
  readonly display: string;
}

/** How far a policy permits an answer to be remembered: not at all unless one of the first three says so. */
export interface RememberBounds {
  /** For the rest of the session, without any other bound. */
  readonly session: boolean;
  /** At most for so many calls, the one that was asked about included. */
  readonly uses?: number;
  /** At most for so many minutes. */
  readonly minutes?: number;
  /** `call`: only for repetitions of exactly the call that was asked about. */
  readonly match?: 'call';
}

/** How far an answer is remembered; `{}` is the rest of the session. */
export interface GrantBounds {
  /** Calls, the one that was asked about included. */
  readonly uses?: number;
  readonly minutes?: number;
  /** `call`: only repetitions of exactly the call that was asked about; else every call of the tool. */
  readonly match?: 'call';
}

/** Dialog wording from the user's or the built-in policies; never from a repository's. */
export interface AskWording {
  readonly title?: string;
  readonly detail?: string;
  /** The text that the person has to type at level 2. */
  readonly confirm?: string;
}

/**
 * A call that waits for a human. Everything in it that came from an agent, a server or a repository is data: the
 * window escapes and bounds it before it shows it.
 */
export interface ApprovalRequest {
  /** The decision's id: the same in the audit. */
  readonly id: string;
  /** Digest over all that the answer is bound to: user, agent, server, tool, arguments, policies. Opaque here. */
  readonly digest: string;
  readonly level: 1 | 2 | 3;
  readonly server: {
    readonly name: string;
    readonly origin: 'user' | 'workspace';
    readonly fingerprint: string;
  };
  readonly tool: { readonly name: string; readonly title?: string };
  /** The resource's kind: `mcp:tool`, `mcp:resource`, … */
  readonly kind: string;
  readonly agent: ApprovalAgent;
  readonly user: { readonly name: string };
  /** The arguments, those masked that policy redacts or that look like secrets. */
  readonly arguments: JsonObject;
  /** Why the user's and the built-in policies ask. */
  readonly reasons: readonly string[];
  /** Of each reason, the rule that gave it, e.g. `resource.mcp:tool.vdefault#writes`; empty where none did. */
  readonly reasonRules?: readonly string[];
  /** The rule that decided to ask, which need not have given any of the reasons. */
  readonly reasonFrom?: string;
  /** Why the repository's policies ask: quotations, shown as such. */
  readonly workspaceReasons?: readonly string[];
  /** Texts of the server or the tool that differ from the accepted ones. Answering yes also takes note of them. */
  readonly changes?: readonly TextChange[];
  readonly ask?: AskWording;
  readonly remember: RememberBounds;
  /** The whole Cerbos request that was decided (masked), for *Details…*. */
  readonly request: JsonObject;
  /** When the question lapses; ISO 8601. */
  readonly expiresAt?: string;
}

/** Whoever answered, for the audit. */
export interface ApproverIdentity {
  readonly name: string;
  readonly via: 'window';
}

/** A human's yes, bound to the digest of the request that was on screen. */
export interface GrantedAnswer {
  readonly outcome: 'granted';
  readonly digest: string;
  /** `bounded`: for later calls, too, as far as `bounds` say. */
  readonly how: 'once' | 'session' | 'bounded';
  /** Only with `bounded`. */
  readonly bounds?: GrantBounds;
  readonly approver: ApproverIdentity;
}

/**
 * Any answer that is not a yes: a human said no; the question was withdrawn; nobody could be reached; or the answer
 * came too fast to be meant (see the `why`).
 */
export interface RefusedResponse {
  readonly outcome: 'denied' | 'withdrawn' | 'unreachable' | 'too-fast';
  readonly digest: string;
  /** One sentence for agent and audit. */
  readonly why: string;
  readonly approver?: ApproverIdentity;
}

export type ApprovalAnswer = GrantedAnswer | RefusedResponse;

/**
 * Takes an answer that came after its question was withdrawn (the dialog was on screen and can't be taken back).
 * Returns whether the answer is recorded and still means something, so that the person can be told. Never rejects.
 */
export type LateAnswerListener = (
  request: ApprovalRequest,
  answer: ApprovalAnswer,
) => Promise<{ kept: boolean }>;

/** Asks a human. */
export interface Approver {
  /** False if nobody can be asked (any more). */
  readonly available: boolean;
  /**
   * Asks, and resolves with the answer; `withdrawn` at once when `signal` aborts, `unreachable` when there is nobody.
   * A granted answer's digest has been compared with the request's. Never rejects.
   */
  approve(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer>;
  /** Registers what happens to late answers; without it they are dropped. One listener. */
  onLateAnswer(listener: LateAnswerListener): void;
}
