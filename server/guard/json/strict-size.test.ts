import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../protocol';
import { parseStrict } from './strict';

const limits = { maxDepth: 10, maxValues: 1_000, maxMembers: 100 };
const parse = (text: string): ReturnType<typeof parseStrict> => parseStrict(Buffer.from(text), limits);

/** How many values a parsed value holds, itself included. */
function count(value: JsonValue | undefined): number {
  return typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>((sum, inner) => sum + count(inner), 1)
    : 1;
}

describe('a text with too many values', () => {
  test.each<[string, string]>([
    ['in one array', `[${'0,'.repeat(5_000)}0]`],
    ['in nested arrays', `{"a":[${'[[]],'.repeat(5_000)}0]}`],
    ['in objects', `{"a":[${'{"x":1},'.repeat(5_000)}0]}`],
    ['after those of honest size', `{"a":[${'0,'.repeat(990)}0],"b":[${'""'.concat(',""'.repeat(5_000))}]}`],
  ])('%s is refused, and no more of it is held than may be', (_, text) => {
    const { problem, value } = parse(text);
    expect(problem).toMatchObject({ code: 'size', message: 'more than 1000 values' });
    expect(count(value)).toBeLessThanOrEqual(limits.maxValues + limits.maxMembers);
  });

  test('a text with too many values is refused where it is broken after that, too', () => {
    expect(parse(`[${'0,'.repeat(5_000)}`).value).toBeUndefined();
    expect(parse(`[${'0,'.repeat(5_000)}\n0]`).problem?.code).toBe('control-character');
  });

  test('a text with too many values still tells whose it is, so that whoever waits for it can be told', () => {
    const { messages, value } = parse(`{"result":[${'0,'.repeat(5_000)}0],"id":7}`);
    expect(value).toMatchObject({ id: 7 });
    expect([...(messages[0]?.members.keys() ?? [])]).toEqual(['result', 'id']);
  });

  test('a text with as many values as the limit is no problem', () => {
    expect(parse(`[${'0,'.repeat(998)}0]`).problem).toBeUndefined();
  });

  test('a text with too many values lists no more of its numbers than may be held', () => {
    expect(parse(`[${'9007199254740993,'.repeat(5_000)}0]`).inexactNumbers.length).toBeLessThanOrEqual(1_000);
  });
});

describe('an object with too many members', () => {
  const members = Array.from({ length: 101 }, (_, index) => `"k${index}":0`).join(',');

  test('an object with too many members is refused at any depth', () => {
    const { problem, value } = parse(`{"params":{"arguments":{${members}}}}`);
    expect(problem).toMatchObject({ code: 'size', message: 'more than 100 members in one object' });
    expect(count(value)).toBe(103);
  });

  test('an object with too many members is no message: its id may be there twice', () => {
    expect(parse(`{${members},"id":1}`)).toMatchObject({ problem: { code: 'size' }, messages: [] });
  });

  test('an object is refused by the number of its members, not of their different names', () => {
    expect(parse(`{"x":{${'"a":0,'.repeat(200)}"b":0}}`).problem).toBeDefined();
  });
});

test('a batch has a bound of its own: each message in it costs more than a value', () => {
  const { messages, problem } = parseStrict(Buffer.from(`[${'{},'.repeat(20_000)}{}]`));
  expect([problem?.code, messages]).toEqual(['size', []]);
});

test('the values of each message are counted', () => {
  const { messages } = parse('[{"a":[1,2,{"b":null}]},5,{}]');
  expect(messages.map(({ values }) => values)).toEqual([6, 1, 1]);
});
