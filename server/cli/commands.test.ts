import { describe, expect, test } from 'vitest';
import { commands } from './commands';

describe.each(Object.keys(commands))('gatehouse %s', (name) => {
  test('says in one line what it is for, and how it is used', async () => {
    const command = await commands[name]?.();
    expect(command?.summary).toMatch(/^\S[^\n]{5,110}[^.\n]$/);
    expect(command?.usage).toMatch(new RegExp(`^Usage: gatehouse ${name}\\b`));
    expect(command?.usage.endsWith('\n')).toBe(false);
  });
});
