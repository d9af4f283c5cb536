import { digestOfJson } from '../../protocol';
import type { AgentIdentity } from '../enforcer';
import type { GrantRecord } from '../../protocol';
import type { ApprovalFacts, ResourceKind } from '../request/request-model';

/** All that an approval is bound to besides its level. An approval for one binding never counts for another. */
export interface Binding {
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

/** A late yes is good for so long. */
export const lateMinutes = 10;

/** An agent, as approvals are bound to it: what it claims to be, and whether that is known. */
export function agentDigest({ name, verified, version }: AgentIdentity): string {
  return digestOfJson({ name: name ?? null, version: version ?? null, verified });
}

/** SHA-256 of a binding: the digest that an answer must repeat. */
export function bindingDigest(binding: Binding): string {
  return digestOfJson({ ...binding });
}

/** The grants that stand in for asking about a call, those for exactly this call first. */
export function fittingGrants(
  grants: readonly GrantRecord[],
  binding: Binding,
  level: number,
  options: {
    /** Milliseconds since the epoch. */
    readonly now: number;
    /** The call's own policy permits that an answer is remembered for the session. */
    readonly session: boolean;
  },
): readonly GrantRecord[] {
  const fitting = grants.filter(
    (grant) =>
      grant.user === binding.user &&
      grant.agent === binding.agent &&
      grant.launch === binding.launch &&
      grant.kind === binding.kind &&
      grant.tool === binding.tool &&
      grant.policies === binding.policies &&
      grant.level >= level &&
      (grant.expiresAt === undefined || Date.parse(grant.expiresAt) > options.now) &&
      (grant.how === 'late' ? grant.digest === binding.digest : options.session),
  );
  return fitting.sort((a, b) => (a.how === b.how ? 0 : a.how === 'late' ? -1 : 1));
}

/** The consent that a grant gives. */
export function approvalBy(grant: GrantRecord, now: number): ApprovalFacts {
  const ageSeconds = Math.max(0, Math.floor((now - Date.parse(grant.time)) / 1000));
  // A late yes is the answer to this very call.
  return { level: grant.level as ApprovalFacts['level'], granted: grant.how === 'session', ageSeconds };
}
