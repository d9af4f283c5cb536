import path from 'node:path';
import { defineConfig } from 'vitest/config';

// The engine against the real `cerbos` binary, which starts once for each way of deciding.
export default defineConfig({
  test: {
    root: path.resolve(import.meta.dirname, '../..'),
    include: ['test/differential/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
