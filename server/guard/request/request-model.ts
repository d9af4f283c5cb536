import type { JsonObject, SessionFacts } from '../../protocol';
import type { Effect } from '../facts/effect';
import type { PathClass } from '../facts/path-class';
import type { PathFact } from '../paths/context';
import type { EffectiveAnnotations } from './annotations';
import type { GitFacts } from './git-head';

/** The `kind` of a Cerbos resource: one for each kind of MCP request that policies decide. */
export type ResourceKind =
  | 'mcp:tool'
  | 'mcp:resource'
  | 'mcp:prompt'
  | 'mcp:completion'
  | 'mcp:sampling'
  | 'mcp:elicitation'
  | 'mcp:other';

/** The human's consent that a request is decided with. */
export interface ApprovalFacts {
  readonly level: 0 | 1 | 2 | 3;
  /** True if it comes from a grant that a human gave before, not from an answer to this very call. */
  readonly granted: boolean;
  /** Age of the answer that it comes from; 0 at level 0. */
  readonly ageSeconds: number;
}

/** `principal.attr`. */
interface PrincipalAttributes {
  readonly user: {
    readonly id: string;
    readonly name: string;
    readonly source: 'os';
    readonly roles: readonly string[];
  };
  readonly agent: { readonly name?: string; readonly version?: string; readonly verified: boolean };
  readonly approval: ApprovalFacts;
  readonly session: SessionFacts;
  /** Empty if the client claims none. */
  readonly conversation: { readonly id?: string };
}

/** A path among the arguments, with what the file is. */
export interface ClassifiedPath extends PathFact {
  readonly class: 'protected' | PathClass;
}

/** `resource.attr`. `tool`, `annotations` and `unexpected` only for `mcp:tool`. */
export interface ResourceAttributes {
  readonly server: {
    readonly name: string;
    readonly origin: 'user' | 'workspace';
    readonly fingerprint: string;
    /** A human has seen what this server offers. */
    readonly accepted: boolean;
    readonly transport: 'stdio' | 'http';
    readonly command?: string;
    readonly url?: string;
  };
  readonly tool?: {
    readonly name: string;
    readonly title?: string;
    /** A human has seen this tool's definition. */
    readonly accepted: boolean;
    /** Its schemas or annotations differ from that. */
    readonly changed: boolean;
    /** Only words differ from that, its own or the server's, and no human has been told in this guard's life. */
    readonly reworded: boolean;
  };
  readonly annotations?: EffectiveAnnotations;
  /** Exactly as sent. */
  readonly arguments: JsonObject;
  readonly unexpected?: readonly string[];
  /** Only for tools: what the call does, by the evidence of the call itself. */
  readonly effect?: Effect;
  readonly paths: readonly ClassifiedPath[];
  readonly workspace: {
    readonly name: string;
    readonly trusted: boolean;
    readonly folders: readonly string[];
    readonly git?: GitFacts;
  };
}

/** The Cerbos request for one call. */
export interface PolicyRequest {
  readonly principal: {
    readonly id: string;
    readonly roles: readonly string[];
    readonly attr: PrincipalAttributes;
  };
  readonly resource: {
    readonly kind: ResourceKind;
    readonly id: string;
    readonly scope: string;
    readonly attr: ResourceAttributes;
  };
  readonly actions: readonly [string];
}
