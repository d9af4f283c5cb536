import { beforeEach, describe, expect, test } from 'vitest';
import type { ApprovalAnswer } from '../../server/protocol';
import type { ApprovalQueue } from './queue';
import { most } from './shares';
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

describe('several calls', () => {
  test('calls of different agents are asked about one after the other, in order of arrival', async () => {
    const order = ['a', 'b', 'c'].map((name) =>
      queue.submit(request(name, { agent: { name, verified: true, display: name } }), guard),
    );
    for (const name of ['a', 'b', 'c']) {
      expect(await person.sees()).toBe(`${name} wants to use write_file of files`);
      await person.presses('allow-once');
    }
    expect((await Promise.all(order)).map(({ digest }) => digest)).toEqual([
      'digest of a',
      'digest of b',
      'digest of c',
    ]);
  });

  test('waiting calls of one agent become one question with one no', async () => {
    void queue.submit(request('1', other), guard);
    await settled();
    const answers = ['2', '3', '4'].map((id) => queue.submit(request(id), guard));
    await person.presses('deny');
    expect(await person.sees()).toBe('Copilot wants to make 3 calls');
    await person.presses('deny');
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatchObject({
        outcome: 'denied',
        why: 'alice said no to all 3 calls that waited.',
      });
    }
  });

  test('several calls that come at the same moment are one question', async () => {
    void queue.submit(request('1'), guard);
    void queue.submit(request('2'), { name: 'another guard' });
    expect(await person.sees()).toBe('Copilot wants to make 2 calls');
  });

  test('several calls that are alike can be allowed together, each once', async () => {
    const answers = ['1', '2'].map((id) => queue.submit(request(id), guard));
    await person.presses('allow-all-once');
    expect(await Promise.all(answers)).toMatchObject([
      { outcome: 'granted', how: 'once', digest: 'digest of 1' },
      { outcome: 'granted', how: 'once', digest: 'digest of 2' },
    ]);
  });

  test('several calls that differ can’t be allowed together', async () => {
    const answers = [
      queue.submit(request('1'), guard),
      queue.submit(request('2', { tool: { name: 'delete_file' } }), guard),
    ];
    await settled();
    expect(person.questions[0]?.buttons.map(({ label }) => label)).toEqual([
      'Deny all',
      'Details…',
      'One by one…',
    ]);
    await person.presses('allow-all-once');
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatchObject({ outcome: 'denied' });
    }
  });

  test('several calls can be asked about one by one, before what came later', async () => {
    const answers = ['1', '2'].map((id) => queue.submit(request(id), guard));
    await person.presses('one-by-one');
    const third = queue.submit(request('3'), guard);
    await person.presses('allow-once');
    await person.presses('deny');
    await person.presses('allow-once');
    expect((await Promise.all([...answers, third])).map(({ outcome }) => outcome)).toEqual([
      'granted',
      'denied',
      'granted',
    ]);
  });

  test('the details of several calls show all of them', async () => {
    const answers = ['1', '2'].map((id) => queue.submit(request(id), guard));
    await person.presses('details');
    expect(await person.sees()).toBe('details of 1,2');
    await person.presses(undefined);
    await person.presses('deny');
    expect(await Promise.all(answers)).toMatchObject([{ outcome: 'denied' }, { outcome: 'denied' }]);
  });

  test('calls of an agent that only claims a name are kept apart from those of one that has it', async () => {
    void queue.submit(request('1'), guard);
    void queue.submit(
      request('2', {
        agent: { name: 'Copilot', verified: false, display: 'an agent calling itself "Copilot"' },
      }),
      guard,
    );
    expect(await person.sees()).toBe('Copilot wants to use write_file of files');
    await person.presses('deny');
    expect(await person.sees()).toBe('An agent calling itself "Copilot" wants to use write_file of files');
  });

  test('calls are denied unasked when too many wait', async () => {
    for (let i = 0; i < most.ofOneAgent; i += 1) {
      void queue.submit(request(String(i)), guard);
    }
    expect(await queue.submit(request('one too many'), guard)).toMatchObject({
      outcome: 'denied',
      why: 'More than 50 calls wait for a human already.',
    });
  });
});

describe('a question that is taken back', () => {
  test('a question that is withdrawn before it was on screen is never shown', async () => {
    void queue.submit(request('1', other), guard);
    await settled();
    const second = queue.submit(request('2'), guard);
    queue.withdraw(guard, '2');
    expect(await second).toMatchObject({ outcome: 'withdrawn', digest: 'digest of 2' });
    await person.presses('deny');
    expect(await person.sees()).toBeUndefined();
    expect(person.shown).toHaveLength(1);
  });

  test('a withdrawn question stays on screen if it is there, and its answer comes late', async () => {
    const answer = queue.submit(request('1'), guard);
    await settled();
    queue.withdraw(guard, '1');
    let early: ApprovalAnswer | undefined;
    void answer.then((given) => {
      early = given;
    });
    await settled();
    expect(early).toBeUndefined();
    await person.presses('allow-once');
    expect(await answer).toMatchObject({ outcome: 'granted', how: 'once' });
  });

  test('a question that is withdrawn can’t be granted by further dialogs', async () => {
    const answer = queue.submit(request('1', { remember: { session: true } }), guard);
    await person.presses('allow-with-bounds');
    queue.withdraw(guard, '1');
    await person.presses('session');
    expect(await answer).toMatchObject({ outcome: 'granted', how: 'once' });
  });

  test('a question that is withdrawn is not asked again after its details', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('details');
    queue.withdraw(guard, '1');
    expect(await answer).toMatchObject({ outcome: 'withdrawn' });
    await person.presses(undefined);
    expect(await person.sees()).toBeUndefined();
  });

  test('a question that is withdrawn is not asked again after a stray key', async () => {
    const answer = queue.submit(request('1'), guard);
    await settled();
    queue.withdraw(guard, '1');
    await person.presses('allow-once', 10);
    expect(await answer).toMatchObject({ outcome: 'withdrawn' });
    expect(await person.sees()).toBeUndefined();
  });

  test('a question that is withdrawn leaves the others of its group', async () => {
    const answers = ['1', '2', '3'].map((id) => queue.submit(request(id), guard));
    await person.presses('details');
    queue.withdraw(guard, '2');
    await person.presses(undefined);
    expect(await person.sees()).toBe('Copilot wants to make 2 calls');
    await person.presses('allow-all-once');
    expect((await Promise.all(answers)).map(({ outcome }) => outcome)).toEqual([
      'granted',
      'withdrawn',
      'granted',
    ]);
  });

  test('a question that is withdrawn leaves the one with the same id of another guard', async () => {
    const another = { name: 'another guard' };
    void queue.submit(request('0', other), guard);
    await settled();
    const answers = [queue.submit(request('1'), guard), queue.submit(request('1', other), another)];
    queue.withdraw(guard, '1');
    await person.presses('deny');
    await person.presses('allow-once');
    expect((await Promise.all(answers)).map(({ outcome }) => outcome)).toEqual(['withdrawn', 'granted']);
  });

  test('a question goes with its guard', async () => {
    void queue.submit(request('0', other), { name: 'another guard' });
    await settled();
    const answers = ['1', '2'].map((id) => queue.submit(request(id), guard));
    queue.withdrawAll(guard);
    expect((await Promise.all(answers)).map(({ outcome }) => outcome)).toEqual(['withdrawn', 'withdrawn']);
    await person.presses('deny');
    expect(await person.sees()).toBeUndefined();
  });
});
