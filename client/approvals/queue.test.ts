import { beforeEach, describe, expect, test } from 'vitest';
import type { Choice } from './question';
import type { ApprovalQueue } from './queue';
import { shortestThought, strayPause } from './queue';
import { Person, other, queueFor, request, settled } from '../../test/support/client/person';

const guard = { name: 'a guard' };
let person: Person;
let queue: ApprovalQueue;
let errors: unknown[];

beforeEach(() => {
  person = new Person();
  errors = [];
  queue = queueFor(person, errors);
});

describe('one call', () => {
  test('one call is granted by “Allow once”, bound to its digest', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('allow-once');
    expect(await answer).toEqual({
      outcome: 'granted',
      digest: 'digest of 1',
      how: 'once',
      approver: { name: 'alice', via: 'window' },
    });
    expect(person.over).toEqual(['1']);
  });

  test.each<[string, Choice | undefined]>([
    ['“Deny”', 'deny'],
    ['dismissing it', undefined],
    ['anything the dialog did not offer', 'allow-all-once'],
  ])('one call is denied by %s', async (_what, choice) => {
    const answer = queue.submit(request('1'), guard);
    await person.presses(choice);
    expect(await answer).toMatchObject({
      outcome: 'denied',
      why: 'alice said no.',
      approver: { name: 'alice' },
    });
  });

  test('one call is asked about again when its details are left', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('details');
    expect(await person.sees()).toBe('details of 1');
    await person.presses(undefined);
    expect(await person.sees()).toBe('Copilot wants to use write_file of files');
    await person.presses('allow-once');
    expect(await answer).toMatchObject({ outcome: 'granted' });
  });

  test('one call is denied when the dialog can’t be shown', async () => {
    person.ask = () => Promise.reject(new Error('refused'));
    const answer = queue.submit(request('1'), guard);
    expect(await answer).toMatchObject({ outcome: 'denied', why: 'The question could not be shown.' });
    expect(errors).toHaveLength(1);
  });

  test.each([2, 3] as const)(
    'one call is denied unasked at level %d, which needs more than a click',
    async (level) => {
      expect(await queue.submit(request('1', { level }), guard)).toMatchObject({ outcome: 'denied' });
      expect(await person.sees()).toBeUndefined();
    },
  );
});

describe('“Allow…”', () => {
  test('the session is offered only where the policy permits it', async () => {
    void queue.submit(request('1'), guard);
    await person.presses('allow-with-bounds');
    await person.presses('once');
    void queue.submit(request('2', { remember: { session: true } }), guard);
    await person.presses('allow-with-bounds');
    expect(person.offered).toEqual([
      ['once', 'once-and-write-rule'],
      ['once', 'session', 'once-and-write-rule'],
    ]);
  });

  test('the call is allowed as far as was picked', async () => {
    const answer = queue.submit(request('1', { remember: { session: true } }), guard);
    await person.presses('allow-with-bounds');
    await person.presses('session');
    expect(await answer).toMatchObject({ outcome: 'granted', how: 'session' });
  });

  test('a picked bound that was not offered counts as going back', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('allow-with-bounds');
    await person.presses('session');
    expect(await person.sees()).toBe('Copilot wants to use write_file of files');
    await person.presses('deny');
    expect(await answer).toMatchObject({ outcome: 'denied' });
  });

  test('picking nothing leads back to the question', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('allow-with-bounds');
    await person.presses(undefined);
    await person.presses('deny');
    expect(await answer).toMatchObject({ outcome: 'denied' });
  });

  test('the rule item allows once and opens a rule', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('allow-with-bounds');
    await person.presses('once-and-write-rule');
    expect(await answer).toMatchObject({ outcome: 'granted', how: 'once' });
    expect(person.rules).toEqual(['1']);
  });

  test('an accidental second press does not count as a pick', async () => {
    const answer = queue.submit(request('1', { remember: { session: true } }), guard);
    await person.presses('allow-with-bounds');
    await person.presses('once', shortestThought - 1);
    expect(await person.sees()).toBe('Copilot wants to use write_file of files');
    await person.presses('allow-with-bounds');
    await person.presses('once', 5);
    expect(await answer).toMatchObject({ outcome: 'too-fast' });
  });
});

describe('stray keys', () => {
  test.each<Choice>(['allow-once', 'allow-with-bounds'])(
    'the choice %s within 700 ms does not count: pause, one more question, then no',
    async (choice) => {
      const answer = queue.submit(request('1'), guard);
      await person.presses(choice, shortestThought - 1);
      expect(person.pauses).toContain(strayPause);
      expect(person.questions.at(-1)?.detail).toMatch(/^Your answer came so fast/);
      await person.presses(choice, shortestThought - 1);
      expect(await answer).toMatchObject({
        outcome: 'too-fast',
        digest: 'digest of 1',
        why: 'The yes came too fast to be meant, twice.',
      });
      expect(person.offered).toEqual([]);
    },
  );

  test('at 700 ms a yes counts', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('allow-once', shortestThought);
    expect(await answer).toMatchObject({ outcome: 'granted' });
  });

  test('the second answer counts if it takes its time', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('allow-once', 10);
    await person.presses('allow-once');
    expect(await answer).toMatchObject({ outcome: 'granted' });
  });

  test('a no counts at any speed', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('deny', 0);
    expect(await answer).toMatchObject({ outcome: 'denied' });
  });

  test('the time runs anew for the dialog that follows another one', async () => {
    void queue.submit(request('1'), guard);
    await settled();
    const second = queue.submit(request('2', other), guard);
    await person.presses('deny', 60_000);
    await person.presses('allow-once', 10);
    expect(person.questions.at(-1)?.detail).toMatch(/^Your answer came so fast/);
    await person.presses('deny');
    expect(await second).toMatchObject({ outcome: 'denied' });
  });

  test('the time runs anew when the window gets the focus: before, nobody could read it', async () => {
    const answer = queue.submit(request('1'), guard);
    await settled();
    person.now += 60_000;
    queue.windowFocused();
    await person.presses('allow-once', 10);
    expect(await person.sees()).toBe('Copilot wants to use write_file of files');
    await person.presses('allow-once');
    expect(await answer).toMatchObject({ outcome: 'granted' });
  });

  test('a stray key does not approve several at once either', async () => {
    void queue.submit(request('0', other), guard);
    await settled();
    const answers = [queue.submit(request('1'), guard), queue.submit(request('2'), guard)];
    await person.presses('deny');
    await person.presses('allow-all-once', 10);
    await person.presses('allow-all-once', 10);
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatchObject({ outcome: 'too-fast' });
    }
  });
});

describe('when the window closes', () => {
  test('everything that waits is answered with a no, and nothing is asked any more', async () => {
    const answers = [queue.submit(request('1'), guard), queue.submit(request('2', other), guard)];
    await settled();
    queue.dispose();
    expect((await Promise.all(answers)).map(({ outcome }) => outcome)).toEqual([
      'unreachable',
      'unreachable',
    ]);
    expect(await queue.submit(request('3'), guard)).toMatchObject({ outcome: 'unreachable' });
    await person.presses('details');
    await person.presses(undefined);
    expect(await person.sees()).toBeUndefined();
  });
});
