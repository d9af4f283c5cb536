import { describe, expect, test } from 'vitest';
import type { DecisionRecord, SessionRecord } from '../../protocol';
import {
  anyAttempt,
  anyLayers,
  layer,
  maskedSomewhere,
  Random,
  sessionWith,
  shared,
} from '../../../test/support/guard/recorded-calls';
import type { PolicyLayer } from '../decide/policies/layers';
import { replay } from './replay';
import type { ReplayedCall } from './replay';

const seed = Number(process.env['GATEHOUSE_SEED'] ?? 1);

function onlyCall(records: readonly SessionRecord[], layers: readonly PolicyLayer[]): ReplayedCall {
  const [call, ...others] = replay(records, layers);
  expect(others).toEqual([]);
  return call!;
}

const decisions: readonly Partial<DecisionRecord>[] = [
  { effect: 'allow', level: 0 },
  { effect: 'ask', final: false, level: 1 },
  { effect: 'deny' },
];

describe('a record in which something is masked', () => {
  test('a masked record is said to be decided the same, or otherwise, only if it is so with the real values', () => {
    const random = new Random(seed);
    const answers = { same: 0, differs: 0, 'cannot-tell': 0 };
    for (let set = 0; set < 60; set++) {
      const layers = anyLayers(random);
      for (let round = 0; round < 12; round++) {
        const attempt = anyAttempt(random);
        const decision = random.pick(decisions);
        const hidden = maskedSomewhere(random, attempt);
        const { answer } = onlyCall(sessionWith(hidden.attempt, decision, hidden), layers);
        const real = onlyCall(sessionWith(attempt, decision), layers);
        expect(real.answer).not.toBe('cannot-tell');
        if (answer !== 'cannot-tell') {
          expect({ answer, attempt, hidden, decision, layers: set }).toMatchObject({ answer: real.answer });
        }
        answers[answer] += 1;
      }
    }
    // Of each kind enough, or nothing would be shown.
    expect(Math.min(...Object.values(answers))).toBeGreaterThan(40);
  });

  const attempt = { ...anyAttempt(new Random(1)), arguments: { name: '[masked]', size: 1 } };
  const masked = { ...attempt, facts: { ...attempt.facts!, masked: ['/resource/attr/arguments/name'] } };
  const when = (expr: string): string =>
    `{actions: [drop], effect: EFFECT_DENY, roles: [agent], condition: {match: {expr: '${expr}'}}}`;
  const free = layer('base', ['{actions: [drop], effect: EFFECT_ALLOW, roles: [agent]}']);
  const replayed = (rule: string): ReplayedCall =>
    onlyCall(sessionWith(masked, { effect: 'allow' }), [free, layer('guardrails', [rule])]);

  test('cannot be told where that decides', () => {
    expect(replayed(when('R.attr.arguments.name == "prod"'))).toMatchObject({
      answer: 'cannot-tell',
      after: expect.arrayContaining([{ effect: 'allow' }, { effect: 'deny' }]) as unknown,
    });
  });

  test('a masked record is told, with the rule, where nothing masked is read', () => {
    expect(replayed(when('R.attr.arguments.size > 0'))).toMatchObject({
      answer: 'differs',
      after: [{ effect: 'deny' }],
      by: { policy: 'resource.mcp_tool.vdefault' },
    });
    expect(replayed(when('R.attr.arguments.size > 1')).answer).toBe('same');
  });

  test('a masked record is told where it is read but changes nothing', () => {
    const call = replayed(when('R.attr.arguments.name == "prod" || R.attr.arguments.size == 1'));
    expect(call).toMatchObject({ answer: 'differs', after: [{ effect: 'deny' }] });
    expect(call).not.toHaveProperty('by');
  });

  test('cannot be told where an output reads it that may turn out to be useless', () => {
    const output =
      ', output: {when: {ruleActivated: "{\\"gatehouse\\": {\\"halt\\": R.attr.arguments.name}}"}}}';
    const allow = `{actions: [drop], effect: EFFECT_ALLOW, roles: [agent]${output}`;
    const { answer } = onlyCall(sessionWith(masked, { effect: 'allow' }), [layer('base', [allow])]);
    expect(answer).toBe('cannot-tell');
  });
});

describe('a call that another decision point took part in', () => {
  const attempt = anyAttempt(new Random(1));
  const asked = { ...attempt, facts: { ...attempt.facts!, decisionPoint: true as const } };
  const allow = layer('base', ['{actions: [drop], effect: EFFECT_ALLOW, roles: [agent]}']);
  const deny = layer('guardrails', ['{actions: [drop], effect: EFFECT_DENY, roles: [agent]}']);
  const recorded = (externalDecision: DecisionRecord['externalDecision']): readonly SessionRecord[] =>
    sessionWith(
      asked,
      { effect: 'deny', ...(externalDecision && { externalDecision }) },
      { request: shared },
    );

  test('a call with an external decision is decided again with what it said then, and cannot be told where it was not asked', () => {
    const said = { name: 'pdp', answer: 'deny', levels: [false, false, false, false] } as const;
    expect(onlyCall(recorded(said), [allow])).toMatchObject({
      answer: 'same',
      by: { rule: 'decision-point' },
    });
    expect(onlyCall(recorded(undefined), [allow]).answer).toBe('cannot-tell');
    expect(onlyCall(recorded(undefined), [allow, deny]).answer).toBe('same');
    expect(onlyCall(recorded({ name: 'pdp', answer: 'unavailable' }), [allow]).answer).toBe('same');
    const asks = { name: 'pdp', answer: 'ask', levels: [false, true, null, null] } as const;
    expect(onlyCall(recorded(asks), [allow])).toMatchObject({
      answer: 'differs',
      after: [{ effect: 'ask', level: 1 }],
    });
  });
});

describe('a call whose facts are not recorded', () => {
  const { facts, ...attempt } = anyAttempt(new Random(1));

  test('stays as it is if no policy had to do with it, else it cannot be told', () => {
    expect(facts).toBeDefined();
    const halted = sessionWith(attempt, { policy: '', rule: 'session-halted' });
    expect(onlyCall(halted, []).answer).toBe('same');
    expect(onlyCall(sessionWith(attempt, { policy: '', rule: 'policies-unusable' }), []).answer).toBe(
      'cannot-tell',
    );
    expect(onlyCall(sessionWith(attempt, {}), []).answer).toBe('cannot-tell');
  });
});
