// Policies, suites and fixtures that carry YAML of every style, so that a response shows what was read.
import type { PolicyFile } from '../../../server/policy';
import type { Random } from '../../random';
import { ending, value } from './yaml-scalars';

/** A policy whose output is its constant `x`. */
export interface YamlCase extends PolicyFile {
  readonly kind: string;
  /** The text behind `x:`. */
  readonly written: string;
}

const rules =
  '  rules: [{actions: [a], effect: EFFECT_ALLOW, roles: ["*"], name: r, output: {when: {ruleActivated: "[C.x, C.id]"}}}]';

// `cerbos 0.55` keeps constants that look alike but once for all policies, which the second constant prevents.
export function policyOf(written: string, index: number): YamlCase {
  const kind = `k${index}`;
  const text = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: ${kind}
  version: default
${rules}
  constants:
    local:
      id: ${kind}
      x:${written}`;
  return { path: `${kind}.yaml`, text, kind, written };
}

export function generatedPolicy(random: Random, index: number): YamlCase {
  const written = value(random, 6);
  if (random.chance(0.6)) {
    return policyOf(written + ending(random), index);
  }
  const between = random.pick(['\n', '\r\n', '\n\n', '\n# c\n', ' # c\n']);
  const other = random.chance(0.3) ? '      y: 1\n' : '';
  const before = policyOf(written, index);
  const text = `${before.text.replace(`${rules}\n`, () => '')}${between}${other}${rules}\n`;
  return { ...before, text, written: `${written}${between}${other}` };
}

/** Behind `x:`, at the end of a file. */
export const chosenPolicies: readonly string[] = [
  ' |\n        hello',
  ' |\n        hello\n',
  ' |\n        hello  ',
  ' |\n        hello  \n',
  ' |\n        hello\t',
  ' |\n        hello\n\n\n',
  ' |+\n        hello\n\n',
  ' |-\n        hello\n\n',
  ' >\n        hello\n        world',
  ' >\n        hello\n\n        world\n',
  ' >\n        hello\n        w',
  ' |2\n        hello',
  ' |\r\n        hello\r\n',
  ' |\r\n        hello\r\n        world',
  ' |\r        hello\r        world\r',
  ' |',
  ' |\n',
  ' |-',
  ' >+\n',
  ' |+-\n\n',
  '\n      - |\n        hello',
  '\n      - |',
  '\n      - true',
  ' "a\r\n        b"',
  ' "a\r\n\r\n        b"',
  " 'a\r\n        b'",
  ' "a\n    b"',
  ' "a\\\r\n        b"',
  ' "a\x85b"',
  ' "a\u2028b"',
  ' a\n        b\n\n        c',
  ' a\r\n        b',
  ' a\tb \t c',
  ' tr\tue',
  ' {a:\t1,\tb: 2}',
  ' [a,\tb]',
  ' "a\tb"',
  ' "a\\x41\\u00e9\\U0001F600\\ud83d\\ude00"',
  ' "\\xzz"',
  ' "\\q"',
  ' !!str 5',
  ' !mine 5',
  ' &a [1, 2]\n      z: *a',
  ' # nothing',
  '',
  ' hello # why\n',
  ' hello# why\n',
  ' 0777',
  ' +-5',
  ' 1.5e400',
  ' 123456789012345678901234567890',
  ' {"a": 1, "a": 2}',
  ' {"a": 18446744073709551615, "b": 1e3, "c": 1.5e3, "d": -0}',
];

/** A suite of its own folder, whose result shows the attributes of a principal or a resource. */
interface SuiteCase {
  readonly files: readonly PolicyFile[];
  readonly suite: string;
  readonly written: string;
}

const wrongOutput = '[{action: a, expected: [{src: resource.echo.vdefault#r, val: never}]}]';
const expectation = `[{principal: p, resource: r, actions: {a: EFFECT_ALLOW}, outputs: ${wrongOutput}}]`;
const test = `tests: [{name: t, input: {principals: [p], resources: [r], actions: [a]}, expected: ${expectation}}]`;

export function generatedSuite(random: Random, index: number): SuiteCase {
  const folder = `s${index}`;
  const suite = `${folder}/echo_test.yaml`;
  const written = value(random, 6) + ending(random);
  const principals = `principals:\n  p:\n    id: p\n    roles: [user]\n    attr:\n      x:${written}`;
  const resource = '{kind: echo, id: r}';
  if (random.chance(0.5)) {
    const text = `name: s\n${test}\nresources: {r: ${resource}}\n${principals}`;
    return { files: [{ path: suite, text }], suite, written };
  }
  const files = [
    { path: suite, text: `name: s\n${test}\n` },
    { path: `${folder}/testdata/principals.yaml`, text: principals },
    { path: `${folder}/testdata/resources.yaml`, text: `resources: {r: ${resource}}\n` },
  ];
  return { files, suite, written };
}
