import { describe, expect, test } from 'vitest';
import { LineIndex, oneColumnOn } from './position';

describe('LineIndex', () => {
  const text = 'one\ntwo 😀 x\r\n\nlast';
  const lines = new LineIndex(text);

  test('LineIndex counts lines and UTF-16 characters from zero, as LSP does', () => {
    expect(lines.position(0)).toEqual({ line: 0, character: 0 });
    expect(lines.position(text.indexOf('x'))).toEqual({ line: 1, character: 7 });
    expect(lines.position(text.length + 10)).toEqual({ line: 3, character: 4 });
  });

  test('LineIndex counts lines and code points from one, as cerbos 0.55 does', () => {
    expect(lines.lineAndColumn(text.indexOf('x'))).toEqual({ line: 2, column: 7 });
    expect(lines.lineAndColumn(text.indexOf('last'))).toEqual({ line: 4, column: 1 });
  });

  test('LineIndex knows the column after the end of a line', () => {
    const end = text.indexOf('\n');
    const { line, column } = lines.lineAndColumn(end);
    expect(lines.lineAndColumn(end + oneColumnOn)).toEqual({ line, column: column + 1 });
  });

  test('LineIndex gives the offset of every position back, and clamps positions that do not exist', () => {
    for (let offset = 0; offset <= text.length; offset++) {
      expect(lines.offset(lines.position(offset))).toBe(offset);
    }
    expect(lines.offset({ line: 0, character: 99 })).toBe(3);
    expect(lines.offset({ line: 99, character: 0 })).toBe(text.length);
  });
});
