import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compilePolicySet } from '../../../policy';
import type { ExternalDecisionRecord } from '../../../protocol';
import { NoAnswer, additional } from '../../decision-point/additional';
import type { AdditionalDecisionPoint } from '../../decision-point/additional';
import type { Enforcer } from '../../enforcer';
import type { PolicyRequest } from '../../request/request-model';
import {
  call,
  no,
  policy,
  decided,
  tools,
  World,
  yesForTheSession,
} from '../../../../test/support/guard/enforcers';
import { engineDecisionPoint } from '../../../policy/decision-points';

const name = 'https://pdp.example';
let world: World;
beforeEach(() => {
  world = new World();
  mkdirSync(world.workspace);
  world.accept();
});
afterEach(() => world.end());

/** A decision point with rules of its own, that can be made to wait or to fail. */
class Point implements AdditionalDecisionPoint {
  readonly name = name;
  readonly asked: PolicyRequest[] = [];
  /** Called before it answers. */
  before: (request: PolicyRequest, signal: AbortSignal) => unknown = () => undefined;
  #decides: AdditionalDecisionPoint;

  constructor(rules: string) {
    this.#decides = pointOf(rules);
  }

  changeTo(rules: string): void {
    this.#decides = pointOf(rules);
  }

  async ask(request: PolicyRequest, signal: AbortSignal): ReturnType<AdditionalDecisionPoint['ask']> {
    this.asked.push(request);
    await this.before(request, signal);
    return this.#decides.ask(request, signal);
  }

  get levels(): readonly number[] {
    return this.asked.map(({ principal }) => principal.attr.approval.level);
  }
}

function pointOf(rules: string): AdditionalDecisionPoint {
  const { issues, set } = compilePolicySet([policy(rules)]);
  if (set === undefined) {
    throw new Error(issues.map(({ message }) => message).join('; '));
  }
  return additional(name, engineDecisionPoint(set, { strictEvaluation: true, lenientScopeSearch: true }));
}

const allowIf = (condition: string): string =>
  `- {actions: ["*"], effect: EFFECT_ALLOW, roles: [agent], condition: {match: {expr: '${condition}'}}}`;
const allowAll = allowIf('true');
const allowNothing = allowIf('false');
const withConsent = allowIf('P.attr.approval.level >= 1');

function guarded(rules: string): { readonly point: Point; readonly guard: Enforcer } {
  const point = new Point(rules);
  return { point, guard: world.guard({ decisionPoint: point }) };
}

/** The external decision of each decision record. */
function externalDecisions(): readonly (ExternalDecisionRecord | undefined)[] {
  return world
    .records()
    .filter(({ type }) => type === 'decision')
    .map(({ externalDecision }) => externalDecision as ExternalDecisionRecord | undefined);
}

const add = (item = 'x') => call('add_item', { name: item });

describe('a decision point beside the policies in force', () => {
  test('a call that the decision point allows too is forwarded, and the audit says so', async () => {
    const { guard, point } = guarded(allowAll);
    expect(await decided(guard.decide(call('read_item')))).toBe('forwarded');
    expect(point.levels).toEqual([0]);
    expect(externalDecisions()).toEqual([
      {
        name,
        answer: 'allow',
        levels: [true, null, null, null],
        policy: 'resource.mcp_tool.vdefault',
        callId: '',
      },
    ]);
  });

  test('a call that the decision point does not allow is refused, and the refusal names the decision point', async () => {
    const { guard, point } = guarded(allowNothing);
    const message = await decided(guard.decide(call('read_item')));
    expect(message).toContain(`the decision point ${name} does not allow this (rule decision-point of`);
    expect(point.levels).toEqual([0, 1, 2, 3]);
    expect(externalDecisions()).toMatchObject([{ name, answer: 'deny' }]);
  });

  test('the decision point never allows what the policies in force deny: it is not even asked', async () => {
    const { guard, point } = guarded(allowAll);
    const message = await decided(guard.decide(call('read_file', { path: '.vscode/settings.json' })));
    expect(message).toContain('rule protected-paths');
    expect(point.asked).toEqual([]);
    expect(externalDecisions()).toEqual([undefined]);
  });

  test('the decision point can require a human where the policies require none, and is asked anew with the consent', async () => {
    const { guard, point } = guarded(withConsent);
    expect(await decided(guard.decide(call('read_item')))).toBe('forwarded');
    expect(world.human.asked).toMatchObject([
      { level: 1, reasons: [`the decision point ${name} wants a person to confirm this`] },
    ]);
    expect(point.levels).toEqual([0, 1, 2, 3, 1]);
    expect(externalDecisions()).toMatchObject([{ answer: 'ask' }, { answer: 'allow' }]);
  });

  test('the decision point is asked with consent where the policies want a human; nobody is asked in vain', async () => {
    const { guard, point } = guarded(allowAll);
    expect(await decided(guard.decide(add()))).toBe('forwarded');
    expect(point.levels).toEqual([0, 1, 1]);
    point.changeTo(allowNothing);
    expect(await decided(guard.decide(add()))).toContain('does not allow this');
    expect(world.human.asked).toHaveLength(1);
  });

  test('the decision point can want more than a confirmation', async () => {
    const { guard } = guarded(allowIf('P.attr.approval.level >= 2'));
    expect(await decided(guard.decide(call('read_item')))).toContain('it needs approval level 2');
  });

  test('the decision point can change its answer while a human is asked', async () => {
    const { guard, point } = guarded(allowAll);
    world.human.answer = (request) => {
      point.changeTo(allowNothing);
      return {
        outcome: 'granted',
        digest: request.digest,
        how: 'once',
        approver: { name: 'A', via: 'window' },
      };
    };
    expect(await decided(guard.decide(add()))).toContain(`the decision point ${name} does not allow this`);
  });

  test('the decision point is not asked again after a no', async () => {
    const { guard, point } = guarded(allowAll);
    world.human.answer = no;
    expect(await decided(guard.decide(add()))).toContain('Alice said no');
    expect(point.levels).toEqual([0, 1]);
  });

  test('the decision point decides on what a human said before, too', async () => {
    const { guard, point } = guarded(allowAll);
    world.human.answer = yesForTheSession;
    expect(await decided(guard.decide(add()))).toBe('forwarded');
    expect(await decided(guard.decide(add('y')))).toBe('forwarded');
    expect(world.human.asked).toHaveLength(1);
    expect(point.asked.at(-1)?.principal.attr.approval).toEqual({ level: 1, granted: true, ageSeconds: 0 });
    point.changeTo(allowIf('P.attr.approval.level == 0 || !P.attr.approval.granted'));
    expect(await decided(guard.decide(add('z')))).toBe('forwarded');
    expect(world.human.asked).toHaveLength(2);
  });

  test('the decision point gives reasons, wording and counts, and a yes can be remembered only if it permits that', async () => {
    const { guard, point } = guarded(`${withConsent.slice(0, -1)}, output: {when: {
      conditionNotMet: '{"gatehouse": {"reason": "because", "ask": {"title": "Really?"}}}',
      ruleActivated: '{"gatehouse": {"count": "additions"}}'}}}`);
    expect(await decided(guard.decide(call('read_item')))).toBe('forwarded');
    expect(world.human.asked).toMatchObject([
      {
        ask: { title: 'Really?' },
        reasons: ['because', `the decision point ${name} wants a person to confirm this`],
      },
    ]);
    expect(await decided(guard.decide(add()))).toBe('forwarded');
    expect(point.asked.at(-1)?.principal.attr.session.counters).toMatchObject({ additions: 1 });
    // The policies in force permit it, the decision point does not.
    expect(world.human.asked.at(-1)).toMatchObject({ remember: { session: false } });
  });

  test('the decision point hides no tool and shows none', () => {
    const { guard, point } = guarded(allowNothing);
    expect(guard.list('tools', tools)).toBe(tools);
    expect(point.asked).toEqual([]);
  });
});

describe('a decision point that does not answer', () => {
  test('a call is denied while the decision point does not answer; the refusal names it and says what to do, and later calls work again', async () => {
    const { guard, point } = guarded(allowAll);
    point.before = () => Promise.reject(new NoAnswer('it did not answer in time'));
    const message = await decided(guard.decide(call('read_item')));
    expect(message).toContain(`the decision point ${name} gave no answer: it did not answer in time`);
    expect(message).toContain('(rule decision-point-unavailable)');
    expect(message).toContain('ask the user to see that it runs');
    expect(externalDecisions()).toEqual([{ name, answer: 'unavailable', why: 'it did not answer in time' }]);
    point.before = () => undefined;
    expect(await decided(guard.decide(call('read_item')))).toBe('forwarded');
  });

  test('a call is denied after a yes, too, and its reservation is released', async () => {
    const { guard, point } = guarded(allowAll);
    world.human.answer = ({ digest }) => {
      point.before = () => Promise.reject(new NoAnswer('gone'));
      return { outcome: 'granted', digest, how: 'once', approver: { name: 'Alice', via: 'window' } };
    };
    expect(await decided(guard.decide(add()))).toContain('gave no answer: gone');
    expect(externalDecisions()).toMatchObject([{ answer: 'allow' }, { answer: 'unavailable' }]);
    point.before = () => undefined;
    await decided(guard.decide(call('read_item')));
    expect(point.asked.at(-1)?.principal.attr.session).toMatchObject({ calls: 0, denied: 1 });
  });

  test('a decision point that hangs holds up nobody else, and a caller that gives up is recorded', async () => {
    const { guard, point } = guarded(allowAll);
    const caller = new AbortController();
    const hangs = new Promise<void>((resolve) => {
      point.before = (_, signal) => {
        resolve();
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new NoAnswer('the caller no longer waits')));
        });
      };
    });
    const waiting = decided(guard.decide(call('read_item', {}, { signal: caller.signal })));
    await hangs;
    expect(await decided(guard.decide(call('no_such_tool')))).toContain('Gatehouse denied no_such_tool');
    caller.abort();
    expect(await waiting).toContain('the caller no longer waits');
    expect(externalDecisions()).toMatchObject([undefined, { answer: 'unavailable' }]);
  });
});

describe('what a decision point said counts for exactly what it was asked about', () => {
  const onlyOnce = `${allowAll}
- {actions: [read_item], effect: EFFECT_DENY, roles: ["*"], condition: {match: {expr: 'P.attr.session.calls >= 1'}}}`;

  test('only one of two calls at once can be the last', async () => {
    const { guard, point } = guarded(onlyOnce);
    let waiting = 0;
    let open: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (open = resolve));
    // Both are asked about before either is decided.
    point.before = () => {
      waiting += 1;
      if (waiting === 2) {
        open();
      }
      return both;
    };
    const messages = await Promise.all([
      decided(guard.decide(call('read_item'))),
      decided(guard.decide(call('read_item'))),
    ]);
    expect(messages.filter((message) => message === 'forwarded')).toHaveLength(1);
    expect(messages.filter((message) => message.includes('does not allow this'))).toHaveLength(1);
  });

  test('calls of two guards are seen by each other', async () => {
    const { guard, point } = guarded(onlyOnce);
    const other = world.guard();
    point.before = async () => {
      point.before = () => undefined;
      await other.decide(call('read_item'));
    };
    expect(await decided(guard.decide(call('read_item')))).toContain('does not allow this');
  });

  test('a hundred calls at once all come through', async () => {
    const { guard, point } = guarded(allowAll);
    const all = Array.from({ length: 100 }, () => decided(guard.decide(call('read_item'))));
    expect(new Set(await Promise.all(all))).toEqual(new Set(['forwarded']));
    expect(point.asked.length).toBeLessThan(300);
  });

  test('a session that always changes is a reason to deny, not to ask for ever', async () => {
    const { guard, point } = guarded(allowAll);
    const other = world.guard();
    point.before = () => other.decide(call('read_item'));
    expect(await decided(guard.decide(call('read_item')))).toContain(
      'changed each time before it had answered',
    );
  });

  test.each([
    ['the policies in force', allowAll, '.vscode/settings.json', 'rule protected-paths'],
    [
      'it',
      allowIf('R.attr.paths.all(p, !p.path.endsWith("secret"))'),
      'secret',
      `the decision point ${name} does not allow this`,
    ],
  ])('a link that leads elsewhere meanwhile is decided on anew by %s', async (_, rules, target, why) => {
    const { guard, point } = guarded(rules);
    const inWorkspace = (path: string): string => join(world.workspace, path);
    mkdirSync(inWorkspace('.vscode'));
    writeFileSync(inWorkspace('note'), '');
    symlinkSync(inWorkspace('note'), inWorkspace('link'));
    point.before = () => {
      point.before = () => undefined;
      rmSync(inWorkspace('link'));
      symlinkSync(inWorkspace(target), inWorkspace('link'));
    };
    expect(await decided(guard.decide(call('read_file', { path: 'link' })))).toContain(why);
  });
});
