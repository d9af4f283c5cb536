import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStrict } from './strict';

const parse = (text: string): ReturnType<typeof parseStrict> => parseStrict(Buffer.from(text));

describe('what is JSON is parsed as the platform does', () => {
  test.each([
    'null',
    'true',
    ' false ',
    '0',
    '-0',
    '-12.5e-3',
    '1E+2',
    '""',
    '"\\u0041\\n\\"\\\\\\/\\ud83d\\ude00"',
    '"\u{1f600}\u{2028}\u{7f}"',
    '[]',
    '[ ]',
    '[1, [2, {"a": []}], "x"]',
    '{}',
    '{ "a" : 1 , "b" : { "a" : 1 } }',
    '{"A": 1, "a": 2}',
  ])('JSON is parsed as the platform does: %s', (text) => {
    const { value, problem } = parse(text);
    expect(problem).toBeUndefined();
    expect(value).toEqual(JSON.parse(text));
  });

  test('whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parse(text)).toMatchObject({ value: JSON.parse(text) as unknown });
        expect(parse(text).problem).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test('__proto__ is a member like any other', () => {
    const { value } = parse('{"__proto__": {"admin": true}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { admin?: boolean }).admin).toBeUndefined();
    expect(JSON.stringify(value)).toBe('{"__proto__":{"admin":true}}');
  });
});

describe('what is not JSON has no value, and says where', () => {
  test.each<[string, string, number]>([
    ['', 'syntax', 0],
    ['   ', 'syntax', 3],
    ['{', 'syntax', 1],
    ['{"a"}', 'syntax', 4],
    ['{"a":}', 'syntax', 5],
    ['{"a":1,}', 'syntax', 7],
    ['{a:1}', 'syntax', 1],
    ["{'a':1}", 'syntax', 1],
    ['[1,]', 'syntax', 3],
    ['[1 2]', 'syntax', 3],
    ['[1]]', 'syntax', 3],
    ['{}{}', 'syntax', 2],
    ['{} {}', 'syntax', 3],
    ['01', 'syntax', 1],
    ['+1', 'syntax', 0],
    ['.5', 'syntax', 0],
    ['1.', 'syntax', 2],
    ['1e', 'syntax', 2],
    ['-', 'syntax', 1],
    ['NaN', 'syntax', 0],
    ['Infinity', 'syntax', 0],
    ['nul', 'syntax', 0],
    ['True', 'syntax', 0],
    ['undefined', 'syntax', 0],
    ['// a comment', 'syntax', 0],
    ['"open', 'syntax', 0],
    ['"\\x41"', 'syntax', 1],
    ['"\\u12g4"', 'syntax', 1],
    ['"\\u12', 'syntax', 1],
    ['"a\tb"', 'control-character', 2],
    ['"a\nb"', 'control-character', 2],
    ['"a\0b"', 'control-character', 2],
    ['{"a":1,\r"b":2}', 'control-character', 7],
    ['{"a":\t1}', 'control-character', 5],
    ['{}\r', 'control-character', 2],
    ['\u{feff}{}', 'syntax', 0],
    ['\u{a0}1', 'syntax', 0],
    ['\0', 'control-character', 0],
  ])('a text that is not JSON has no value, and its error a place: %j', (text, code, offset) => {
    const { value, problem } = parse(text);
    expect(value).toBeUndefined();
    expect(problem).toMatchObject({ code, offset });
  });

  test.each<[string, number[], number]>([
    ['a lone continuation byte', [0x22, 0x80, 0x22], 1],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22], 1],
    ['an overlong slash in three bytes', [0x22, 0xe0, 0x80, 0xaf, 0x22], 1],
    ['a surrogate', [0x22, 0x61, 0xed, 0xa0, 0x80, 0x22], 2],
    ['a cut sequence', [0x22, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x22], 3],
    ['beyond Unicode', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], 1],
    ['a UTF-16 byte order mark', [0xff, 0xfe, 0x7b, 0x00], 0],
    ['a byte that is never UTF-8', [0x7b, 0x7d, 0xff], 2],
  ])('bytes that are not JSON have no value, and their error a place: %s', (_, bytes, offset) => {
    expect(parseStrict(Buffer.from(bytes))).toMatchObject({ problem: { code: 'encoding', offset } });
  });

  test('depth is bounded, without using up the stack', () => {
    expect(parse('['.repeat(256) + ']'.repeat(256)).problem).toBeUndefined();
    expect(parse('['.repeat(257) + ']'.repeat(257)).problem).toMatchObject({ code: 'depth', offset: 256 });
    expect(parse('{"a":'.repeat(1_000_000)).problem).toMatchObject({ code: 'depth' });
  });

  test('any bytes at all: it never throws, and accepts nothing that the platform refuses', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc
        .array(
          fc.constantFrom(
            '{',
            '}',
            '[',
            ']',
            '"',
            ':',
            ',',
            '1',
            'e',
            '-',
            '.',
            '\\',
            'u',
            ' ',
            '\t',
            'null',
          ),
        )
        .map((parts) => Buffer.from(parts.join(''))),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        const { problem } = parseStrict(Buffer.from(given));
        if (problem === undefined) {
          JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(given));
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('what parsers understand differently has a value and a problem', () => {
  test.each<[string, string, number]>([
    ['{"a":1,"a":2}', 'duplicate-member', 7],
    ['{"a":1,"\\u0061":2}', 'duplicate-member', 7],
    ['{"__proto__":1,"__proto__":2}', 'duplicate-member', 15],
    ['[{"x":{"y":[{"k":1,"k":1}]}}]', 'duplicate-member', 19],
    ['{"\\ud800":1}', 'malformed-name', 1],
    ['{"a":1e999}', 'number-range', 5],
    ['{"a":-1e999}', 'number-range', 5],
    [`{"a":0.${'1'.repeat(1_000)}}`, 'number-range', 5],
  ])('a text that parsers understand differently has a value and a problem: %s', (text, code, offset) => {
    const { value, problem } = parse(text);
    expect(value).toBeDefined();
    expect(problem).toMatchObject({ code, offset });
  });

  test('the first problem is told, and later text that is no JSON takes the value away', () => {
    expect(parse('{"a":1,"a":2,"b":1,"b":1}').problem?.offset).toBe(7);
    expect(parse('{"a":1,"a":2').value).toBeUndefined();
  });

  test('a name from outside can do nothing to a terminal', () => {
    const { problem } = parse('{"\\u001b[2J\u202e":1,"\\u001b[2J\u202e":1}');
    expect(problem?.message).toBe('the member "\\u001b[2J\\u202e" is there twice');
  });
});

describe('facts that a decision needs', () => {
  test('messages and their members have their places in the line', () => {
    const text = ' [ {"id" : 12 ,"x":"}"} , 5]';
    const { messages } = parse(text);
    const slice = ({ start, end }: { start: number; end: number }): string => text.slice(start, end);
    expect(messages.map(slice)).toEqual(['{"id" : 12 ,"x":"}"}', '5']);
    expect([...(messages[0]?.members ?? [])].map(([name, span]) => [name, slice(span)])).toEqual([
      ['id', '12'],
      ['x', '"}"'],
    ]);
  });

  test('a message by itself is one message', () => {
    expect(parse('{"id":1,"id":2}').messages).toMatchObject([
      { start: 0, end: 15, duplicates: new Set(['id']) },
    ]);
  });

  test('half a surrogate pair in a string is pointed at', () => {
    expect(parse('{"a":"x\\ud800y"}').loneSurrogateAt).toBe(5);
    expect(parse('{"a":"\\ud83d\\ude00"}').loneSurrogateAt).toBeUndefined();
  });

  test('numbers that a double does not keep are listed', () => {
    const kept = '[1, 1.0, 0.1, -0, 1e2, 123456789012345, 9007199254740992, 1.7976931348623157e308, 5e-324]';
    expect(parse(kept).inexactNumbers).toEqual([]);
    expect(parse('[9007199254740993, 0.1000000000000000055, 1e-400]').inexactNumbers).toEqual([
      '9007199254740993',
      '0.1000000000000000055',
      '1e-400',
    ]);
  });
});

test('five megabytes take well under a second', () => {
  const bytes = Buffer.from(
    JSON.stringify({ text: 'line\n'.repeat(1_000_000), list: Array(100_000).fill(1.5) }),
  );
  const start = performance.now();
  expect(parseStrict(bytes).problem).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(120_000);
});
