import { describe, expect, test } from 'vitest';
import { gatehouse } from '../../support/cli/gatehouse';
import { binary } from '../support/compile-programs';
import type { Outcome } from '../../support/cli/gatehouse';
import { removePolicies, writePolicies } from '../support/server';
import { cases, policies } from './suite-cases';

describe('results of suites', () => {
  test.concurrent.each(Object.entries(cases))(
    'results of suites are those of cerbos 0.55, down to the JSON: %s',
    async (_, { files, options = [] }) => {
      const all = Object.entries({ ...policies, ...files });
      const directory = await writePolicies(all.map(([path, content]) => ({ path, text: content })));
      try {
        const args = ['--output', 'json', ...options, directory];
        const [theirs, ours] = await Promise.all([binary(['compile', ...args]), gatehouse(args)]);
        expect(comparable(ours)).toEqual(comparable(theirs));
      } finally {
        await removePolicies(directory);
      }
    },
  );
});

describe('JUnit output', () => {
  test.concurrent.each(Object.entries(cases))(
    'JUnit output is the one of cerbos 0.55: %s',
    async (_, { files, options = [] }) => {
      const all = Object.entries({ ...policies, ...files });
      const directory = await writePolicies(all.map(([path, content]) => ({ path, text: content })));
      try {
        const args = ['--test-output', 'junit', '--verbose', ...options, directory];
        const [theirs, ours] = await Promise.all([binary(['compile', ...args]), gatehouse(args)]);
        expect(ours.code).toBe(theirs.code);
        expect(comparableXml(ours.stdout)).toBe(comparableXml(theirs.stdout));
      } finally {
        await removePolicies(directory);
      }
    },
  );
});

/** Outputs come in random order from `cerbos 0.55`, and how a mistake is worded is our own. */
function comparableXml(xml: string): string {
  return xml
    .trim()
    .replace(/(<error[^>]*>[^:<]*)[^<]*/g, '$1')
    .replace(/<outputs>[^]*?<\/outputs>/g, (outputs) =>
      (outputs.match(/<output [^]*?<\/output>/g) ?? []).sort().join('\n'),
    );
}

interface Suite {
  readonly error?: string;
}

/** Errors are compared by their first line's beginning: how a mistake is worded is our own. */
function comparable({ code, stdout }: Outcome): unknown {
  const results = JSON.parse(stdout) as { readonly suites?: readonly Suite[] };
  const suites = results.suites?.map((suite) =>
    suite.error === undefined ? suite : { ...suite, error: suite.error.split(':')[0] },
  );
  return { code, results: sorted({ ...results, ...(suites && { suites }) }) };
}

/** Output failures come in random order from `cerbos 0.55`. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]: [string, unknown]) => {
      const inner = sorted(each);
      if (name !== 'outputs' || !Array.isArray(inner)) {
        return [name, inner];
      }
      const list: readonly unknown[] = inner;
      return [name, list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))];
    }),
  );
}
