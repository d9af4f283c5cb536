import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'vitest';
import { Bell } from './bell';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-bell-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const hour = 3_600_000;

test('a change in the folder wakes, also one that came before anybody waited', async () => {
  const bell = new Bell(folder);
  const waiting = bell.rings(hour);
  writeFileSync(join(folder, 'a'), '');
  await waiting;
  writeFileSync(join(folder, 'b'), '');
  // Its event comes while nobody waits.
  await new Promise((resolve) => setTimeout(resolve, 10));
  await bell.rings(hour);
  bell.close();
});

test.each([
  ['in which nothing happens', ''],
  ['that is not there', 'none'],
])('time wakes whoever waits for a folder %s', async (_, name) => {
  const bell = new Bell(join(folder, name));
  await bell.rings(5);
  await bell.rings(5);
  bell.close();
});
