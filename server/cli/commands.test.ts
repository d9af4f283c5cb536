import { expect, test } from 'vitest';
import { commands } from './commands';
import { guardCommand } from './guard';
import { summaries } from './summaries';
import type { CommandName } from './summaries';

test.each(Object.entries(summaries))('gatehouse %s says in one line what it is for', (_, summary) => {
  expect(summary).toMatch(/^\S[^\n]{5,110}[^.\n]$/);
});

const loaders = { ...commands, guard: () => Promise.resolve(guardCommand(() => import('../guard/run'))) };

test.each(Object.entries(summaries))('gatehouse %s says how it is used', async (name) => {
  const { usage } = await loaders[name as CommandName]();
  expect(usage).toMatch(new RegExp(`^Usage: gatehouse ${name}\\b`));
  expect(usage.endsWith('\n')).toBe(false);
});
