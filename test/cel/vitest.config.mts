import path from 'node:path';
import { defineConfig } from 'vitest/config';

// The CEL engine against the specification's tests and against the real `cerbos` binary.
export default defineConfig({
  test: {
    root: path.resolve(import.meta.dirname, '../..'),
    include: ['test/cel/**/*.test.ts'],
    testTimeout: 600_000,
    // The specification's test data comes as CommonJS and as ESM; its parts must be loaded in one way.
    server: { deps: { inline: [/@bufbuild\/cel-spec/] } },
  },
});
