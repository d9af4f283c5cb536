import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { root } from '../tools';

test('npm start opens the demo workspace with its guarded servers', { timeout: 180_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/start.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stderr).not.toContain('Error');
  expect(stdout).toMatch(/Open http:\/\/127\.0\.0\.1:\d+/);
  expect(stdout).toContain("The guarded servers' tools are there");
  expect(status).toBe(0);
});
