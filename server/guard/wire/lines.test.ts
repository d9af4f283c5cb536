import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from './lines';
import type { Line } from './lines';

const split = (chunks: readonly Uint8Array[], maxLineBytes = 1_000): readonly Line[] => {
  const splitter = new LineSplitter(maxLineBytes);
  return chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk)));
};
const texts = (lines: readonly Line[]): string[] =>
  lines.map((line) => (line.kind === 'line' ? line.bytes.toString('latin1') : `too long: ${line.length}`));
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

test('lines end at LF, and at nothing else', () => {
  expect(texts(split([bytes('a\nb\rc\vd\fe\u0085f\r\ng\n')]))).toEqual(['a', 'b\rc\vd\fe\u0085f', 'g']);
});

test('one CR before the LF belongs to the end, a second does not', () => {
  expect(texts(split([bytes('a\r\r\n\r\n\n')]))).toEqual(['a\r']);
});

test('what is forwarded ends with LF alone', () => {
  const lines = split([bytes('a\r\nb\n')]);
  expect(lines.map((line) => line.kind === 'line' && line.framed.toString())).toEqual(['a\n', 'b\n']);
});

test('a line that is too long is one fact, and takes no memory', () => {
  const splitter = new LineSplitter(10);
  const long = Array.from({ length: 1_000 }, () => splitter.push(Buffer.alloc(1_000, 0x61))).flat();
  expect(long).toEqual([]);
  expect(texts(splitter.push(bytes('\n0123456789\n0123456789\r\n0123456789a\n')))).toEqual([
    'too long: 1000000',
    '0123456789',
    '0123456789',
    'too long: 11',
  ]);
});

test('a line that arrives byte by byte takes about its own size of memory', () => {
  const splitter = new LineSplitter(1_000_000);
  const most = 500_000;
  for (let count = 0; count < most; count++) {
    // Each piece is a buffer of its own, as a stream makes them.
    splitter.push(Buffer.from('x'));
  }
  expect(splitter.held).toBeLessThanOrEqual(2 * most);
  expect(splitter.push(Buffer.from('\n'))).toMatchObject([{ kind: 'line', bytes: { length: most } }]);
  expect(splitter.held).toBe(0);
});

test('bytes after the last end are counted', () => {
  const splitter = new LineSplitter(10);
  splitter.push(bytes('abc\nde'));
  expect(splitter.unfinished).toBe(2);
});

test('however the stream is cut, the lines are the same', () => {
  const stream = fc.array(fc.constantFrom('a', 'é', '\r', '\n', '\n', '{"x":1}', 'b'.repeat(12)), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(stream, fc.array(fc.nat(), { maxLength: 20 }), (parts, cuts) => {
      const whole = Buffer.from(parts.join(''));
      const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)).toSorted((a, b) => a - b), whole.length];
      const chunks = at.slice(1).map((end, n) => whole.subarray(at[n], end));
      expect(texts(split(chunks, 14))).toEqual(texts(split([whole], 14)));
    }),
    { numRuns: 1_000 },
  );
});
