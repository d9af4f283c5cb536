import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ApprovalAnswer } from '../../server/protocol';
import type { ApprovalQueue } from './queue';
import { most, placeFor } from './shares';
import type { Claim } from './shares';
import { Person, queueFor, request, settled } from '../../test/support/client/person';

let person: Person;
let queue: ApprovalQueue;

beforeEach(() => {
  person = new Person();
  queue = queueFor(person, []);
});

const agent = (name: string, verified = true) => ({ agent: { name, verified, display: name } });

/** Submits calls, and keeps what they were answered. */
function submit(prefix: string, count: number, who: ReturnType<typeof agent>, guard: object) {
  const answers: (ApprovalAnswer | undefined)[] = [];
  for (let index = 0; index < count; index += 1) {
    answers.push(undefined);
    void queue.submit(request(`${prefix}${index}`, who), guard).then((answer) => (answers[index] = answer));
  }
  return answers;
}

describe('a flood of one agent', () => {
  test('a flood of one agent does not shut another out, which comes next', async () => {
    const flood = submit('a', 300, agent('A'), {});
    await settled();
    const [other] = [submit('b', 1, agent('B'), {})];
    await settled();
    expect(flood.filter((answer) => answer?.outcome === 'denied')).toHaveLength(300 - most.ofOneAgent);
    expect(other).toEqual([undefined]);
    await person.presses('one-by-one');
    expect(await person.sees()).toBe('B wants to use write_file of files');
  });

  test('a flood of one agent is turned away in parts, with a reason', async () => {
    const flood = submit('a', most.ofOneAgent + 1, agent('A'), {});
    await settled();
    expect(flood.at(-1)).toMatchObject({
      outcome: 'denied',
      why: `More than ${most.ofOneAgent} calls wait for a human already.`,
    });
  });

  test('an agent counts as one however often it changes the name that it claims', async () => {
    const guard = {};
    for (let index = 0; index < most.ofOneAgent + 10; index += 1) {
      submit(`a${index}-`, 1, agent(`name ${index}`, false), guard);
    }
    await settled();
    expect(queue.size).toBe(most.ofOneAgent);
  });

  test('a flood over one server does not shut out an agent’s calls to another', async () => {
    submit('a', most.ofOneAgent, agent('A'), { name: 'malicious' });
    const other = submit('b', 2, agent('A'), { name: 'honest' });
    await settled();
    expect(other).toEqual([undefined, undefined]);
    expect(queue.size).toBe(most.ofOneAgent);
  });
});

test('agents take turns, also where one is asked about one by one', async () => {
  submit('a', 3, agent('A'), {});
  expect(await person.sees()).toBe('A wants to make 3 calls');
  submit('b', 2, agent('B'), {});
  submit('c', 1, agent('C'), {});
  await person.presses('one-by-one');
  const seen: (string | undefined)[] = [];
  for (let shown = await person.sees(); shown !== undefined; shown = await person.sees()) {
    seen.push(shown);
    await person.presses('deny');
  }
  expect(seen).toEqual([
    'B wants to make 2 calls',
    'C wants to use write_file of files',
    ...Array<string>(3).fill('A wants to use write_file of files'),
  ]);
});

test('whoever was asked about longest ago comes first, however many wait', async () => {
  submit('a', 1, agent('A'), {});
  expect(await person.sees()).toContain('A wants');
  submit('c', 1, agent('C'), {});
  submit('b', 1, agent('B'), {});
  await person.presses('deny');
  submit('a-again', 5, agent('A'), {});
  await person.presses('deny');
  expect(await person.sees()).toContain('B wants');
  await person.presses('deny');
  expect(await person.sees()).toBe('A wants to make 5 calls');
});

test('what is on screen keeps its place', async () => {
  const first = submit('first', 1, agent('Z'), {});
  expect(await person.sees()).toContain('Z wants');
  for (let index = 0; index < 10; index += 1) {
    submit(`x${index}-`, most.ofOneAgent, agent(`X${index}`), {});
  }
  await settled();
  expect(queue.size).toBe(most.together);
  expect(first).toEqual([undefined]);
  await person.presses('allow-once');
  expect(first).toMatchObject([{ outcome: 'granted' }]);
});

test('nobody is turned away who has less than an equal share of the places', () => {
  const agents = Array.from({ length: 12 }, (_, index) => ({
    guard: {},
    ...agent(`agent ${index}`, index % 2 === 0),
  }));
  const submissions = fc.array(
    fc.record({ who: fc.nat({ max: agents.length - 1 }), count: fc.integer({ min: 1, max: 60 }) }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(submissions, (rounds) => {
      let waiting: Claim[] = [];
      for (const { count, who } of rounds) {
        const { guard, ...changes } = agents[who]!;
        for (let index = 0; index < count; index += 1) {
          const claim = { guard, request: request('x', changes) };
          const own = waiting.filter((other) => other.guard === guard).length;
          const place = placeFor(claim, waiting, []);
          if (place.kind === 'none') {
            expect(own).toBeGreaterThanOrEqual(Math.floor(most.together / agents.length) - 1);
            continue;
          }
          waiting = waiting.filter((other) => place.kind === 'free' || other !== place.other);
          waiting.push(claim);
        }
        expect(waiting.length).toBeLessThanOrEqual(most.together);
        for (const { guard: each } of agents) {
          expect(waiting.filter((other) => other.guard === each).length).toBeLessThanOrEqual(most.ofOneAgent);
        }
      }
    }),
    { numRuns: 25 },
  );
});
