import { describe, expect, test } from 'vitest';
import { inertText, visibleLine, visibleText } from './printable';

/** Every code unit and some of the planes above: what is not in the table of either function stays as it is. */
function everything(): readonly string[] {
  const points = Array.from({ length: 0x10000 }, (_, code) => code);
  for (let code = 0x10000; code <= 0x10ffff; code += code < 0xe2000 && code >= 0xe0000 ? 1 : 0x101) {
    points.push(code);
  }
  return points.map((code) => String.fromCodePoint(code));
}

/** ECMA-48: C0 and C1, DEL among them. Line feed and tab only place what follows. */
function isObeyed(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (code < 0x20 && code !== 0x0a && code !== 0x09) || (code >= 0x7f && code <= 0x9f);
}

describe('text of others', () => {
  test('printable text has no character left that a terminal obeys, nor one that reorders a line', () => {
    const reorders = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/;
    for (const shown of [inertText, visibleText, visibleLine]) {
      const left = everything().filter((character) => {
        const text = shown(character);
        return Array.from(text).some(isObeyed) || reorders.test(text);
      });
      expect(left).toEqual([]);
    }
  });

  test('text inside a JSON text keeps its meaning', () => {
    const value = everything().join('');
    expect(JSON.parse(inertText(JSON.stringify(value)))).toBe(value);
    expect(JSON.parse(visibleText(JSON.stringify(value)))).toBe(value);
  });

  test('visible text stays as it is, letters of all languages and emoji included', () => {
    const text = 'naïve 日本語 עברית ไทย 👍 e\u0301';
    expect(visibleLine(text)).toBe(text);
    expect(inertText(`${text}\n\t👩\u200d👧 ❤\ufe0f`)).toBe(`${text}\n\t👩\u200d👧 ❤\ufe0f`);
  });

  test('invisible characters are shown', () => {
    expect(visibleText('a\u200bb\u{e0041}c\u00add')).toBe('a\\u200bb\\udb40\\udc41c\\u00add');
  });

  test('the text of others forges no line', () => {
    expect(visibleLine('a\nallowed\r\u2028b\u0085')).toBe('a\\nallowed\\u000d\\u2028b\\u0085');
  });
});
