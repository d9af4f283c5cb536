import type { JsonObject } from '../protocol';
import type { Replacement } from './paths/resolved-arguments';

/** Who sent a request, as far as it is known. */
export interface AgentIdentity {
  readonly name?: string;
  readonly version?: string;
  /** True if known from how the guard was launched; false if the agent only claims it in `clientInfo`. */
  readonly verified: boolean;
  /** Claimed by the client, for display and for rules that want it; never for authority. */
  readonly conversationId?: string;
}

/**
 * The requests that policy decides before they are forwarded; sampling and elicitation are the upstream's. `other` is
 * whatever else a client says in words: of a method that is not known, or with params that the method does not have.
 */
export type InterceptedMethod =
  | 'tools/call'
  | 'resources/read'
  | 'resources/subscribe'
  | 'resources/unsubscribe'
  | 'prompts/get'
  | 'completion/complete'
  | 'sampling/createMessage'
  | 'elicitation/create'
  | 'other';

/** A request that policy decides before it is forwarded. */
export interface InterceptedRequest {
  readonly method: InterceptedMethod;
  /** Only for `other`: the method's name, and whether nobody waits for an answer. */
  readonly other?: { readonly method: string; readonly isNotification: boolean };
  /**
   * Strictly parsed copy of exactly the bytes that would be forwarded; `{}` if the message has no params,
   * `{params: […]}` if they are positional.
   */
  readonly params: JsonObject;
  /**
   * The JSON texts of numbers in the message that the parsed copy rounds, in their order: whatever identifies a call
   * exactly (a digest) must include them.
   */
  readonly inexactNumbers?: readonly string[];
  readonly agent: AgentIdentity;
  /** The client's roots as absolute file paths; empty if it has roots but names none; missing if it has no roots. */
  readonly roots?: readonly string[];
  /** Aborted when the client cancels, or the connection ends. */
  readonly signal: AbortSignal;
}

/** What a refusal tells the agent in `_meta["gatehouse/decision"]` or in the error's `data`. */
export interface DecisionData {
  readonly id: string;
  readonly effect: string;
  readonly rule: string;
  readonly policy: string;
}

/** How a request came out. `id` is the decision's, for {@link Enforcer.outcome}. */
export type CallDecision =
  | {
      readonly kind: 'forward';
      readonly id: string;
      /** What stands in the arguments instead of what was sent: the decision was made on the result. */
      readonly replacements?: readonly Replacement[];
    }
  | { readonly kind: 'refuse'; readonly id: string; readonly message: string; readonly data: DecisionData };

/** How a forwarded request ended: `lost` if no answer can come any more. */
export type OutcomeStatus = 'ok' | 'error' | 'cancelled' | 'lost';

/** What an upstream lists (MCP 2025-11-25: `tools/list`, `prompts/list`, `resources/list`, `resources/templates/list`). */
export type ListKind = 'tools' | 'prompts' | 'resources' | 'resourceTemplates';

/** The policy enforcement point's decisions, as the relay sees them. */
export interface Enforcer {
  /**
   * Decides, asks a human where needed, writes the audit; resolves only when forwarding is safe or refused.
   * Never rejects: trouble is a refusal.
   */
  rule(request: InterceptedRequest): Promise<CallDecision>;
  /** What came back for a forwarded request, for the audit; called exactly once for each. */
  outcome(id: string, status: OutcomeStatus, detail?: string): void;
  /**
   * What the agent is shown of a list (a page of it) that the upstream sent. Returns the very array it was given when
   * nothing changes.
   */
  list(kind: ListKind, items: readonly JsonObject[]): readonly JsonObject[];
  /**
   * What the client is shown of the upstream's `initialize` or `server/discover` result; the very object it was given
   * if nothing changes.
   */
  initialized(result: JsonObject): JsonObject;
  /** Whether a human has accepted the server: of another one the agent reads no words, in errors about lists either. */
  readonly accepted: boolean;
  /** The listener runs whenever what {@link list} answers may have changed. */
  onPolicyChange(listener: () => void): void;
  close(): Promise<void>;
}

/**
 * The upstream's full tool list, fetched by the guard itself: all pages, under random request ids. Given to the
 * enforcer by the relay, for calls of tools whose definitions are not known, or after `list_changed`.
 * Rejects when the upstream answers with an error, not at all, or without end.
 */
export type ToolSource = () => Promise<readonly JsonObject[]>;
