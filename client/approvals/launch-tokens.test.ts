import { describe, expect, test } from 'vitest';
import { LaunchTokens } from './launch-tokens';

const minute = 60_000;

describe('a launch token', () => {
  const now = { wall: Date.UTC(2026, 0, 5, 10), monotonic: 0 };
  const tokens = new LaunchTokens<string>({ wall: () => now.wall, monotonic: () => now.monotonic });
  const pass = (milliseconds: number): void => {
    now.wall += milliseconds;
    now.monotonic += milliseconds;
  };

  test('a launch token is good once, for ten minutes', () => {
    const [first, second] = [tokens.issue('a'), tokens.issue('b')];
    pass(9 * minute);
    expect(tokens.redeem(first)).toBe('a');
    expect(tokens.redeem(first)).toBeUndefined();
    pass(minute);
    expect(tokens.redeem(second)).toBeUndefined();
  });

  test('a launch token expires although the clock was set forwards and back', () => {
    const token = tokens.issue('a');
    now.wall += 60 * minute;
    now.wall -= 60 * minute;
    pass(10 * minute);
    expect(tokens.redeem(token)).toBeUndefined();
  });

  test('a launch token expires although the clock was set back while it waited', () => {
    const token = tokens.issue('a');
    pass(9 * minute);
    now.wall -= 9 * minute;
    pass(minute);
    expect(tokens.redeem(token)).toBeUndefined();
  });
});
