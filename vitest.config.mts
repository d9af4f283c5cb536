import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'client/**/*.test.ts',
      'server/**/*.test.ts',
      'test/{layers,packages,scripts,policies,docs}/**/*.test.ts',
    ],
    // Only what hangs takes so long: no test depends on the speed of a machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    restoreMocks: true,
  },
});
