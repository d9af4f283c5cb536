import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callState } from '../../server/protocol';
import { newestLogs, SessionLog } from './session-log';

const base = { prev: '', time: '2026-11-24T05:00:00.000Z' };
const attempt = (id: string, tool: string): object => ({
  ...base,
  type: 'attempt',
  id,
  server: 'items',
  tool,
  kind: 'mcp:tool',
  agent: { name: 'tester', verified: true },
  digest: 'd',
  fingerprint: 'f',
});
const decision = (id: string, effect: string, final: boolean): object => ({
  ...base,
  type: 'decision',
  id,
  effect,
  final,
  policy: 'p',
  rule: 'r',
  reasons: [],
});
const lines = (...records: object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  path = join(folder, '20261124T050000000Z-a.jsonl');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a session as its log tells it', () => {
  test('allowed, asked and denied calls are counted', async () => {
    await writeFile(
      path,
      lines(
        { ...base, type: 'session', id: 's', workspace: { name: 'w', folders: [] } },
        attempt('1', 'read'),
        decision('1', 'allow', true),
        attempt('2', 'write'),
        decision('2', 'ask', false),
        {
          ...base,
          type: 'approval',
          id: '2',
          outcome: 'granted',
          approver: { name: 'alice', via: 'window' },
        },
        decision('2', 'allow', true),
        { ...base, type: 'outcome', id: '2', status: 'ok' },
        attempt('3', 'write'),
        decision('3', 'ask', false),
        decision('3', 'deny', true),
        attempt('4', 'drop'),
        decision('4', 'deny', true),
        attempt('5', 'write'),
        decision('5', 'ask', false),
      ),
    );
    const log = new SessionLog('a', [path]);
    await log.refresh();
    expect(log.reduced.counts).toEqual({ allowed: 2, asked: 3, denied: 2 });
    expect(log.reduced.calls.map(callState)).toEqual(['allowed', 'allowed', 'denied', 'denied', 'waiting']);
    expect(log.reduced.calls[1]).toMatchObject({
      question: { effect: 'ask' },
      approval: { approver: { name: 'alice' } },
      outcome: { status: 'ok' },
    });
    expect(log.reduced.call('2')?.records.map(({ type }) => type)).toEqual([
      'attempt',
      'decision',
      'approval',
      'decision',
      'outcome',
    ]);
  });

  test('a session is read on as its log grows, also when a line arrives in pieces', async () => {
    await writeFile(path, lines(attempt('1', 'read')));
    const log = new SessionLog('a', [path]);
    await log.refresh();
    const rest = lines(decision('1', 'allow', true));
    await appendFile(path, rest.slice(0, 20));
    await log.refresh();
    expect(log.reduced.calls.map(callState)).toEqual(['waiting']);
    await appendFile(path, rest.slice(20));
    await Promise.all([log.refresh(), log.refresh()]);
    expect(log.reduced.calls.map(callState)).toEqual(['allowed']);
    expect(log.unreadable).toBe(0);
  });

  test('a session that is halted is recognized', async () => {
    const halt = { ...base, type: 'halt', id: '1', reason: 'five deletions' };
    await writeFile(path, lines(halt));
    const log = new SessionLog('a', [path]);
    await log.refresh();
    expect(log.reduced.halt).toMatchObject({ reason: 'five deletions' });
    await appendFile(path, lines({ ...base, type: 'resume', by: 'alice' }));
    await log.refresh();
    expect(log.reduced.halt).toBeUndefined();
  });

  test('lines that are no records are counted, and reading goes on', async () => {
    await writeFile(path, `nonsense\nnull\n${lines(attempt('1', 'read'))}`);
    const log = new SessionLog('a', [path]);
    await log.refresh();
    expect(log.unreadable).toBe(2);
    expect(log.reduced.calls).toHaveLength(1);
  });

  test('a session without a log is empty, and a log that is shorter than before is read anew', async () => {
    const log = new SessionLog('a', [path]);
    await log.refresh();
    expect(log.reduced.calls).toEqual([]);
    await writeFile(path, lines(attempt('1', 'a'), attempt('2', 'b')));
    await log.refresh();
    await writeFile(path, lines(attempt('3', 'c')));
    await log.refresh();
    expect(log.reduced.calls.map(({ id }) => id)).toEqual(['3']);
  });
});

describe('a session that goes on in several logs', () => {
  const checkpoint = {
    ...base,
    type: 'checkpoint',
    id: 'a',
    part: 9,
    startedAt: '2026-11-24T01:00:00.000Z',
    state: {
      calls: 100,
      asked: 7,
      denied: 20,
      approved: 5,
      counters: { deletions: 2 },
      callsByTool: { 'items/read': 100 },
      servers: ['items'],
      recent: [],
      touched: { openWorld: false, destructive: true },
      grants: [],
      holds: [],
      pace: [],
    },
  };
  const part = (count: number): string => join(folder, `2026112${count}T050000000Z-a.jsonl`);

  test('a session of several logs is read from its newest ones, which say what came before', async () => {
    await writeFile(part(1), lines(attempt('old', 'read')));
    await writeFile(part(2), lines(checkpoint, attempt('1', 'read'), decision('1', 'allow', true)));
    await writeFile(
      part(3),
      lines({ ...checkpoint, state: {} }, attempt('2', 'drop'), decision('2', 'deny', true)),
    );
    const [log] = await newestLogs(folder, 5, []);
    await log?.refresh();
    expect(log?.reduced.calls.map(({ id }) => id)).toEqual(['1', '2']);
    expect(log?.reduced.counts).toEqual({ allowed: 101, asked: 7, denied: 21 });
    expect(log?.reduced.startedAt).toBe('2026-11-24T01:00:00.000Z');
  });

  test('a session of several logs is read on in the next one when it gets there', async () => {
    await writeFile(part(1), lines(attempt('1', 'read'), decision('1', 'allow', true)));
    const before = await newestLogs(folder, 5, []);
    await before[0]?.refresh();
    await appendFile(part(1), lines(attempt('2', 'read'), { ...base, type: 'continued', next: 'x' }));
    await writeFile(part(2), lines(checkpoint, decision('2', 'deny', true)));
    const [log] = await newestLogs(folder, 5, before);
    expect(log).toBe(before[0]);
    await log?.refresh();
    expect(log?.reduced.calls.map(callState)).toEqual(['allowed', 'denied']);
    expect(log?.reduced.counts).toEqual({ allowed: 1, asked: 0, denied: 1 });
  });

  test('refusals that were only counted are counted in a session of several logs', async () => {
    const repeats = {
      ...base,
      type: 'repeats',
      id: '1',
      agent: 'a',
      count: 497,
      last: base.time,
      lastId: 'z',
    };
    await writeFile(path, lines(attempt('1', 'drop'), decision('1', 'deny', true), repeats, repeats));
    const log = new SessionLog('a', [path]);
    await log.refresh();
    expect(log.reduced.counts).toEqual({ allowed: 0, asked: 0, denied: 995 });
    expect(log.reduced.calls[0]?.repeats).toBe(994);
  });
});

describe('newestLogs', () => {
  test('the newest logs are listed first, and known ones are kept', async () => {
    for (const name of ['a', 'b', 'c']) {
      await writeFile(join(folder, `20261124T050000000Z-${name}.jsonl`), '');
    }
    await writeFile(join(folder, 'c.head'), '');
    const logs = await newestLogs(folder, 2, []);
    expect(logs.map(({ name }) => name)).toEqual(['c', 'b']);
    expect((await newestLogs(folder, 2, logs))[0]).toBe(logs[0]);
  });

  test('no log is listed where nothing was ever recorded', async () => {
    expect(await newestLogs(join(folder, 'none'), 2, [])).toEqual([]);
  });
});
