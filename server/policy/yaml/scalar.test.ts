import { describe, expect, test } from 'vitest';
import { plainScalar } from './scalar';

// Asked of `cerbos 0.55`, by giving each as the value of `disabled`.
describe('unquoted scalars have the types that cerbos 0.55 gives them', () => {
  test.each([
    ['1e3', 'String', '1e3'],
    ['1.5', 'Float', 1.5],
    ['1.', 'Float', 1],
    ['.5', 'Float', 0.5],
    ['1.5e3', 'Float', 1500],
    ['+1.5', 'Float', 1.5],
    ['0777', 'Integer', 511n],
    ['09', 'String', '09'],
    ['0o17', 'Integer', 15n],
    ['0b11', 'Integer', 3n],
    ['0x1F', 'Integer', 31n],
    ['-0x1', 'Integer', -1n],
    ['1_000', 'Integer', 1000n],
    ['_1', 'String', '_1'],
    ['18446744073709551615', 'Integer', 18446744073709551615n],
    ['99999999999999999999', 'String', '99999999999999999999'],
    ['0x', 'String', '0x'],
    ['1.2.3', 'String', '1.2.3'],
    ['.inf', 'Infinity', Infinity],
    ['-.inf', 'Infinity', -Infinity],
    ['+.inf', 'String', '+.inf'],
    ['~', 'Null', null],
    ['Null', 'Null', null],
    ['nULL', 'String', 'nULL'],
    ['True', 'Bool', true],
    ['tRUE', 'String', 'tRUE'],
    ['yes', 'String', 'yes'],
    ['+-5', 'Integer', 5n],
    ['-+5', 'String', '-+5'],
    ['-_5', 'Integer', -5n],
    ['+-1.5', 'Float', 1.5],
    ['1.5e400', 'String', '1.5e400'],
    ['2024-01-01', 'String', '2024-01-01'],
  ])('the unquoted scalar %s has the type %s, as in cerbos 0.55', (text, type, value) => {
    expect(plainScalar(text)).toEqual({ type, value });
  });
});
