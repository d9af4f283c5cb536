import { describe, expect, test } from 'vitest';
import { untranslated as t } from '../translate';
import { argumentLines, argumentValue } from './argument-lines';

describe('argumentLines', () => {
  test('each argument gets a line, with strings in quotes', () => {
    expect(argumentLines({ owner: 'acme', force: true, tags: ['a', 'b'] }, t)).toEqual([
      'owner: "acme"',
      'force: true',
      'tags: ["a","b"]',
    ]);
  });

  test('the affected argument comes first, whatever order the agent chose', () => {
    const lines = argumentLines({ note: 'x', content: 'y', path: 'a.txt', other: '/etc/passwd' }, t);
    expect(lines).toEqual(['other: "/etc/passwd"', 'path: "a.txt"', 'note: "x"', 'content: "y"']);
  });

  test('arguments without room are named, so that padding hides nothing', () => {
    const padding = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`pad${i}`, 'x']));
    const lines = argumentLines({ ...padding, path: '/etc/passwd' }, t);
    expect(lines).toHaveLength(9);
    expect(lines[0]).toBe('path: "/etc/passwd"');
    expect(lines[8]).toMatch(/^… and 13 more: pad7, pad8, /);
  });

  test('long values are shortened and invisible characters are shown', () => {
    const [line] = argumentLines({ text: `${'x'.repeat(500)}\n\u202Eend` }, t);
    expect(line).toContain('…(');
    expect(line).toMatch(/\\n‹U\+202E›end"$/);
    expect(line!.length).toBeLessThan(200);
  });

  test('names that differ only where they are cut are told apart', () => {
    const name = (middle: string): string => `${'a'.repeat(40)}${middle}${'z'.repeat(40)}`;
    const lines = argumentLines({ [name('1')]: 'one', [name('2')]: 'two' }, t);
    expect(new Set(lines.map((line) => line.split(': ')[0])).size).toBe(2);
  });

  test('a line says when there are no arguments', () => {
    expect(argumentLines({}, t)).toEqual(['(no arguments)']);
  });

  test('a name that is crafted to look like another line is shown as a name', () => {
    expect(argumentLines({ 'a\nServer: trusted': 1 }, t)).toEqual(['a‹U+000A›Server: trusted: 1']);
  });
});

test('a value shows its own quotes escaped', () => {
  expect(argumentValue('a"b')).toBe('"a\\"b"');
});
