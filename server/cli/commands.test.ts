import { expect, test } from 'vitest';
import { commands } from './commands';
import { summaries } from './summaries';

test.each(Object.entries(summaries))('gatehouse %s says in one line what it is for', (_, summary) => {
  expect(summary).toMatch(/^\S[^\n]{5,110}[^.\n]$/);
});

test.each(Object.entries(commands))('gatehouse %s says how it is used', async (name, load) => {
  const { usage } = await load();
  expect(usage).toMatch(new RegExp(`^Usage: gatehouse ${name}\\b`));
  expect(usage.endsWith('\n')).toBe(false);
});
