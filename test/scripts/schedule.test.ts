import { expect, test } from 'vitest';
import { runBesideEachOther } from '../../scripts/schedule.mjs';

interface Step {
  readonly name: string;
  readonly after?: readonly string[];
  readonly cores?: 'all';
}

/** Steps that end when they are told to. */
class Course {
  readonly running: string[] = [];
  readonly log: string[] = [];
  readonly #ends = new Map<string, () => void>();
  readonly ended: Promise<string[]>;

  constructor(steps: readonly Step[], cores: number) {
    this.ended = runBesideEachOther(steps, cores, ({ name }) => {
      this.running.push(name);
      this.log.push(name);
      return new Promise((resolve) => this.#ends.set(name, () => resolve(`${name} has run`)));
    });
  }

  /** Ends a step, and lets what may start then start. */
  async end(name: string): Promise<readonly string[]> {
    this.running.splice(this.running.indexOf(name), 1);
    this.#ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
    return this.running;
  }
}

test('as many steps run at once as there are cores, in their order', async () => {
  const course = new Course([{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }], 2);
  expect(course.running).toEqual(['a', 'b']);
  expect(await course.end('b')).toEqual(['a', 'c']);
  expect(await course.end('c')).toEqual(['a', 'd']);
  await course.end('a');
  await course.end('d');
  expect(await course.ended).toEqual(['a has run', 'b has run', 'c has run', 'd has run']);
});

test('on one core they run one after the other', async () => {
  const course = new Course([{ name: 'a' }, { name: 'b', cores: 'all' }, { name: 'c' }], 1);
  for (const name of ['a', 'b', 'c']) {
    expect(course.running).toEqual([name]);
    await course.end(name);
  }
  await course.ended;
});

test('a step waits for what it comes after, and others pass it', async () => {
  const course = new Course([{ name: 'a' }, { name: 'b', after: ['a'] }, { name: 'c' }], 2);
  expect(course.running).toEqual(['a', 'c']);
  expect(await course.end('c')).toEqual(['a']);
  expect(await course.end('a')).toEqual(['b']);
  await course.end('b');
  await course.ended;
});

test('a step does not wait for one that was not asked for', async () => {
  const course = new Course([{ name: 'b', after: ['a'] }], 2);
  expect(course.running).toEqual(['b']);
  await course.end('b');
  await course.ended;
});

test('a step that takes all cores runs alone, and is not passed by those behind it', async () => {
  const course = new Course([{ name: 'a' }, { name: 'all', cores: 'all' }, { name: 'c' }, { name: 'd' }], 2);
  expect(course.running).toEqual(['a']);
  expect(await course.end('a')).toEqual(['all']);
  expect(await course.end('all')).toEqual(['c', 'd']);
  await course.end('c');
  await course.end('d');
  await course.ended;
  expect(course.log).toEqual(['a', 'all', 'c', 'd']);
});

test('steps that wait for each other are a mistake', async () => {
  const run = runBesideEachOther(
    [
      { name: 'a', after: ['b'] },
      { name: 'b', after: ['a'] },
    ],
    2,
    () => Promise.resolve(),
  );
  await expect(run).rejects.toThrow('These steps wait for each other: a, b.');
});
