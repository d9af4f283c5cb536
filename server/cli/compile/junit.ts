import { jsonProblem } from '../../cel';
import type {
  ActionResult,
  JsonValue,
  OutputEntry,
  OutputFailure,
  SuiteResult,
  SuiteResults,
} from '../../policy';
import { resultNames } from './results-json';

/** Test results as JUnit XML, as the `cerbos` binary writes it: a case for each action. */
export function junit(results: SuiteResults, verbose: boolean): string {
  const { counts, tests } = results.summary;
  const suitesThat = (result: string): number =>
    results.suites.filter(({ summary }) => summary.result === result).length;
  const root = element(
    'testsuites',
    {
      // A suite that errors or is skipped counts by itself, beside its tests.
      errors: (counts.errored ?? 0) + suitesThat('errored'),
      failures: counts.failed ?? 0,
      skipped: (counts.skipped ?? 0) + suitesThat('skipped'),
      tests,
    },
    results.suites.map((suite) => suiteElement(suite, verbose)),
  );
  return `${lines(root, 0).join('\n')}\n`;
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly Element[];
  /** Already escaped; only where there are no children. */
  readonly text: string;
}

type Attributes = Element['attributes'];

function element(name: string, attributes: Attributes = {}, children: readonly Element[] = []): Element {
  return { name, attributes, children, text: '' };
}

function textElement(name: string, text: string, attributes: Attributes = {}): Element {
  return { name, attributes, children: [], text: escape(text) };
}

function lines({ name, attributes, children, text }: Element, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(String(value))}"`);
  const open = `${indent}<${name}${written.join('')}>`;
  if (children.length === 0) {
    return [`${open}${text}</${name}>`];
  }
  return [open, ...children.flatMap((child) => lines(child, depth + 1)), `${indent}</${name}>`];
}

function suiteElement(suite: SuiteResult, verbose: boolean): Element {
  const { name, file, description = '', summary, error = '', tests } = suite;
  const { result } = summary;
  const hasCases = result !== 'errored' && result !== 'skipped';
  const actions = hasCases ? tests.flatMap((each) => each.actions) : [];
  const count = (of: ActionResult['result']): number => actions.filter((each) => each.result === of).length;
  const head = {
    ...(description !== '' && { description }),
    name,
    file,
    errors: result === 'errored' ? 1 : count('errored'),
    failures: count('failed'),
    skipped: result === 'skipped' ? 1 : count('skipped'),
    tests: summary.tests,
  };
  const cases = hasCases
    ? tests.flatMap((each) => each.actions.map((action) => caseElement(file, each.name, action)))
    : [];
  return element('testsuite', head, [
    ...(result === 'errored' ? [textElement('error', error, { type: resultNames.errored })] : []),
    ...(result === 'skipped' && verbose ? [skipped('This test suite was skipped')] : []),
    element('properties'),
    ...cases,
  ]);
}

function skipped(message: string): Element {
  return element('skipped', { message });
}

function caseElement(file: string, name: string, result: ActionResult): Element {
  const { principal, resource, action } = result;
  const property = (key: string, value: string): Element => textElement('property', value, { name: key });
  const properties = [
    property('principal', principal),
    property('resource', resource),
    property('action', action),
  ];
  return element('testcase', { file, classname: `${principal}.${resource}.${action}`, name }, [
    outcome(result),
    element('properties', {}, properties),
  ]);
}

function outcome({ result, expected, actual, error, outputs, outputFailures }: ActionResult): Element {
  const type = resultNames[result];
  const effect = actual?.effect ?? '';
  switch (result) {
    case 'skipped':
      return skipped('This test was skipped');
    case 'errored':
      return textElement('error', error ?? '', { type });
    case 'failed': {
      const what = outputFailures.length > 0 ? 'Output' : 'Effect';
      return element('failure', { type, message: `${what} expectation unsatisfied` }, [
        ...outputSet(outputFailures.map(failedOutput)),
        textElement('actual', effect),
        textElement('expected', expected),
      ]);
    }
    case 'passed':
      return element('success', { type }, [
        ...outputSet(outputs.map(givenOutput)),
        textElement('actual', effect),
        textElement('expected', effect),
      ]);
  }
}

function outputSet(outputs: readonly Element[]): readonly Element[] {
  return outputs.length === 0 ? [] : [element('outputs', {}, outputs)];
}

function failedOutput({ src, kind, expected, actual, error }: OutputFailure): Element {
  const got = { missing: undefined, mismatched: render(actual), errored: failed(error) }[kind];
  return output(src, render(expected), got);
}

function givenOutput({ src, val, error }: OutputEntry): Element {
  return output(src, render(val), error === undefined ? render(val) : failed(error));
}

function output(src: string, expected: string, actual: string | undefined): Element {
  return element('output', { src }, [verbatim('expected', expected), verbatim('actual', actual)]);
}

function failed(error = ''): string {
  return `Failed to evaluate output expression: ${error}`;
}

function verbatim(name: string, text: string | undefined): Element {
  const written = text === undefined ? '' : `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
  return { name, attributes: {}, children: [], text: written };
}

/** JSON with its keys in order. */
function render(value: JsonValue | undefined): string {
  if (value !== undefined && jsonProblem(value) !== undefined) {
    return 'FAILED TO RENDER';
  }
  return JSON.stringify(value ?? null, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** Text for XML: what XML cannot hold at all becomes U+FFFD. */
function escape(text: string): string {
  return text
    .replace(/[&<>"'\t\n\r]/g, (character) => escapes[character] ?? character)
    .replace(/[^\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}
