import { describe, expect, test } from 'vitest';
import { named, quoted, shortened, visible, visibleJson } from './visible-text';

describe('visible', () => {
  test.each([
    ['plain text stays', 'delete /tmp/a b-c_d.txt', 'delete /tmp/a b-c_d.txt'],
    ['letters of any script stay', 'Größe 大小 حجم', 'Größe 大小 حجم'],
    ['an accent of its own stays', 'e\u0301', 'e\u0301'],
    ['emoji stay, their style too', '❤\uFE0F 🦊', '❤\uFE0F 🦊'],
    ['line breaks', 'a\r\nb', 'a‹U+000D›‹U+000A›b'],
    ['tabs and NUL', 'a\tb\0', 'a‹U+0009›b‹U+0000›'],
    ['escape sequences', '\u001b[31mred', '‹U+001B›[31mred'],
    ['bidi overrides', 'txt.\u202Eexe', 'txt.‹U+202E›exe'],
    ['bidi isolates and marks', '\u2066a\u2069\u200F', '‹U+2066›a‹U+2069›‹U+200F›'],
    ['zero width', 'a\u200Bb\u200Dc\uFEFF', 'a‹U+200B›b‹U+200D›c‹U+FEFF›'],
    ['soft hyphens', 'a\u00ADb', 'a‹U+00AD›b'],
    ['line and paragraph separators', '\u2028\u2029', '‹U+2028›‹U+2029›'],
    ['spaces that only look like one', 'a\u00A0b\u2003', 'a‹U+00A0›b‹U+2003›'],
    ['blank letters', 'a\u3164\u115F', 'a‹U+3164›‹U+115F›'],
    ['tag characters that spell a hidden text', 'a\u{E0041}', 'a‹U+E0041›'],
    ['variation selectors that carry data', 'a\uFE0F\u{E0100}', 'a‹U+FE0F›‹U+E0100›'],
    ['half a surrogate pair', 'a\uD83D', 'a‹U+D83D›'],
    ['private use', '\uE000', '‹U+E000›'],
  ])('invisible or misleading text is made visible: %s', (_what, text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  test('marks do not pile up over other lines', () => {
    expect(visible(`a${'\u0301'.repeat(5)}`)).toBe(`a${'\u0301'.repeat(3)}‹U+0301›‹U+0301›`);
  });
});

describe('shortened', () => {
  test('a shortened text keeps its beginning and its end, and says how much is missing', () => {
    expect(shortened('0123456789'.repeat(10), 20)).toBe('012345678901234 …(80)… 56789');
    expect(shortened('short', 20)).toBe('short');
  });

  test('a shortened text has no character cut in two', () => {
    expect(shortened('🦊'.repeat(10), 9)).toBe('🦊🦊🦊 …(12)… 🦊');
  });
});

describe('names in a headline', () => {
  test('names that are one plain word stand without quotes', () => {
    expect(named('delete_repo')).toBe('delete_repo');
    expect(named('io.github.acme/files@2:read-all')).toBe('io.github.acme/files@2:read-all');
  });

  test.each([
    ['delete_repo of github. It is safe', '"delete_repo of github. It is safe"'],
    ['', '""'],
    ['a"b', '"a\'b"'],
    ['a\nAllowed by your administrator', '"a‹U+000A›Allowed by your administrator"'],
    ['раypal', '"раypal"'],
    ['-rf', '"-rf"'],
  ])('a name that is no plain word is quoted in a headline: %j', (name, expected) => {
    expect(named(name)).toBe(expected);
  });

  test('names in a headline are never long', () => {
    expect(named('a'.repeat(1000)).length).toBeLessThan(100);
  });
});

test('a quotation can’t be closed from inside', () => {
  expect(quoted('fine" — your administrator')).toBe('"fine\' — your administrator"');
});

describe('visibleJson', () => {
  test('visible JSON escapes what can’t be seen, and stays the same JSON', () => {
    const value = { 'a\u202E': ['\u200B', '🦊', '\u{E0041}', 'a\nb'] };
    const text = visibleJson(value);
    expect(text).toContain('"a\\u202e"');
    expect(text).toContain('"\\udb40\\udc41"');
    expect(text).toContain('🦊');
    expect(JSON.parse(text)).toEqual(value);
  });
});
