// What becomes of the values of outputs and variables, against `cerbos 0.55`: whole responses, and results of suites.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compilePolicySet } from '../../../server/policy';
import type { PolicyFile, PolicySet } from '../../../server/policy';
import { answer, gatehouse } from '../../support/cli/gatehouse';
import { binary } from '../support/compile-programs';
import { conditions, values, variables } from './output-cases';
import { removePolicies, startServer, writePolicies } from '../support/server';
import type { CerbosServer } from '../support/server';
import { TokenVerifier } from '../../../server/policy/tokens';

const header = 'apiVersion: api.cerbos.dev/v1\n';
const expressions = [...Object.values(values).flat(), ...conditions];

/** A policy whose rules have an expression as output, and as condition where it is one. */
function policyFor(expression: string): PolicyFile {
  const kind = `kind${expressions.indexOf(expression)}`;
  const rule = { effect: 'EFFECT_ALLOW', roles: ['*'] };
  const resourcePolicy = {
    resource: kind,
    version: 'default',
    ...(/\b(V|C|constants)\b/.test(expression) && {
      variables: { local: variables },
      constants: { local: { one: 1, more: ['a', { b: null }] } },
    }),
    rules: [
      { ...rule, name: 'met', actions: ['met'], output: { when: { ruleActivated: expression } } },
      {
        ...rule,
        name: 'unmet',
        actions: ['unmet'],
        condition: { match: { expr: 'R.attr.never' } },
        output: { when: { conditionNotMet: expression } },
      },
      ...(conditions.includes(expression)
        ? [{ ...rule, name: 'if', actions: ['if'], condition: { match: { expr: expression } } }]
        : []),
    ],
  };
  return { path: `${kind}.json`, text: JSON.stringify({ apiVersion: 'api.cerbos.dev/v1', resourcePolicy }) };
}

const mode = { lenientScopeSearch: false, globals: { stage: 'test', level: 2 } };
const verifier = new TokenVerifier({ disableVerification: true }, () => 0);

describe.each([false, true])('with strict evaluation: %s', (strictEvaluation) => {
  let directory: string;
  let server: CerbosServer;
  let set: PolicySet;

  beforeAll(async () => {
    const files = expressions.map(policyFor);
    const compiled = compilePolicySet(files);
    expect(compiled.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    set = compiled.set!;
    directory = await writePolicies(files);
    server = await startServer(directory, { ...mode, name: 'outputs', strictEvaluation });
  });

  afterAll(async () => {
    await server.stop();
    await removePolicies(directory);
  });

  async function compare(expression: string, action: string): Promise<void> {
    const resource = {
      kind: `kind${expressions.indexOf(expression)}`,
      id: 'it',
      attr: { never: false, text: 'a', big: 1e300, nothing: null },
    };
    const request = {
      principal: { id: 'somebody', roles: ['user'], attr: { list: [1] } },
      resources: [{ resource, actions: [action] }],
      includeMeta: true,
    };
    const options = { ...mode, strictEvaluation, now: new Date() };
    const ours = await answer(set, verifier, JSON.stringify(request), options);
    const theirs = await server.check(request);
    expect(comparable(JSON.parse(ours)), action).toEqual(comparable(theirs));
  }

  describe.each(Object.entries(values))('outputs: %s', (_, cases) => {
    test.each(cases)('the output %s is the one of cerbos 0.55', async (expression) => {
      await compare(expression, 'met');
      await compare(expression, 'unmet');
    });
  });

  test.each(conditions)('the condition %s has the result of cerbos 0.55', async (expression) => {
    await compare(expression, 'if');
    await compare(expression, 'met');
  });
});

/**
 * A response without what differs from call to call, and what differs from build to build: the space in protobuf's
 * messages, and the address of a function of Go. JSON as we write it has no negative zero.
 */
function comparable(response: unknown): unknown {
  const written = JSON.stringify({ ...(response as object), cerbosCallId: undefined }).replaceAll(
    '\u00a0',
    ' ',
  );
  return JSON.parse(written.replace(/\(spiffeid\.Matcher\)[\w.]+/g, '(spiffeid.Matcher)'));
}

/** Outputs, and what suites expect of them. */
const expectations: Readonly<Record<string, readonly string[]>> = {
  'double("Infinity")': ['1', 'Infinity', '"Infinity"', '.inf'],
  'double("NaN")': ['NaN', '.nan', '[1]'],
  '[1, {"a": -double("Infinity")}]': ['[1, {a: 1}]'],
  'type(1)': ['int', 'null'],
  'optional.none()': ['null', '1'],
  'optional.of(1)': ['1', 'null'],
  'hierarchy("a.b")': ['[a, b]', 'a.b'],
  'ip("1.2.3.4")': ['1.2.3.4'],
  'spiffeID("spiffe://acme/a")': ['"spiffe://acme/a"'],
  '{1: 2}': ['{"1": 2}'],
  '{ip("1.2.3.4"): 2}': ['{"1.2.3.4": 2}', '{"1.2.3.4": 3}'],
  '9007199254740993': ['9007199254740993', '"9007199254740993"'],
  '18446744073709551615u': ['"18446744073709551615"'],
  'b"abc"': ['YWJj', 'abc'],
  'duration("90s")': ['90s', '1m30s'],
  'google.protobuf.Int32Value{value: 3}': ['3'],
};

describe('suites that expect outputs', () => {
  const cases = Object.entries(expectations).flatMap(([expression, expected]) =>
    expected.map((value) => [expression, value] as const),
  );
  test.concurrent.each(cases)('the suite expects the output %s as %s', async (expression, value) => {
    const directory = await writePolicies([
      {
        path: 'doc.yaml',
        text: `${header}resourcePolicy:
  resource: doc
  version: default
  rules:
    - name: out
      actions: ["view", "edit"]
      effect: EFFECT_ALLOW
      roles: ["*"]
      output: {when: {ruleActivated: '${expression}'}}
`,
      },
      { path: 'doc_test.yaml', text: suiteFor(value) },
    ]);
    try {
      for (const format of ['json', 'tree', 'junit']) {
        const args = ['compile', '--test-output', format, '--verbose', directory];
        const [theirs, ours] = await Promise.all([binary(args), gatehouse(args.slice(1))]);
        expect(ours.code, format).toBe(theirs.code);
        expect(comparableText(ours.stdout, format), format).toBe(comparableText(theirs.stdout, format));
      }
    } finally {
      await removePolicies(directory);
    }
  });
});

/** One test expects an output, the other takes what comes. */
function suiteFor(value: string): string {
  return `name: Outputs
principals: {a: {id: a, roles: [user]}}
resources: {r: {kind: doc, id: r}}
tests:
  - name: t
    input: {principals: [a], resources: [r], actions: [view, edit]}
    expected:
      - principal: a
        resource: r
        actions: {view: EFFECT_ALLOW, edit: EFFECT_ALLOW}
        outputs: [{action: view, expected: [{src: "resource.doc.vdefault#out", val: ${value}}]}]
`;
}

/** Without the spaces that protobuf strews into JSON, and how a mistake is worded, which is our own. */
function comparableText(printed: string, format: string): string {
  const text = format === 'json' && printed !== '' ? JSON.stringify(JSON.parse(printed)) : printed.trim();
  return text.replace(/, (?=["[{])/g, ',').replace(/(failed to load test suite)[^"<]*/, '$1');
}
