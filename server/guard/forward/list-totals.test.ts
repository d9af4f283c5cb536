import { expect, test } from 'vitest';
import { ListTotals } from './list-totals';

const limits = { pages: 5, tools: 100, bytes: 2 ** 20, milliseconds: 1 };

test.each([
  ['pages', 1, 10, [undefined, undefined, undefined, undefined, undefined, 'it has more than 5 pages']],
  ['entries', 40, 10, [undefined, undefined, 'it has more than 100 entries']],
  ['entries of one page', 101, 10, ['it has more than 100 entries']],
  ['bytes', 1, 2 ** 19, [undefined, undefined, 'it has more than 1 MB']],
] as const)('the %s of a list are counted over its pages', (_, items, bytes, expected) => {
  const totals = new ListTotals(limits);
  expect(
    expected.map((_, page) => totals.add('tools', page === 0 ? undefined : `${page}`, items, bytes)),
  ).toEqual(expected);
});

test('a list that a client reads again begins anew, and each list counts for itself', () => {
  const totals = new ListTotals(limits);
  for (let round = 0; round < 10; round++) {
    for (const list of ['tools', 'prompts']) {
      expect([undefined, 'a'].map((cursor) => totals.add(list, cursor, 50, 10))).toEqual([
        undefined,
        undefined,
      ]);
    }
  }
});

test('the first page does not help whoever goes on with a list that is too long', () => {
  const totals = new ListTotals(limits);
  totals.add('tools', undefined, 101, 10);
  expect(totals.add('tools', 'next', 1, 10)).toBe('it has more than 100 entries');
});

test('resources may be more than tools', () => {
  const totals = new ListTotals(limits);
  expect(totals.add('resources', undefined, 50_000, 10)).toBeUndefined();
  expect(totals.add('resources', 'next', 1, 10)).toBe('it has more than 50000 entries');
});
