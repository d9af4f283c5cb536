import { readFileSync } from 'node:fs';
import {
  getCheckingSuite,
  getComprehensionSuite,
  getConformanceSuite,
  getParsingSuite,
} from '@bufbuild/cel-spec/testdata/tests.js';
import { expect, test } from 'vitest';
import { passesComprehension, passesConformance, peers } from '../../support/cel/specification/peers';
import {
  runChecking,
  runComprehension,
  runConformance,
  runParsing,
  testsOf,
} from '../../support/cel/specification/runner';

type Named = ReturnType<typeof testsOf>[number];

/** A row of the table: the suite, how many tests there are, and how many each implementation passes. */
function row(
  suite: string,
  tests: readonly Named[],
  ours: (test: Named) => boolean,
  theirs: readonly (((test: Named) => boolean) | undefined)[],
): string {
  const count = (passes: ((test: Named) => boolean) | undefined): string =>
    passes ? tests.filter(passes).length.toLocaleString('en') : '–';
  const cells = [suite, tests.length.toLocaleString('en'), count(ours), ...theirs.map(count)];
  return `| ${cells.join(' | ')} |`;
}

test('the table of conformance in the README says what is so', () => {
  const rows = [
    row(
      'conformance',
      testsOf(getConformanceSuite()),
      ({ test }) => runConformance(test).passed,
      peers.map(
        (peer) =>
          ({ test }) =>
            passesConformance(peer, test),
      ),
    ),
    row(
      'comprehension',
      testsOf(getComprehensionSuite()),
      ({ test, name }) => runComprehension(test, name).passed,
      peers.map(
        (peer) =>
          ({ test, name }) =>
            passesComprehension(peer, test, name),
      ),
    ),
    row(
      'parser',
      testsOf(getParsingSuite()),
      ({ test }) => runParsing(test).passed,
      peers.map(({ parses }) => parses && (({ test }) => parses(test))),
    ),
    row(
      'checker',
      testsOf(getCheckingSuite()),
      ({ test }) => runChecking(test).passed,
      peers.map(() => undefined),
    ),
  ];
  const readme = readFileSync('server/cel/README.md', 'utf8');
  const published = readme
    .split('\n')
    .filter((line) => /^\| (?:conformance|comprehension|parser|checker) \|/.test(line));
  expect(published).toEqual(rows);
});
