import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Progress } from './progress';

/** The text that is written when steps end at these times, in milliseconds. */
function shown(isTTY: boolean, times: readonly number[]): string {
  const stream = Object.assign(new PassThrough(), { isTTY });
  let now = 0;
  const progress = new Progress(stream, '\u001b', () => now);
  for (const [index, time] of times.entries()) {
    now = time;
    progress.show(() => `Test suites: ${index + 1} of ${times.length}`);
  }
  progress.end();
  return String(stream.read() ?? '').replaceAll('\u001b[G\u001b[K', '|');
}

describe('progress', () => {
  test('progress is not shown in a short run', () => {
    expect(shown(true, [300, 600, 900])).toBe('');
  });

  test('progress is shown in a long run, not too often, and goes away', () => {
    expect(shown(true, [500, 1100, 1110, 1300])).toBe('|Test suites: 2 of 4|Test suites: 4 of 4|');
  });

  test('progress is shown in terminals only', () => {
    expect(shown(false, [2000, 3000])).toBe('');
  });
});
