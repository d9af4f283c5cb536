import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'client/**/*.test.ts',
      'server/**/*.test.ts',
      'test/{layers,scripts,policies,docs}/**/*.test.ts',
    ],
    testTimeout: 20_000,
    restoreMocks: true,
  },
});
