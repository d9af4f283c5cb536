import type { ApproverIdentity, GrantBounds, RememberBounds } from '../approval';
import type { GrantRecord, NewRecord } from './records';

type NewGrant = Extract<NewRecord, { type: 'grant' }>;

/** An approval for more than one call that is waiting. A call that it fits needs no answer of a person. */
export interface Grant {
  readonly id: string;
  /** The approval level that the person reached. */
  readonly level: number;
  readonly scope: GrantScope;
  /** How many more calls it is good for; absent if for any number. */
  readonly uses?: number;
  /** Milliseconds since the epoch by the session's clock; absent if only the session's end ends it. */
  readonly expiresAt?: number;
  /** Narrows the scope; absent if every call in it fits. */
  readonly match?: {
    /** The call's digest: exactly that call, with the same facts. */
    readonly digest: string;
  };
  /** When it was given, milliseconds since the epoch. */
  readonly since: number;
  /** The answer to a call that was given up: its repetition counts as answered, not as remembered. */
  readonly isLate: boolean;
}

/** All that a call must have in common with the one that was approved. */
export interface GrantScope {
  readonly user: string;
  /** Digest of the agent's name, version and whether it is verified. */
  readonly agent: string;
  /** Keyed digest of the server as it was started. */
  readonly launch: string;
  readonly kind: string;
  readonly tool: string;
  /** Digest of all policies: a grant ends when they change. */
  readonly policies: string;
}

/** A call, as grants are compared with it. */
export interface GrantedCall extends GrantScope {
  readonly digest: string;
}

/** Uses and minutes that an answer may name; more is no bound. */
const mostUses = 1_000;
const mostMinutes = 24 * 60;

/** A grant, as its record says. */
export function grantOf(record: GrantRecord): Grant {
  const { agent, digest, expiresAt, how, id, kind, launch, level, policies, time, tool, user } = record;
  const isLate = how === 'late';
  // Until bounds came up, late answers alone had one, which their records do not name.
  const uses = record.uses ?? (isLate ? 1 : undefined);
  const end = expiresAt === undefined ? undefined : Date.parse(expiresAt);
  return {
    id,
    level,
    scope: { user, agent, launch, kind, tool, policies },
    ...(uses === undefined ? {} : { uses }),
    // A time that can't be read has passed.
    ...(end === undefined ? {} : { expiresAt: Number.isNaN(end) ? 0 : end }),
    ...(digest === undefined && !isLate ? {} : { match: { digest: digest ?? '' } }),
    since: Date.parse(time),
    isLate,
  };
}

/** An answer that more calls than the waiting one are to profit from. */
export interface IssuedGrant {
  /** Of the grant. */
  readonly id: string;
  /** The decision that was approved. */
  readonly decision: string;
  readonly level: number;
  readonly call: GrantedCall;
  /** The server's name. */
  readonly server: string;
  readonly approver: ApproverIdentity;
  /** Milliseconds since the epoch, by the session's clock. */
  readonly now: number;
}

/** A late yes is good for so long. */
const lateMinutes = 10;

/** The record of an answer to a call that was given up: good for one repetition of exactly that call. */
export function lateGrant(issued: IssuedGrant): NewGrant {
  return grantRecord(issued, 'late', { uses: 1, minutes: lateMinutes, match: 'call' });
}

/**
 * The record of an answer that is remembered. The call that was asked about is its first use, and needs no grant.
 * @param bounds the answer's; the caller has compared them with what the policies permit
 * @returns undefined if nothing is left to grant
 */
export function rememberingGrant(issued: IssuedGrant, bounds: GrantBounds): NewGrant | undefined {
  const { minutes, uses } = bounds;
  const left = uses === undefined ? {} : { uses: uses - 1 };
  const how = uses === undefined && minutes === undefined ? 'session' : 'bounded';
  return left.uses === 0 ? undefined : grantRecord(issued, how, { ...bounds, ...left });
}

/** The record that takes a grant back. */
export function revocation(grant: string, by: string): Extract<NewRecord, { type: 'revoke' }> {
  return { type: 'revoke', id: grant, by };
}

function grantRecord(
  { approver, call, decision, id, level, now, server }: IssuedGrant,
  how: GrantRecord['how'],
  { match, minutes, uses }: GrantBounds,
): NewGrant {
  const { agent, digest, kind, launch, policies, tool, user } = call;
  return {
    type: 'grant',
    id,
    decision,
    how,
    level,
    user,
    agent,
    server,
    launch,
    kind,
    tool,
    ...(match === undefined ? {} : { digest }),
    ...(uses === undefined ? {} : { uses }),
    policies,
    ...(minutes === undefined ? {} : { expiresAt: new Date(now + minutes * 60_000).toISOString() }),
    approver,
  };
}

/** The grants of a session, folded from its records: issued, consumed, revoked. */
export class Grants {
  readonly #records = new Map<string, GrantRecord>();

  issue(record: GrantRecord): void {
    if (record.uses === undefined || record.uses > 0) {
      this.#records.set(record.id, record);
    }
  }

  /** A call was forwarded because of a grant; the last one ends it. */
  consume(id: string): void {
    const record = this.#records.get(id);
    const uses = record && grantOf(record).uses;
    if (record === undefined || uses === undefined) {
      return;
    }
    if (uses > 1) {
      this.#records.set(id, { ...record, uses: uses - 1 });
    } else {
      this.#records.delete(id);
    }
  }

  revoke(id: string): void {
    this.#records.delete(id);
  }

  revokeAll(): void {
    this.#records.clear();
  }

  /** The records of grants that are neither used up nor revoked, each with the uses that are left. */
  get records(): readonly GrantRecord[] {
    return [...this.#records.values()];
  }
}

interface FitOptions {
  /** The level that the call needs. */
  readonly level: number;
  /** Milliseconds since the epoch, by the session's clock. */
  readonly now: number;
  /** How far the policies permit an answer to this very call to be remembered. */
  readonly remember: RememberBounds;
}

/** The grants that stand in for asking about a call: those for exactly it first, then those that end soonest. */
export function fittingGrants(
  grants: readonly Grant[],
  call: GrantedCall,
  { level, now, remember }: FitOptions,
): readonly Grant[] {
  return grants
    .filter(
      (grant) =>
        isInScope(call, grant.scope) &&
        grant.level >= level &&
        (grant.expiresAt === undefined || grant.expiresAt > now) &&
        (grant.match === undefined || grant.match.digest === call.digest) &&
        (grant.isLate || permits(remember, boundsLeft(grant, now))),
    )
    .sort((a, b) => rank(a) - rank(b) || (a.expiresAt ?? never) - (b.expiresAt ?? never));
}

/** How far both permit an answer to be remembered. */
export function stricterBounds(a: RememberBounds, b: RememberBounds): RememberBounds {
  if (!remembers(a) || !remembers(b)) {
    return { session: false };
  }
  const uses = least(a.uses, b.uses);
  const minutes = least(a.minutes, b.minutes);
  const match = a.match ?? b.match;
  return {
    session: a.session && b.session,
    ...(uses === undefined ? {} : { uses }),
    ...(minutes === undefined ? {} : { minutes }),
    ...(match === undefined ? {} : { match }),
  };
}

/**
 * An answer's bounds, if they are any and can be counted.
 * @param value from outside
 */
export function readGrantBounds(value: unknown): GrantBounds | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { match, minutes, uses, ...more } = value as Record<string, unknown>;
  const isCounted =
    (uses === undefined || isUses(uses)) &&
    (minutes === undefined || isMinutes(minutes)) &&
    (uses !== undefined || minutes !== undefined);
  return isCounted && (match === undefined || match === 'call') && Object.keys(more).length === 0
    ? value
    : undefined;
}

export function isUses(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= mostUses;
}

export function isMinutes(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= mostMinutes;
}

function remembers({ minutes, session, uses }: RememberBounds): boolean {
  return session || uses !== undefined || minutes !== undefined;
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

/** @returns true if the policies permit an answer to be remembered that far; `{}` is the rest of the session */
export function permits(remember: RememberBounds, bounds: GrantBounds): boolean {
  const { match, minutes, uses } = remember;
  return (
    remembers(remember) &&
    (uses === undefined || (bounds.uses !== undefined && bounds.uses <= uses)) &&
    (minutes === undefined || (bounds.minutes !== undefined && bounds.minutes <= minutes)) &&
    (match === undefined || bounds.match === match)
  );
}

function isInScope(call: GrantScope, scope: GrantScope): boolean {
  return (
    scope.user === call.user &&
    scope.agent === call.agent &&
    scope.launch === call.launch &&
    scope.kind === call.kind &&
    scope.tool === call.tool &&
    scope.policies === call.policies
  );
}

function boundsLeft({ expiresAt, match, uses }: Grant, now: number): GrantBounds {
  return {
    ...(uses === undefined ? {} : { uses }),
    ...(expiresAt === undefined ? {} : { minutes: (expiresAt - now) / 60_000 }),
    ...(match === undefined ? {} : { match: 'call' }),
  };
}

/** Later than any time; a number that can be subtracted from itself. */
const never = Number.MAX_SAFE_INTEGER;

/** The fewer calls a grant fits the lower, so that the wider grant is left for others. */
function rank({ isLate, match }: Grant): number {
  return isLate ? 0 : match === undefined ? 2 : 1;
}
