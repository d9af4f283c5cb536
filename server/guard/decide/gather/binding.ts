import { digestOfJson } from '../../../protocol';
import type { GrantedCall } from '../../../protocol';
import type { AgentIdentity } from '../../enforcer';
import type { ResourceKind } from '../../request/request-model';

/** All that an approval is bound to besides its level. An approval for one binding never counts for another. */
export interface Binding extends GrantedCall {
  readonly user: string;
  /** Of {@link agentDigest}. */
  readonly agent: string;
  /** Of the server as it was started, its whole environment included: see ServerIdentity. */
  readonly launch: string;
  readonly kind: ResourceKind;
  readonly tool: string;
  /**
   * Of kind, server, tool and arguments, and of where their paths lead and how the tool stands: a link that leads
   * elsewhere than when the person was asked makes it another call.
   */
  readonly digest: string;
  /** Of all policies. */
  readonly policies: string;
}

/** An agent, as approvals are bound to it: what it claims to be, and whether that is known. */
export function agentDigest({ name, verified, version }: AgentIdentity): string {
  return digestOfJson({ name: name ?? null, version: version ?? null, verified });
}

/** SHA-256 of a binding: the digest that an answer must repeat. */
export function bindingDigest(binding: Binding): string {
  return digestOfJson({ ...binding });
}
