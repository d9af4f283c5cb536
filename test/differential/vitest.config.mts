import path from 'node:path';
import { defineConfig } from 'vitest/config';

// The engine against the real `cerbos` binary, which starts once for each way of deciding.
export default defineConfig({
  test: {
    root: path.resolve(import.meta.dirname, '../..'),
    include: ['test/differential/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
