import { beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalAnswer, ApprovalRequest } from '../../server/protocol';
import { untranslated as t } from '../translate';
import type { Choice, Question } from './question';
import { ApprovalQueue, mostWaiting, shortestThought, strayPause } from './queue';
import type { ApprovalUi, Bound } from './queue';

/** A person who answers when the test says so, and a clock that moves when the test says so. */
class Person implements ApprovalUi {
  now = 1_000_000;
  /** Everything that was shown, in order. */
  shown: string[] = [];
  questions: Question[] = [];
  offered: (readonly Bound[])[] = [];
  rules: string[] = [];
  over: string[] = [];
  #answer: ((answer: never) => void) | undefined;

  ask(question: Question): Promise<Choice | undefined> {
    this.questions.push(question);
    return this.#show(question.title);
  }

  pickBound(_request: ApprovalRequest, bounds: readonly Bound[]): Promise<Bound | undefined> {
    this.offered.push(bounds);
    return this.#show('bounds');
  }

  showDetails(requests: readonly ApprovalRequest[]): Promise<void> {
    return this.#show(`details of ${requests.map(({ id }) => id).join()}`);
  }

  writeRule(request: ApprovalRequest): Promise<void> {
    this.rules.push(request.id);
    return Promise.resolve();
  }

  done(requests: readonly ApprovalRequest[]): void {
    this.over.push(...requests.map(({ id }) => id));
  }

  pauses: number[] = [];
  pause = async (ms: number): Promise<void> => {
    this.pauses.push(ms);
    this.now += ms;
    await Promise.resolve();
  };

  get isAsked(): boolean {
    return this.#answer !== undefined;
  }

  /** Answers what is on screen after `ms` milliseconds of thought. */
  async presses(answer: Choice | Bound | undefined, ms = shortestThought): Promise<void> {
    await settled();
    const give = this.#answer;
    if (give === undefined) {
      throw new Error('Nothing is on screen.');
    }
    this.#answer = undefined;
    this.now += ms;
    give(answer as never);
    await settled();
  }

  /** What is on screen, when everything has settled. */
  async sees(): Promise<string | undefined> {
    await settled();
    return this.isAsked ? this.shown.at(-1) : undefined;
  }

  #show<T>(what: string): Promise<T> {
    expect(this.#answer, 'two things on screen').toBeUndefined();
    this.shown.push(what);
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 50; i += 1) {
    await Promise.resolve();
  }
}

const guard = { name: 'a guard' };
let person: Person;
let queue: ApprovalQueue;
let errors: unknown[];

beforeEach(() => {
  person = new Person();
  errors = [];
  queue = new ApprovalQueue({
    ui: person,
    t,
    now: () => person.now,
    pause: person.pause,
    approver: 'alice',
    onError: (error) => errors.push(error),
  });
});

function request(id: string, changes: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    id,
    digest: `digest of ${id}`,
    level: 1,
    server: { name: 'files', origin: 'user', fingerprint: 'f' },
    tool: { name: 'write_file' },
    kind: 'mcp:tool',
    agent: { name: 'Copilot', verified: true, display: 'Copilot' },
    user: { name: 'alice' },
    arguments: { path: `/w/${id}.txt` },
    reasons: ['changes files'],
    remember: { session: false },
    request: {},
    ...changes,
  };
}

const other = { agent: { name: 'Other', verified: true, display: 'Other' } };

describe('one call', () => {
  it('is granted by “Allow once”, bound to its digest', async () => {
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

  it.each<[string, Choice | undefined]>([
    ['“Deny”', 'deny'],
    ['dismissing it', undefined],
    ['anything the dialog did not offer', 'allow-all-once'],
  ])('is denied by %s', async (_what, choice) => {
    const answer = queue.submit(request('1'), guard);
    await person.presses(choice);
    expect(await answer).toMatchObject({
      outcome: 'denied',
      why: 'alice said no.',
      approver: { name: 'alice' },
    });
  });

  it('is asked about again when its details are left', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('details');
    expect(await person.sees()).toBe('details of 1');
    await person.presses(undefined);
    expect(await person.sees()).toBe('Copilot wants to use write_file of files');
    await person.presses('allow-once');
    expect(await answer).toMatchObject({ outcome: 'granted' });
  });

  it('is denied when the dialog can’t be shown', async () => {
    person.ask = () => Promise.reject(new Error('refused'));
    const answer = queue.submit(request('1'), guard);
    expect(await answer).toMatchObject({ outcome: 'denied', why: 'The question could not be shown.' });
    expect(errors).toHaveLength(1);
  });

  it.each([2, 3] as const)('is denied unasked at level %d, which needs more than a click', async (level) => {
    expect(await queue.submit(request('1', { level }), guard)).toMatchObject({ outcome: 'denied' });
    expect(await person.sees()).toBeUndefined();
  });
});

describe('“Allow…”', () => {
  it('offers the session only where the policy permits it', async () => {
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

  it('grants as far as was picked', async () => {
    const answer = queue.submit(request('1', { remember: { session: true } }), guard);
    await person.presses('allow-with-bounds');
    await person.presses('session');
    expect(await answer).toMatchObject({ outcome: 'granted', how: 'session' });
  });

  it('takes a bound that was not offered for going back', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('allow-with-bounds');
    await person.presses('session');
    expect(await person.sees()).toBe('Copilot wants to use write_file of files');
    await person.presses('deny');
    expect(await answer).toMatchObject({ outcome: 'denied' });
  });

  it('goes back to the question when nothing was picked', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('allow-with-bounds');
    await person.presses(undefined);
    await person.presses('deny');
    expect(await answer).toMatchObject({ outcome: 'denied' });
  });

  it('allows once and opens a rule', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('allow-with-bounds');
    await person.presses('once-and-write-rule');
    expect(await answer).toMatchObject({ outcome: 'granted', how: 'once' });
    expect(person.rules).toEqual(['1']);
  });

  it('does not take an accidental second press for a pick', async () => {
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
  it.each<Choice>(['allow-once', 'allow-with-bounds'])(
    '%s sooner than 700 ms is not taken: pause, one more question, then no',
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

  it('at 700 ms a yes counts', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('allow-once', shortestThought);
    expect(await answer).toMatchObject({ outcome: 'granted' });
  });

  it('the second answer counts if it takes its time', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('allow-once', 10);
    await person.presses('allow-once');
    expect(await answer).toMatchObject({ outcome: 'granted' });
  });

  it('a no counts at any speed', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('deny', 0);
    expect(await answer).toMatchObject({ outcome: 'denied' });
  });

  it('the time runs anew for the dialog that follows another one', async () => {
    void queue.submit(request('1'), guard);
    await settled();
    const second = queue.submit(request('2', other), guard);
    await person.presses('deny', 60_000);
    await person.presses('allow-once', 10);
    expect(person.questions.at(-1)?.detail).toMatch(/^Your answer came so fast/);
    await person.presses('deny');
    expect(await second).toMatchObject({ outcome: 'denied' });
  });

  it('the time runs anew when the window gets the focus: before, nobody could read it', async () => {
    const answer = queue.submit(request('1'), guard);
    await settled();
    person.now += 60_000;
    queue.windowFocused();
    await person.presses('allow-once', 10);
    expect(await person.sees()).toBe('Copilot wants to use write_file of files');
    await person.presses('allow-once');
    expect(await answer).toMatchObject({ outcome: 'granted' });
  });

  it('a stray key does not approve several at once either', async () => {
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

describe('several calls', () => {
  it('of different agents are asked one after the other, in order of arrival', async () => {
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

  it('of one agent that wait become one question, and one no', async () => {
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

  it('that come at the same moment are one question', async () => {
    void queue.submit(request('1'), guard);
    void queue.submit(request('2'), { name: 'another guard' });
    expect(await person.sees()).toBe('Copilot wants to make 2 calls');
  });

  it('that are alike can be allowed together, each once', async () => {
    const answers = ['1', '2'].map((id) => queue.submit(request(id), guard));
    await person.presses('allow-all-once');
    expect(await Promise.all(answers)).toMatchObject([
      { outcome: 'granted', how: 'once', digest: 'digest of 1' },
      { outcome: 'granted', how: 'once', digest: 'digest of 2' },
    ]);
  });

  it('that differ can’t be allowed together', async () => {
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

  it('can be asked about one by one, before what came later', async () => {
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

  it('show the details of all of them', async () => {
    const answers = ['1', '2'].map((id) => queue.submit(request(id), guard));
    await person.presses('details');
    expect(await person.sees()).toBe('details of 1,2');
    await person.presses(undefined);
    await person.presses('deny');
    expect(await Promise.all(answers)).toMatchObject([{ outcome: 'denied' }, { outcome: 'denied' }]);
  });

  it('of an agent that only claims a name are not lumped with those of one that has it', async () => {
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

  it('are denied unasked when too many wait', async () => {
    for (let i = 0; i < mostWaiting; i += 1) {
      void queue.submit(request(String(i)), guard);
    }
    expect(await queue.submit(request('one too many'), guard)).toMatchObject({
      outcome: 'denied',
      why: 'More than 100 calls wait for a human already.',
    });
  });
});

describe('a question that is taken back', () => {
  it('is never shown if it was not on screen yet', async () => {
    void queue.submit(request('1', other), guard);
    await settled();
    const second = queue.submit(request('2'), guard);
    queue.withdraw(guard, '2');
    expect(await second).toMatchObject({ outcome: 'withdrawn', digest: 'digest of 2' });
    await person.presses('deny');
    expect(await person.sees()).toBeUndefined();
    expect(person.shown).toHaveLength(1);
  });

  it('stays on screen if it is there, and its answer comes late', async () => {
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

  it('can’t be granted further than once', async () => {
    const answer = queue.submit(request('1', { remember: { session: true } }), guard);
    await person.presses('allow-with-bounds');
    queue.withdraw(guard, '1');
    await person.presses('session');
    expect(await answer).toMatchObject({ outcome: 'granted', how: 'once' });
  });

  it('is not asked again after its details', async () => {
    const answer = queue.submit(request('1'), guard);
    await person.presses('details');
    queue.withdraw(guard, '1');
    expect(await answer).toMatchObject({ outcome: 'withdrawn' });
    await person.presses(undefined);
    expect(await person.sees()).toBeUndefined();
  });

  it('is not asked again after a stray key', async () => {
    const answer = queue.submit(request('1'), guard);
    await settled();
    queue.withdraw(guard, '1');
    await person.presses('allow-once', 10);
    expect(await answer).toMatchObject({ outcome: 'withdrawn' });
    expect(await person.sees()).toBeUndefined();
  });

  it('leaves the others of its group', async () => {
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

  it('leaves the same id of another guard', async () => {
    const another = { name: 'another guard' };
    void queue.submit(request('0', other), guard);
    await settled();
    const answers = [queue.submit(request('1'), guard), queue.submit(request('1', other), another)];
    queue.withdraw(guard, '1');
    await person.presses('deny');
    await person.presses('allow-once');
    expect((await Promise.all(answers)).map(({ outcome }) => outcome)).toEqual(['withdrawn', 'granted']);
  });

  it('goes with its guard', async () => {
    void queue.submit(request('0', other), { name: 'another guard' });
    await settled();
    const answers = ['1', '2'].map((id) => queue.submit(request(id), guard));
    queue.withdrawAll(guard);
    expect((await Promise.all(answers)).map(({ outcome }) => outcome)).toEqual(['withdrawn', 'withdrawn']);
    await person.presses('deny');
    expect(await person.sees()).toBeUndefined();
  });
});

describe('when the window closes', () => {
  it('everything that waits is answered with a no, and nothing is asked any more', async () => {
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
