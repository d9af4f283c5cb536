import { describe, expect, test } from 'vitest';
import { spliced } from './splice';

const text = '{"id":1e400,"params": {"arguments":{"a":["x",{"p\\u0061th":"l/\\u00e9"}],"n":1.00}}}\n';

describe('values of a JSON text are replaced', () => {
  test('values of a JSON text are replaced, and all else stays byte for byte', () => {
    const at = ['params', 'arguments', 'a'];
    const result = spliced(Buffer.from(text), [
      { at: [...at, 1, 'path'], value: 'ü"\\' },
      { at: [...at, 0], value: 'y' },
    ]);
    expect(result.toString()).toBe(text.replace('"l/\\u00e9"', '"ü\\"\\\\"').replace('"x"', '"y"'));
  });

  test.each([[['params', 'no']], [['params', 0]], [['params', 'arguments', 'a', 2]], [['id', 'x']]])(
    'values of a JSON text are replaced only where there are some: %j',
    (at) => {
      expect(() => spliced(Buffer.from(text), [{ at, value: 1 }])).toThrow(RangeError);
    },
  );

  test('values of a JSON text are replaced once', () => {
    const at = ['params', 'arguments'];
    expect(() =>
      spliced(Buffer.from(text), [
        { at, value: 1 },
        { at: [...at, 'n'], value: 2 },
      ]),
    ).toThrow(/overlap/);
  });
});
