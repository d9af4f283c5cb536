import { expect, test } from 'vitest';
import { exactNumber, survivesDouble } from './numbers';

test.each([
  ['1', '1.0'],
  ['10', '1e1'],
  ['0.5', '5E-1'],
  ['0', '-0'],
  ['0', '0.000e99'],
  ['1200', '12e+2'],
])('%s and %s are the same number', (a, b) => {
  expect(exactNumber(a)).toBe(exactNumber(b));
});

test.each([
  ['9007199254740993', '9007199254740992'],
  ['1', '-1'],
  ['1', '10'],
  ['0.1', '0.1000000000000000055'],
  ['1e400', '1e401'],
])('%s and %s are different numbers, even where doubles are not', (a, b) => {
  expect(exactNumber(a)).not.toBe(exactNumber(b));
});

test('text that is no JSON number is a mistake of the caller', () => {
  expect(() => exactNumber('0x10')).toThrow(TypeError);
});

test('a double keeps what writing it again gives back', () => {
  expect(['0.1', '1e21', '123456789012345680000'].filter((text) => !survivesDouble(text))).toEqual([]);
  expect(survivesDouble('123456789012345678901')).toBe(false);
});
