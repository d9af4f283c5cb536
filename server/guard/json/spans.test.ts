import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elementSpans, memberSpans } from './spans';

test('an object is taken apart into the bytes of its members', () => {
  const bytes = Buffer.from('  { "a" : {"b":[1,"]}"]} ,"\\u0063":-1.5e3, "d":"\\"," }');
  const members = memberSpans(bytes, 2);
  expect([...members].map(([name, { start, end }]) => [name, bytes.toString('utf8', start, end)])).toEqual([
    ['a', '{"b":[1,"]}"]}'],
    ['c', '-1.5e3'],
    ['d', '"\\","'],
  ]);
});

test('any array is taken apart into its elements', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (values) => {
      const bytes = Buffer.from(JSON.stringify(values));
      const elements = elementSpans(bytes, 0).map(({ start, end }) => bytes.toString('utf8', start, end));
      expect(elements).toEqual(values.map((value) => JSON.stringify(value)));
    }),
  );
});
