import { describe, expect, test } from 'vitest';
import { sha256 } from '../../protocol';
import type { JsonObject } from '../../protocol';
import { masked, maskArguments, maskText, recordLimits } from './mask';

const m = '[masked]';

describe('arguments', () => {
  test.each<[string, JsonObject, readonly string[], JsonObject]>([
    ['nothing that is harmless', { a: 'x', n: 1, b: true, z: null }, [], { a: 'x', n: 1, b: true, z: null }],
    [
      'by name',
      { password: 'x', apiKey: 'y', access_token: 'z', pin: 1234 },
      [],
      { password: m, apiKey: m, access_token: m, pin: m },
    ],
    ['by name, at any depth', { a: [{ Authorization: 'x' }] }, [], { a: [{ Authorization: m }] }],
    ['what policy redacts', { a: 'x', b: 'y' }, ['a'], { a: m, b: 'y' }],
    ['whole structures', { a: { b: ['x'] } }, ['a'], { a: m }],
    ['inside structures', { a: { b: 'x', c: 'y' } }, ['a.b'], { a: { b: m, c: 'y' } }],
    ['one item', { a: ['x', 'y'] }, ['a[1]'], { a: ['x', m] }],
    ['in all items', { a: [{ k: 'x' }, { k: 'y' }] }, ['a[*].k'], { a: [{ k: m }, { k: m }] }],
    ['by JSON Pointer', { 'a.b': { 'c/d': 'x' } }, ['/a.b/c~1d'], { 'a.b': { 'c/d': m } }],
  ])('arguments are masked: %s', (_, args, redact, expected) => {
    expect(maskArguments(args, redact)).toEqual(expected);
  });

  test('arguments are cut where they are long, and say so', () => {
    const { text } = maskArguments({ text: 'x'.repeat(10_000) }) as { text: string };
    expect(text).toBe(`${'x'.repeat(2000)}… [10000 characters]`);
    const { list } = maskArguments({ list: Array.from({ length: 5000 }, () => 1) }) as { list: unknown[] };
    expect(list).toHaveLength(1000);
    expect(list.at(-1)).toBe('[4001 more]');
  });

  test('arguments are cut where they are deep', () => {
    let deep: JsonObject = {};
    for (let depth = 0; depth < 100; depth += 1) {
      deep = { deep };
    }
    expect(JSON.stringify(maskArguments(deep))).toContain('[deeper than is shown]');
  });

  test('arguments keep a member that is called __proto__', () => {
    const args = JSON.parse('{"__proto__": {"password": "x"}}') as JsonObject;
    expect(JSON.stringify(maskArguments(args))).toBe('{"__proto__":{"password":"[masked]"}}');
  });
});

describe('names', () => {
  test('names that are cut still tell each other apart, and their values stay', () => {
    const long = 'x'.repeat(300);
    const shown = maskArguments({ [`${long}1`]: 'one', [`${long}2`]: 'two' });
    expect(Object.values(shown)).toEqual(['one', 'two']);
    expect(Object.keys(shown).every((name) => name.startsWith('x'.repeat(200)) && name.length < 260)).toBe(
      true,
    );
    // The same name is shown the same, whatever stands beside it.
    expect(Object.keys(maskArguments({ [`${long}2`]: 'two' }))[0]).toBe(Object.keys(shown)[1]);
  });

  test('names that are masked do not take each other’s place', () => {
    const token = (end: string): string => `ghp_abcdefghijklmnopqrstuvwxyz${end}`;
    expect(maskArguments({ [token('1')]: 1, [token('2')]: 2, '[masked] (2)': 3 })).toEqual({
      '[masked]': 1,
      '[masked] (2)': 2,
      '[masked] (2) (2)': 3,
    });
  });
});

describe('secrets in texts', () => {
  test.each([
    ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', m],
    ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer [masked]'],
    ['https://user:pass@example.com/x', 'https://[masked]@example.com/x'],
    ['PASSWORD=hunter2 rest', 'PASSWORD=[masked] rest'],
    ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----', m],
    ['AKIAIOSFODNN7EXAMPLE', m],
    ['https://x.example/a?X-Amz-Signature=abc&b=1', 'https://x.example/a?X-Amz-Signature=[masked]&b=1'],
    ['https://x.example/?code=abc#top', 'https://x.example/?code=[masked]#top'],
    ['notes://plan?sig=a%20b&key=c', 'notes://plan?sig=[masked]&key=[masked]'],
    ['https://x.example/?monkey=1&keys=2', 'https://x.example/?monkey=1&keys=2'],
    ['nothing secret here', 'nothing secret here'],
  ])('secrets in texts are masked: %j', (text, expected) => {
    expect(maskText(text)).toBe(expected);
  });

  test('secrets in texts are looked for in linear time', () => {
    const start = performance.now();
    for (const text of [
      'a-'.repeat(4000),
      'a.'.repeat(4000),
      '-----BEGIN '.repeat(700),
      'x://'.repeat(2000),
      '?a-'.repeat(3000),
    ]) {
      maskText(text);
    }
    expect(performance.now() - start).toBeLessThan(120_000);
  });

  test.each<[string, JsonObject]>([
    ['one long text', { text: 'x'.repeat(1_000_000) }],
    ['many texts', { list: Array.from({ length: 5_000 }, (_, n) => `${n} ${'y'.repeat(500)}`) }],
    [
      'long names',
      Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`${'n'.repeat(190)}${n}`, n])),
    ],
    ['depth', { a: Array.from({ length: 400 }, () => ({ b: { c: ['z'.repeat(3_000)] } })) }],
  ])('a record stays small whatever a call carries: %s', (_, args) => {
    expect(JSON.stringify(maskArguments(args, [], recordLimits)).length).toBeLessThan(100_000);
  });

  test('a record says what was cut: its beginning, its length, its digest', () => {
    const text = 'x'.repeat(5_000);
    expect(maskArguments({ text }, [], recordLimits)).toEqual({
      text: `${'x'.repeat(1_000)}… [5000 characters, sha256 ${sha256(text)}]`,
    });
    expect(maskArguments({ token: text }, [], recordLimits)).toEqual({ token: masked });
  });
});
