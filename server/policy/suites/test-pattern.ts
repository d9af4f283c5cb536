import { compilePattern } from '../schemas/formats/pattern';
import type { Pattern } from '../schemas/formats/pattern';
import type { PlannedTest } from './plan';

/** The reason that `cerbos 0.55` gives for tests that `--run` leaves out. They count as skipped. */
export const patternReason = 'Test name did not match the provided pattern';

/**
 * Parses a regular expression in the form of `cerbos compile --run`.
 * @returns undefined for an empty one, which lets all tests run
 * @throws Error if RE2 would refuse it
 */
export function parseTestPattern(source: string): Pattern | undefined {
  if (source === '') {
    return undefined;
  }
  const pattern = compilePattern(source);
  if (!pattern) {
    throw new Error(`invalid run specification: \`${source}\` is not a regular expression`);
  }
  return pattern;
}

/**
 * The name that `--run` is matched against. `cerbos 0.55` writes the suite's name, and behind it the test with its
 * principal and resource as the text form of a protocol buffer.
 */
export function fullTestName(suite: string, { table, principal, resource }: PlannedTest): string {
  const fields = {
    test_table_name: table.value.name?.value ?? '',
    principal_key: principal,
    resource_key: resource,
  };
  const written = Object.entries(fields).filter(([, value]) => value !== '');
  return `${suite}/${written.map(([name, value]) => `${name}:${quoted(value)}`).join('  ')}`;
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function quoted(text: string): string {
  return `"${text.replace(/["\\]|\p{Cc}/gu, escaped)}"`;
}

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  const long = character < '\u0080' ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  return shortEscapes[character] ?? long;
}
