import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeadSeal } from '../../../server/guard/session/log-head';
import { logLimits } from '../../../server/guard/session/session-logs';
import type { LogLimits } from '../../../server/guard/session/session-logs';
import { sessionLogs } from '../../../server/guard/session/log-names';
import type { NewRecord, PaceLimits } from '../../../server/protocol';
import type { LeaseLimits } from '../../../server/guard/session/session-lease';
import { SessionStore } from '../../../server/guard/session/session-store';
import type { SessionPlace } from '../../../server/guard/session/session-place';
import { verifySessions } from '../../../server/guard/session/verify';
import type { AuditAnchor } from '../../../server/guard/session/verify';

/** A session folder with the stores of several guards, and both clocks, as tests move them. */
export class SessionWorld {
  readonly root = mkdtempSync(join(tmpdir(), 'gatehouse-session-'));
  readonly folder = join(this.root, '0123456789abcdef');
  readonly now = { wall: Date.UTC(2026, 0, 5, 10), monotonic: 0 };
  readonly #open: SessionStore[] = [];

  /** Time passes, on both clocks. */
  pass(milliseconds: number): void {
    this.now.wall += milliseconds;
    this.now.monotonic += milliseconds;
  }

  place(changes: Partial<SessionPlace> = {}): SessionPlace {
    return {
      folder: this.folder,
      user: { id: 'alice', name: 'Alice' },
      workspace: { name: 'shop', folders: ['/work/shop'] },
      installation: 'here',
      seal: new HeadSeal(Buffer.alloc(32, 1)),
      ...changes,
    };
  }

  /** A store as each guard has its own; they share the folder. */
  guard(
    limits: Partial<LogLimits> = {},
    { lease, pace, place }: { lease?: LeaseLimits; pace?: PaceLimits; place?: Partial<SessionPlace> } = {},
  ): SessionStore {
    const store = new SessionStore({
      place: () => this.place(place),
      idleMinutes: 30,
      clock: { wall: () => this.now.wall, monotonic: () => this.now.monotonic },
      random: randomBytes,
      limits: { ...logLimits, ...limits },
      ...(lease && { lease }),
      ...(pace && { pace }),
    });
    this.#open.push(store);
    return store;
  }

  /** Absolute, oldest first. */
  get logs(): readonly string[] {
    return sessionLogs(this.folder).map((name) => join(this.folder, name));
  }

  records(log = this.logs.at(-1) ?? ''): readonly Record<string, unknown>[] {
    return readFileSync(log, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The problems that verifying the audit trail finds. */
  problems(anchor?: AuditAnchor, folder = this.folder): readonly string[] {
    return verifySessions(folder, { ...this.place(), anchor }).problems.map(({ message }) => message);
  }

  async end(): Promise<void> {
    await Promise.all(this.#open.map((store) => store.close()));
    rmSync(this.root, { recursive: true });
  }
}

/** Of a deleting tool. */
export function attempt(id: string, changes: { digest?: string; agent?: string } = {}): NewRecord {
  const { agent = 'tester', digest = 'd' } = changes;
  const server = { server: 'items', fingerprint: 'f', kind: 'mcp:tool', tool: 'delete_item' };
  return { type: 'attempt', id, ...server, agent: { name: agent, verified: true }, digest, arguments: {} };
}

const by = { policy: 'p', rule: 'r', reasons: ['no'] };

export function allowed(id: string, counts: readonly string[] = []): NewRecord {
  const touches = ['destructive'] as const;
  return {
    type: 'decision',
    id,
    effect: 'allow',
    final: true,
    ...by,
    key: 'items/delete_item',
    counts,
    touches,
  };
}

export function denied(id: string, reason = 'no'): NewRecord {
  return { type: 'decision', id, effect: 'deny', final: true, ...by, reasons: [reason] };
}

export function grant(id: string, changes: { expiresAt?: string } = {}): NewRecord {
  return {
    type: 'grant',
    id,
    decision: 'd',
    how: 'session',
    level: 1,
    user: 'alice',
    agent: 'a',
    server: 'items',
    launch: 'f',
    kind: 'mcp:tool',
    tool: 'delete_item',
    policies: 'p',
    approver: { name: 'Alice', via: 'window' },
    ...changes,
  };
}
