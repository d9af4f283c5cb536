import path from 'node:path';
import { defineConfig } from 'vitest/config';

// One VS Code at a time: each suite starts its own, and the machine may be slow.
export default defineConfig({
  test: {
    root: path.resolve(import.meta.dirname, '../..'),
    include: ['test/vscode/**/*.test.ts'],
    globalSetup: ['test/vscode/host/pack.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 180_000,
    teardownTimeout: 20_000,
  },
});
