import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewRecord } from '../../protocol';
import { HeadSeal } from './log-head';
import { sessionLogs } from './log-names';
import type { LogLimits } from './session-logs';
import type { SessionPlace } from './session-place';
import { reservationOwner, SessionStore } from './session-store';
import { verifySessions } from './verify';

const key = '0123456789abcdef';
let root: string;
let folder: string;
/** Both clocks, as tests move them. */
const now = { wall: 0, monotonic: 0 };
const open: SessionStore[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-session-'));
  folder = join(root, key);
  Object.assign(now, { wall: Date.UTC(2026, 0, 5, 10), monotonic: 0 });
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
  rmSync(root, { recursive: true });
});

/** Time passes, on both clocks. */
function pass(milliseconds: number): void {
  now.wall += milliseconds;
  now.monotonic += milliseconds;
}

function place(changes: Partial<SessionPlace> = {}): SessionPlace {
  return {
    folder,
    user: { id: 'alice', name: 'Alice' },
    workspace: { name: 'shop', folders: ['/work/shop'] },
    installation: 'here',
    seal: new HeadSeal(Buffer.alloc(32, 1)),
    ...changes,
  };
}

/** A store as each guard has its own; they share the folder. */
function guard(limits?: LogLimits, changes: Partial<SessionPlace> = {}): SessionStore {
  const store = new SessionStore({
    place: () => place(changes),
    idleMinutes: 30,
    clock: { wall: () => now.wall, monotonic: () => now.monotonic },
    random: randomBytes,
    ...(limits && { limits }),
  });
  open.push(store);
  return store;
}

function attempt(id: string): NewRecord {
  const agent = { name: 'tester', verified: true };
  const server = { server: 'items', fingerprint: 'f', kind: 'mcp:tool', tool: 'delete_item' };
  return { type: 'attempt', id, ...server, agent, digest: 'd', arguments: {} };
}

function allowed(id: string, counts: readonly string[] = []): NewRecord {
  const by = { policy: 'p', rule: 'r', reasons: [] };
  return {
    type: 'decision',
    id,
    effect: 'allow',
    final: true,
    ...by,
    key: 'items/delete_item',
    counts,
    touches: ['destructive'],
  };
}

function asked(id: string, counts: readonly string[], owner = reservationOwner()): NewRecord {
  const by = { policy: 'p', rule: 'r', reasons: [] };
  return {
    type: 'decision',
    id,
    effect: 'ask',
    final: false,
    ...by,
    key: 'items/delete_item',
    hold: { counts, owner },
  };
}

const factsOf = (store: SessionStore) => store.transaction((session) => session.facts());
const deletions = async (store: SessionStore): Promise<number> =>
  (await factsOf(store)).counters['deletions'] ?? 0;
const logs = (): readonly string[] => sessionLogs(folder).map((name) => join(folder, name));
const lines = (log = logs().at(-1) ?? ''): readonly string[] =>
  readFileSync(log, 'utf8').split('\n').slice(0, -1);

describe('a session', () => {
  test('a session is shared by all guards, and tells each what the others did', async () => {
    const [first, second] = [guard(), guard()];
    await first.transaction((session) => session.append(attempt('1'), allowed('1', ['deletions'])));
    await second.transaction((session) => session.append(attempt('2'), allowed('2', ['deletions'])));
    const facts = await factsOf(first);
    expect(facts).toMatchObject({
      calls: 2,
      denied: 0,
      counters: { deletions: 2 },
      callsByTool: { 'items/delete_item': 2 },
      servers: ['items'],
      recent: ['items/delete_item', 'items/delete_item'],
      touched: { openWorld: false, destructive: true },
    });
    expect(await factsOf(second)).toEqual(facts);
    expect(logs()).toHaveLength(1);
  });

  test('a session survives its guards', async () => {
    const first = guard();
    await first.transaction((session) => session.append(attempt('1'), allowed('1', ['deletions'])));
    await first.close();
    expect(await deletions(guard())).toBe(1);
  });

  test('a session remembers the last 50 calls', async () => {
    const store = guard();
    await store.transaction((session) => {
      for (let id = 0; id < 60; id += 1) {
        session.append(attempt(String(id)), allowed(String(id)));
      }
    });
    expect((await factsOf(store)).recent).toHaveLength(50);
  });

  test('a session ends after 30 idle minutes, and a new one begins', async () => {
    const store = guard();
    await store.transaction((session) => session.append(attempt('1'), allowed('1', ['deletions'])));
    pass(30 * 60_000);
    expect(await deletions(store)).toBe(1);
    pass(1);
    expect(await deletions(store)).toBe(0);
    expect(logs()).toHaveLength(2);
    expect(lines(logs()[0]).at(-1)).toContain('"why":"idle"');
  });

  test('a session does not end by idleness while it is halted', async () => {
    const store = guard();
    await store.transaction((session) => session.append({ type: 'halt', id: '1', reason: 'five deletions' }));
    pass(24 * 60 * 60_000);
    expect(await guard().transaction((session) => session.halt?.reason)).toBe('five deletions');
    await store.transaction((session) => session.append({ type: 'resume', by: 'alice' }));
    expect(await store.transaction((session) => session.halt)).toBeUndefined();
  });

  test('a session does not end by idleness while a human is asked', async () => {
    const store = guard();
    await store.transaction((session) => session.append(attempt('1'), asked('1', ['deletions'])));
    pass(60 * 60_000);
    expect(await deletions(store)).toBe(1);
  });

  test('a session ends when a human starts a new one, for every guard', async () => {
    const [first, second] = [guard(), guard()];
    await first.transaction((session) => session.append(attempt('1'), allowed('1', ['deletions'])));
    await deletions(second);
    await first.startNew('alice');
    expect(await deletions(second)).toBe(0);
    expect(logs()).toHaveLength(2);
  });

  test('a session gets names that sort, also when the clock was set back', async () => {
    const store = guard();
    await store.transaction(() => undefined);
    const [before] = logs();
    now.wall -= 60 * 60_000;
    await store.startNew('alice');
    expect(logs().indexOf(before ?? '')).toBe(0);
    expect(verifySessions(folder, place()).problems).toEqual([]);
  });
});

describe('a reservation', () => {
  test('a reservation counts for others while a human is asked, not for the call itself', async () => {
    const [first, second] = [guard(), guard()];
    await first.transaction((session) => session.append(attempt('1'), asked('1', ['deletions'])));
    expect(await deletions(second)).toBe(1);
    expect(await first.transaction((session) => session.facts('1').counters)).toEqual({});
  });

  test('a reservation becomes a count with the final decision, and nothing with a denial', async () => {
    const store = guard();
    await store.transaction((session) => session.append(attempt('1'), asked('1', ['deletions'])));
    await store.transaction((session) => session.append(allowed('1', ['deletions'])));
    expect(await deletions(store)).toBe(1);
    const denied: NewRecord = {
      type: 'decision',
      id: '2',
      effect: 'deny',
      final: true,
      policy: '',
      rule: 'r',
      reasons: [],
    };
    await store.transaction((session) => session.append(attempt('2'), asked('2', ['deletions']), denied));
    expect(await deletions(store)).toBe(1);
  });

  test('a reservation is released when the guard that waited has died', async () => {
    const store = guard();
    const dead = reservationOwner().replace(/\.\d+\.\d+$/, '.999999999.1');
    await store.transaction((session) => session.append(attempt('1'), asked('1', ['deletions'], dead)));
    expect(await deletions(guard())).toBe(0);
    expect(lines().at(-1)).toContain('"type":"release"');
  });
});

describe('a log', () => {
  /** A log with three calls, closed. */
  async function written(): Promise<string> {
    const store = guard();
    for (const id of ['1', '2', '3']) {
      await store.transaction((session) => session.append(attempt(id), allowed(id, ['deletions'])));
    }
    await store.close();
    return logs()[0] ?? '';
  }

  test('a log that was written verifies', async () => {
    await written();
    expect(verifySessions(folder, place())).toEqual({ logs: 1, records: 7, problems: [] });
  });

  test.each<[string, (log: string, lines: string[]) => void]>([
    [
      'a line is changed',
      (log, all) => {
        all[2] = (all[2] ?? '').replace('deletions', 'reads');
        writeFileSync(log, `${all.join('\n')}\n`);
      },
    ],
    [
      'the last line is changed',
      (log, all) => {
        all[6] = (all[6] ?? '').replace('deletions', 'reads');
        writeFileSync(log, `${all.join('\n')}\n`);
      },
    ],
    ['a line is removed', (log, all) => writeFileSync(log, `${all.toSpliced(3, 1).join('\n')}\n`)],
    [
      'a line is added',
      (log, all) => writeFileSync(log, `${all.toSpliced(3, 0, all[2] ?? '').join('\n')}\n`),
    ],
    [
      'lines change places',
      (log, all) =>
        writeFileSync(log, `${[...all.slice(0, 2), all[3], all[2], ...all.slice(4)].join('\n')}\n`),
    ],
    ['the end is cut off', (log, all) => truncateSync(log, `${all.slice(0, 5).join('\n')}\n`.length)],
    ['everything is cut off', (log) => truncateSync(log, 0)],
    ['the log is removed', (log) => rmSync(log)],
    [
      'end and head are cut off',
      (log, all) => {
        writeFileSync(log, `${all.slice(0, 5).join('\n')}\n`);
        writeFileSync(log.replace('.jsonl', '.head'), '');
      },
    ],
    ['the head is removed', (log) => rmSync(log.replace('.jsonl', '.head'))],
  ])('a log shows it when %s', async (_, tamper) => {
    const log = await written();
    tamper(log, [...lines(log)]);
    expect(verifySessions(folder, place()).problems).not.toEqual([]);
  });

  test('a missing log between others is found', async () => {
    const store = guard();
    await store.transaction(() => undefined);
    await store.startNew('alice');
    await store.startNew('alice');
    const [, middle = ''] = logs();
    rmSync(middle);
    rmSync(middle.replace('.jsonl', '.head'));
    expect(verifySessions(folder, place()).problems.map((problem) => problem.message)).toEqual([
      expect.stringContaining('The log after this one'),
      expect.stringContaining('The log before this one'),
    ]);
  });

  test('a log that is damaged denies until a human starts a new session', async () => {
    const log = await written();
    truncateSync(log, 200);
    const store = guard();
    await expect(deletions(store)).rejects.toThrow('is damaged');
    await expect(deletions(store)).rejects.toThrow('gatehouse session new');
    await store.startNew('alice');
    expect(await deletions(store)).toBe(0);
  });

  test('a log that is damaged where a guard has read already is left by that guard, too', async () => {
    const witness = guard();
    await witness.transaction((session) => session.append(attempt('0'), allowed('0', ['deletions'])));
    const [log = ''] = logs();
    const text = readFileSync(log, 'utf8');
    writeFileSync(log, text.replace('tester', 'taster'));
    const fresh = guard();
    await expect(deletions(fresh)).rejects.toThrow('is damaged');
    await fresh.startNew('alice');
    expect(await deletions(witness).catch(() => deletions(witness))).toBe(0);
  });

  test('a log loses a line that was not finished, and says so', async () => {
    const log = await written();
    appendFileSync(log, '{"prev":"half a li');
    expect(verifySessions(folder, place()).problems).toEqual([]);
    const store = guard();
    expect(await deletions(store)).toBe(3);
    expect(lines(log).at(-1)).toContain('"type":"recovery"');
    expect(verifySessions(folder, place()).problems).toEqual([]);
  });

  test('a log is taken up where its head lags behind, as a killed writer leaves it', async () => {
    const log = await written();
    const head = log.replace('.jsonl', '.head');
    const store = guard();
    const before = readFileSync(head, 'utf8');
    await store.transaction((session) => session.append(attempt('4'), allowed('4', ['deletions'])));
    await store.close();
    writeFileSync(head, before);
    expect(await deletions(guard())).toBe(4);
    expect(readFileSync(head, 'utf8')).not.toBe(before);
  });

  test('a log is not begun by looking at it', async () => {
    const store = guard();
    expect(await store.peek((session) => session.id)).toBeUndefined();
    expect(logs()).toEqual([]);
  });

  test('a log is as it was when what was to be written could not be', async () => {
    const store = guard();
    await store.transaction((session) => session.append(attempt('1'), allowed('1', ['deletions'])));
    const before = lines();
    const endless: Record<string, unknown> = {};
    endless['self'] = endless;
    const record = { ...attempt('2'), arguments: endless } as unknown as NewRecord;
    await expect(
      store.transaction((session) => session.append(allowed('2', ['deletions']), record)),
    ).rejects.toThrow();
    expect(lines()).toEqual(before);
    expect(await deletions(store)).toBe(1);
  });
});
