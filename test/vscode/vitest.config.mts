import path from 'node:path';
import { defineConfig } from 'vitest/config';

// One VS Code at a time: each suite starts its own. The limits only end what hangs: the machine may be slow, so a
// test may take longer than several of its waits. A test that is given up while it waits goes on waiting, and what
// it does meanwhile (such as focusing a view) disturbs the next one.
export default defineConfig({
  test: {
    root: path.resolve(import.meta.dirname, '../..'),
    include: ['test/vscode/**/*.test.ts'],
    globalSetup: ['test/vscode/host/pack.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 20_000,
  },
});
