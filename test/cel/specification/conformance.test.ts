import {
  getCheckingSuite,
  getComprehensionSuite,
  getConformanceSuite,
  getParsingSuite,
} from '@bufbuild/cel-spec/testdata/tests.js';
import { describe, expect, test } from 'vitest';
import { excluded, reasons } from './exclusions';
import type { SuiteName } from './exclusions';
import {
  runChecking,
  runComprehension,
  runConformance,
  runParsing,
  testsOf,
} from '../../support/cel/specification/runner';

// The CEL specification's own tests, as `@bufbuild/cel-spec` ships them. What does not apply is listed by name.
const suites = [
  { name: 'conformance', suite: getConformanceSuite(), run: runConformance, size: 2344 },
  { name: 'comprehension', suite: getComprehensionSuite(), run: runComprehension, size: 92 },
  { name: 'parser', suite: getParsingSuite(), run: runParsing, size: 194 },
  { name: 'checker', suite: getCheckingSuite(), run: runChecking, size: 135 },
] as const;

for (const { name, suite, run, size } of suites) {
  describe(`the ${name} tests of the CEL specification`, () => {
    const leftOut = excluded(name satisfies SuiteName);
    const tests = testsOf(suite);

    test(`all ${size - leftOut.size} tests that apply of ${size} pass`, () => {
      expect(tests).toHaveLength(size);
      const failures = tests
        .filter(({ name: test }) => !leftOut.has(test))
        .flatMap(({ name: test, test: given }) => {
          const outcome = run(given, test);
          return outcome.passed ? [] : [`${test}: ${outcome.reason}`];
        });
      expect(failures).toEqual([]);
    });

    test('tests are left out by name, each for a known reason, and only if they do not pass', () => {
      const byName = new Map(tests.map(({ name: test, test: given }) => [test, given]));
      const stale = [...leftOut].filter(([test, reason]) => {
        const given = byName.get(test);
        return given === undefined || !(reason in reasons) || run(given, test).passed;
      });
      expect(stale).toEqual([]);
    });
  });
}
