import { describe, expect, test } from 'vitest';
import { callState } from './calls';
import type { CheckpointRecord, DecisionRecord, NewRecord, SessionRecord, SessionState } from './records';
import { SessionReducer } from './reducer';

const startedAt = Date.UTC(2026, 0, 5, 10);
const owner = { user: { id: 'alice', name: 'Alice' }, workspace: { name: 'shop', folders: ['/work/shop'] } };
const header: NewRecord = { type: 'session', v: 2, id: 's', ...owner };

/** A record each second. */
function recorded(records: readonly NewRecord[]): SessionRecord[] {
  return records.map((record, index) => {
    const time = new Date(startedAt + index * 1000).toISOString();
    return { prev: '', time, ...record };
  });
}

function reduce(records: readonly SessionRecord[], calls: 'undecided' | 'all' = 'undecided'): SessionReducer {
  const reducer = new SessionReducer({ calls });
  records.forEach((record) => reducer.apply(record));
  return reducer;
}

function attempt(id: string, server = 'items'): NewRecord {
  const agent = { name: 'tester', verified: true };
  const what = { kind: 'mcp:tool', tool: 'delete_item', fingerprint: 'f', digest: 'd', arguments: {} };
  return { type: 'attempt', id, server, agent, ...what };
}

function decision(
  id: string,
  effect: DecisionRecord['effect'],
  more: Partial<DecisionRecord> = {},
): NewRecord {
  const key = effect === 'deny' ? {} : { key: 'items/delete_item', counts: ['deletions'] };
  const by = { policy: 'p', rule: 'r', reasons: [] };
  return { type: 'decision', id, effect, final: effect !== 'ask', ...by, ...key, ...more };
}

const hold = { hold: { counts: ['deletions'], owner: '1 2' } };
const grant = (id: string, how: 'session' | 'late'): NewRecord => ({
  type: 'grant',
  id,
  decision: '2',
  how,
  level: 1,
  user: 'alice',
  agent: 'a',
  server: 'items',
  launch: 'l',
  kind: 'mcp:tool',
  tool: 'delete_item',
  policies: 'p',
  approver: { name: 'Alice', via: 'window' },
});

/** Something of every kind that changes what a session comes to. */
const story = recorded([
  header,
  attempt('1'),
  decision('1', 'allow', { touches: ['destructive'] }),
  { type: 'outcome', id: '1', status: 'ok' },
  attempt('2', 'files'),
  decision('2', 'ask', hold),
  attempt('3'),
  decision('3', 'deny'),
  { type: 'repeats', id: '3', agent: 'a', count: 4, first: '', last: '', lastId: 'z' },
  { type: 'approval', id: '2', outcome: 'granted', how: 'session' },
  grant('g', 'session'),
  decision('2', 'allow'),
  grant('once', 'late'),
  grant('taken', 'session'),
  attempt('4'),
  decision('4', 'ask', hold),
  { type: 'revoke', id: 'taken', by: 'alice' },
  attempt('5'),
  decision('5', 'allow', { grant: 'once' }),
  { type: 'halt', id: '5', reason: 'enough' },
  attempt('6'),
  decision('6', 'deny', { policy: '', rule: 'session-halted' }),
  { type: 'resume', by: 'alice' },
  { type: 'release', id: '4', why: 'gone' },
  attempt('7'),
  decision('7', 'ask', hold),
  { type: 'clock', behindSeconds: 9 },
  { type: 'end', why: 'new' },
]);

/** The story as far as a record, and then a new log with a checkpoint in place of what came before. */
function split(at: number): { readonly before: SessionRecord[]; readonly after: SessionRecord[] } {
  const before = [
    ...story.slice(0, at),
    { ...whenWritten(at), type: 'continued', next: 'b' } as SessionRecord,
  ];
  const state = JSON.parse(JSON.stringify(reduce(before).state)) as SessionState;
  const first: CheckpointRecord = {
    ...whenWritten(at),
    type: 'checkpoint',
    v: 2,
    id: 's',
    part: 2,
    startedAt: story[0]!.time,
    previous: 'a',
    ...owner,
    state,
  };
  return { before, after: [first, ...story.slice(at)] };
}

function whenWritten(index: number): { readonly prev: string; readonly time: string } {
  return { prev: '', time: story[index - 1]!.time };
}

const now = startedAt + 60_000;
const sums = (reducer: SessionReducer): unknown => [
  reducer.facts(now),
  reducer.grants,
  reducer.halt,
  reducer.holders,
  reducer.counts,
  reducer.ended,
  reducer.startedAt,
  reducer.wait({ name: 'tester', verified: true }, now),
];

describe('a session as its records tell it', () => {
  test('comes to counters, grants, halts and reservations', () => {
    const reducer = reduce(story);
    expect(reducer.facts(now)).toEqual({
      id: 's',
      startedAt: '2026-01-05T10:00:00.000Z',
      seconds: 60,
      calls: 4,
      denied: 6,
      approved: 2,
      counters: { deletions: 4 },
      callsByTool: { 'items/delete_item': 4 },
      servers: ['items', 'files'],
      recent: ['items/delete_item', 'items/delete_item', 'items/delete_item'],
      touched: { openWorld: false, destructive: true },
    });
    expect(reducer.facts(now, '7', 2)).toMatchObject({ calls: 3, denied: 8, counters: { deletions: 3 } });
    expect(reducer.counts).toEqual({ allowed: 3, asked: 3, denied: 6 });
    expect([reducer.grants, reducer.halt, reducer.ended]).toEqual([[], undefined, true]);
    expect([...reducer.holders.keys()]).toEqual(['7']);
  });

  // An attempt and what was decided about it are written at once.
  const ends = story.map((_, index) => index).filter((at) => at > 0 && story[at - 1]?.type !== 'attempt');
  test.each(ends)('comes to the same when it goes on in another log after record %i', (at) => {
    const { after, before } = split(at);
    expect(sums(reduce(after))).toEqual(sums(reduce(story)));
    expect(sums(reduce([...before, ...after]))).toEqual(sums(reduce(story)));
  });

  test('comes to the same whether calls are kept or not', () => {
    for (let length = 1; length <= story.length; length++) {
      const part = story.slice(0, length);
      expect(sums(reduce(part, 'all'))).toEqual(sums(reduce(part)));
      expect(reduce(part, 'all').state).toEqual(reduce(part).state);
    }
  });
});

describe('the calls of a session', () => {
  test('the calls of a session are all kept on request, each with its records', () => {
    const reducer = reduce(story, 'all');
    expect(reducer.calls.map((call) => `${call.id} ${callState(call)}`)).toEqual([
      '1 allowed',
      '2 allowed',
      '3 denied',
      '4 waiting',
      '5 allowed',
      '6 denied',
      '7 waiting',
    ]);
    expect(reducer.call('2')?.records.map(({ type }) => type)).toEqual([
      'attempt',
      'decision',
      'approval',
      'grant',
      'decision',
      'grant',
      'grant',
    ]);
    expect(reducer.call('2')).toMatchObject({ question: { effect: 'ask' }, approval: { how: 'session' } });
    expect(reducer.call('1')?.outcome?.status).toBe('ok');
    expect(reducer.call('3')?.repeats).toBe(4);
  });

  test('the calls of a session are kept by a guard only until they are decided', () => {
    expect(reduce(story).calls).toEqual([]);
    expect(reduce(story.slice(0, 2)).calls.map(({ id }) => id)).toEqual(['1']);
  });

  test('the calls of a session are shown from both logs where it goes on in another one', () => {
    const { after, before } = split(6);
    const reducer = reduce([...before, ...after], 'all');
    expect(reducer.calls.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect([reducer.part, reducer.continuedBy]).toEqual([2, undefined]);
  });
});
