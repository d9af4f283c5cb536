import type { JsonObject } from '../protocol';
import type { Replacement } from './paths/resolved-arguments';

/** The agent that sent a request. */
export interface AgentIdentity {
  readonly name?: string;
  readonly version?: string;
  /** True if known from how the guard was launched; false if the agent only claims it in `clientInfo`. */
  readonly verified: boolean;
  /** Claimed by the client, for display and for rules that want it; never for authority. */
  readonly conversationId?: string;
}

/**
 * The requests that policy decides before they are forwarded. Clients send all of them but sampling and elicitation,
 * which upstreams send. `other` is any other message with free text from a client: one of an unknown method, or with
 * params that its method does not have.
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

/** The machine-readable part of a refusal: `_meta["gatehouse/decision"]` of a tool result, `data` of an error. */
interface DecisionData {
  readonly id: string;
  readonly effect: string;
  readonly rule: string;
  readonly policy: string;
}

/** The final decision on a request. `id` is the decision's, for {@link Enforcer.outcome}. */
export type CallDecision =
  | {
      readonly kind: 'forward';
      readonly id: string;
      /** Paths to replace in the arguments before they are forwarded. The decision is about the replaced arguments. */
      readonly replacements?: readonly Replacement[];
    }
  | { readonly kind: 'refuse'; readonly id: string; readonly message: string; readonly data: DecisionData };

/** How a forwarded request ended: `lost` if no answer can come any more. */
export type OutcomeStatus = 'ok' | 'error' | 'cancelled' | 'lost';

/** A list of MCP 2025-11-25: `tools/list`, `prompts/list`, `resources/list` or `resources/templates/list`. */
export type ListKind = 'tools' | 'prompts' | 'resources' | 'resourceTemplates';

/** The policy enforcement point's decisions, as the relay sees them. */
export interface Enforcer {
  /** Does what takes long before the first decision, while nobody waits for it yet. Never throws. */
  prepare?(): void;
  /**
   * Decides a request, asks a human where needed, and records the decision. Resolves once the record is written and the
   * request may be forwarded, or is refused. Never rejects: an error inside the guard is a refusal.
   */
  decide(request: InterceptedRequest): Promise<CallDecision>;
  /**
   * Records how a forwarded request ended. The relay calls it exactly once for each.
   * @param id of {@link CallDecision}
   */
  outcome(id: string, status: OutcomeStatus, detail?: string): void;
  /**
   * Filters one page of a list that the upstream sent: hides or rewrites items that the agent must not see as they are.
   * @returns the same array, by identity, if nothing changes
   */
  list(kind: ListKind, items: readonly JsonObject[]): readonly JsonObject[];
  /**
   * Replaces the server's texts in its `initialize` or `server/discover` result by the accepted ones.
   * @returns the same object, by identity, if nothing changes
   */
  initialized(result: JsonObject): JsonObject;
  /** True once a human has accepted the server. Until then none of its texts reach the agent, not even list errors. */
  readonly accepted: boolean;
  /** Registers a listener that runs whenever {@link list} may return something else than before. */
  onPolicyChange(listener: () => void): void;
  close(): Promise<void>;
}

/**
 * The upstream's full tool list, fetched by the guard itself: all pages, under random request ids. Given to the
 * enforcer by the relay, for calls of tools whose definitions are not known, or after `list_changed`.
 * Rejects when the upstream answers with an error, not at all, or without end.
 */
export type ToolSource = () => Promise<readonly JsonObject[]>;
