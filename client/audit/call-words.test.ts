import { describe, expect, test } from 'vitest';
import type { CallEntry, DecisionRecord } from '../../server/protocol';
import { untranslated as t } from '../translate';
import { approvalWords, callDescription, callLabel, callTooltip, countsText } from './call-words';

const call = {
  id: '1',
  attempt: {
    server: 'items',
    tool: 'delete_item',
    agent: { name: 'Claude\u202E', verified: false },
  },
  decision: {
    effect: 'deny',
    final: true,
    policy: 'resource.mcp:tool.vdefault',
    rule: 'halt-after-five-deletions',
    reasons: ['five deletions'],
    workspaceReasons: ['never\non Fridays'],
  },
  approval: { outcome: 'denied', approver: { name: 'alice', via: 'window' }, why: 'alice said no.' },
} as unknown as CallEntry;

describe('a decision in the list', () => {
  test('the list says what was decided, how it came out, by which rule and by whom', () => {
    expect(callDescription(call, t)).toBe(
      'items · denied · rule halt-after-five-deletions · refused by alice',
    );
    expect(callLabel(call, '10:00', t)).toBe(
      'denied: delete_item of items, rule halt-after-five-deletions, refused by alice, 10:00',
    );
  });

  test('the tooltip has everything about a decision, with nothing invisible in it', () => {
    expect(callTooltip(call, '10:00', t).split('\n')).toEqual([
      'denied: delete_item of items, rule halt-after-five-deletions, refused by alice, 10:00',
      'Agent: an agent calling itself "Claude‹U+202E›"',
      'Policy: resource.mcp:tool.vdefault',
      'Reason: five deletions',
      'The workspace says: "never‹U+000A›on Fridays"',
      'alice said no.',
    ]);
  });

  test('the list names the rule of a reason that another rule than the deciding one gave', () => {
    const reasonRules = ['resource.mcp:tool.vdefault#halt-after-five-deletions', 'p#other', ''];
    const decision = { ...call.decision, reasons: ['a', 'b', 'c'], reasonRules } as unknown as DecisionRecord;
    const lines = callTooltip({ ...call, decision }, '10:00', t).split('\n');
    expect(lines.filter((line) => line.startsWith('Reason'))).toEqual([
      'Reason: a',
      'Reason: b (from p#other)',
      'Reason: c',
    ]);
  });

  test('the list says that a call still waits', () => {
    const waiting: CallEntry = { id: call.id, attempt: call.attempt, records: [] };
    const question = { ...call.decision, effect: 'ask', final: false } as DecisionRecord;
    expect(callDescription({ ...waiting, decision: question, question }, t)).toBe(
      'items · waiting for a human · rule halt-after-five-deletions',
    );
    expect(callDescription(waiting, t)).toBe('items · being decided');
  });
});

test('the rule that asked is named once a human has answered', () => {
  const question = { ...call.decision, effect: 'ask', final: false, rule: 'deletions-ask' };
  const decision = { ...call.decision, effect: 'allow', policy: '', rule: 'a-person-allowed-it' };
  expect(callDescription({ ...call, question, decision } as CallEntry, t)).toContain('rule deletions-ask');
});

test.each([
  [{ outcome: 'granted', how: 'once', approver: { name: 'alice' } }, 'approved by alice'],
  [{ outcome: 'granted', how: 'session', approver: { name: 'alice' } }, 'approved by alice for the session'],
  [
    { outcome: 'granted', how: 'once', late: true, approver: { name: 'alice' } },
    'approved by alice (too late)',
  ],
  [{ outcome: 'too-fast' }, 'answered too fast to be meant'],
  [{ outcome: 'unreachable', why: 'The window is gone.' }, 'The window is gone.'],
])('the record of an approval, %j, is described as “%s”', (record, words) => {
  expect(approvalWords(record as never, t)).toBe(words);
});

test('the words count calls', () => {
  expect(countsText({ allowed: 12, asked: 3, denied: 1 }, t)).toBe('12 allowed · 3 asked · 1 denied');
});
