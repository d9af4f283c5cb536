import path from 'node:path';
import { defineConfig } from 'vitest/config';

// Each test starts processes of its own, on a machine that may be slow.
export default defineConfig({
  test: {
    root: path.resolve(import.meta.dirname, '../..'),
    include: ['test/conformance/**/*.test.ts'],
    globalSetup: ['test/conformance/bundles.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
