import { describe, expect, test } from 'vitest';
import { elapsedSince, momentOf } from './clock';

const start = Date.UTC(2026, 0, 5, 10);
const minute = 60_000;

describe('the time since a moment', () => {
  test.each([
    ['both clocks agree', 10 * minute, 10 * minute, 10 * minute],
    ['the machine slept, where the monotonic clock stands still', 180 * minute, 1 * minute, 180 * minute],
    ['the wall clock was corrected a little', 9.5 * minute, 10 * minute, 10 * minute],
    ['the wall clock jumped forwards', 300 * minute, 1 * minute, 300 * minute],
    ['the wall clock was set back', -120 * minute, 1 * minute, Infinity],
    ['the wall clock was set back by what has passed', 0, 20 * minute, Infinity],
  ])('the time since a moment is right when %s', (_, wall, monotonic, elapsed) => {
    const now = { wall: start, monotonic: 1_000 };
    const clock = { wall: () => now.wall, monotonic: () => now.monotonic };
    const moment = momentOf(clock);
    now.wall += wall;
    now.monotonic += monotonic;
    expect(elapsedSince(clock, moment)).toBe(elapsed);
  });
});
