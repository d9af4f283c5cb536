import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { UsageError } from './command';
import { runCompile } from './compile';

const policy = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: album
  version: default
  rules:
    - actions: [view]
      effect: EFFECT_ALLOW
      roles: [user]
      output: {when: {ruleActivated: '"seen"'}}
`;
const suite = (effect: string): string => `name: Albums
principals: {ann: {id: ann, roles: [user]}}
resources: {mine: {kind: album, id: "1"}}
tests:
  - name: reading
    input: {principals: [ann], resources: [mine], actions: [view, edit]}
    expected:
      - {principal: ann, resource: mine, actions: {view: ${effect}}}
`;

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) {
    await rm(directory, { recursive: true, force: true });
  }
});

function compile(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  return compileOn({}, {}, files, ...args);
}

async function compileOn(
  terminal: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
) {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-compile-'));
  directories.push(cwd);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(cwd, name)), { recursive: true });
    await writeFile(path.join(cwd, name), content);
  }
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  Object.assign(stdout, terminal);
  const code = await runCompile(['.', ...args], { stdin, stdout, stderr, env, cwd });
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
}

describe('gatehouse compile', () => {
  test('compile exits with 0, and prints the results of the tests', async () => {
    const { code, stdout } = await compile({ 'a.yaml': policy, 'a_test.yaml': suite('EFFECT_ALLOW') });
    expect(stdout).toBe('Test results\n└──Albums (a_test.yaml) [2 OK]\n\n2 tests executed [2 OK]\n');
    expect(code).toBe(0);
  });

  test('compile exits with 4 if a test fails, and shows which', async () => {
    const { code, stdout, stderr } = await compile({ 'a.yaml': policy, 'a_test.yaml': suite('EFFECT_DENY') });
    expect(stdout).toBe(`Test results
└─┬Albums (a_test.yaml) [1 OK] [1 FAILED]
  └─┬reading
    └─┬ann
      └─┬mine
        └─┬view [FAILED]
          └──OUTCOME: expected: EFFECT_DENY, actual: EFFECT_ALLOW

2 tests executed [1 OK] [1 FAILED]
`);
    expect(stderr).toBe('gatehouse: error: tests failed\n');
    expect(code).toBe(4);
  });

  test('compile --verbose explains how a test that fails was decided', async () => {
    const files = { 'a.yaml': policy, 'a_test.yaml': suite('EFFECT_DENY') };
    const { stdout } = await compile(files, '--verbose', '--skip-batching');
    expect(stdout.slice(stdout.indexOf('TRACES'))).toBe(`TRACES
Albums - ann.mine.view
  policy=cerbos.resource.album.vdefault > action=view > scope="" > rule=rule-001 > condition
    activated
    result → true

  policy=cerbos.resource.album.vdefault > action=view > scope="" > rule=rule-001 > output=rule-001
    activated
    result → {"action":"view","src":"resource.album.vdefault#rule-001","val":"seen"}

  policy=cerbos.resource.album.vdefault > action=view
    activated
    effect → allow

2 tests executed [1 OK] [1 FAILED]
`);
  });

  test('compile exits with 3 if the policies do not compile, and shows where', async () => {
    const { code, stdout } = await compile({ 'a.yaml': policy.replace('[view]', 'view') });
    expect(stdout).toContain('Load failures\na.yaml:6:16 expected sequence got String\n');
    expect(stdout).toContain('>  6 |     - actions: view\n                      ^\n');
    expect(code).toBe(3);
  });

  test('compile exits with 1 if there is no directory', async () => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const context = { stdin, stdout, stderr, env: {}, cwd: os.tmpdir() };
    expect(await runCompile(['gatehouse-there-is-none'], context)).toBe(1);
    stderr.end();
    expect(await text(stderr)).toContain('failed to load policy repository');
  });

  test('the JSON of compile has the shape of cerbos 0.55', async () => {
    const files = { 'a.yaml': policy, 'a_test.yaml': suite('EFFECT_DENY') };
    const { stdout } = await compile(files, '--output', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      suites: [
        {
          file: 'a_test.yaml',
          summary: { overallResult: 'RESULT_FAILED', testsCount: 2 },
          testCases: [
            {
              name: 'reading',
              principals: [
                {
                  name: 'ann',
                  resources: [
                    {
                      actions: [
                        {
                          name: 'view',
                          details: { failure: { expected: 'EFFECT_DENY', actual: 'EFFECT_ALLOW' } },
                        },
                        { name: 'edit', details: { success: { effect: 'EFFECT_DENY' } } },
                      ],
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
    });
    const broken = await compile({ 'a.yaml': policy.replace('effect', 'efect') }, '-o', 'json');
    expect(JSON.parse(broken.stdout)).toMatchObject({
      lintErrors: {
        load_failures: [
          { file: 'a.yaml', error: 'resourcePolicy.rules[0].effect: value is required' },
          {
            file: 'a.yaml',
            error_details: { position: { line: 7, column: 7, path: '$.resourcePolicy.rules[0].efect' } },
          },
        ],
      },
    });
    const meaning = await compile({ 'a.yaml': policy.replace(`'"seen"'`, 'foo + bar') }, '-o', 'json');
    expect(JSON.parse(meaning.stdout)).toMatchObject({
      compileErrors: {
        errors: [
          {
            error: 'invalid expression',
            description:
              "Invalid expression `foo + bar`: [undeclared reference to 'foo' (in container ''), undeclared reference to 'bar' (in container '')]",
          },
        ],
      },
    });
  });

  test('compile prints JUnit or a list, and filters tests', async () => {
    const files = { 'a.yaml': policy, 'a_test.yaml': suite('EFFECT_DENY') };
    const junit = await compile(files, '--test-output=junit');
    expect(junit.stdout).toContain('<testsuite name="Albums" file="a_test.yaml" errors="0" failures="1"');
    const list = await compile(files, '-o', 'list', '--verbose', '--test-filter=action=edit');
    expect(list.stdout).toContain('        edit [OK]\n          RESULT: EFFECT_DENY\n');
    expect(list.code).toBe(0);
    expect((await compile(files, '--skip-tests')).stdout).toBe('');
  });

  test.each([
    ['^Albums/', 'reading'],
    ['test_table_name:"read', 'reading'],
    ['"  principal_key:"a.n"  resource_key:"mine"$', 'reading'],
    ['other', undefined],
    ['^reading', undefined],
  ])('compile with --run %s runs the test: %s', async (pattern, ran) => {
    const files = { 'a.yaml': policy, 'a_test.yaml': suite('EFFECT_ALLOW') };
    const { stdout, code } = await compile(files, '--run', pattern, '-o', 'list', '--verbose');
    expect(stdout.includes('reading')).toBe(ran !== undefined);
    expect(stdout).toContain(ran === undefined ? '[2 SKIPPED]' : '[2 OK]');
    expect(code).toBe(0);
  });

  test('compile with --run and no regular expression cannot run', async () => {
    const { code, stderr } = await compile({ 'a.yaml': policy }, '--run', '(');
    expect(code).toBe(1);
    expect(stderr).toBe(
      'gatehouse: error: failed to run tests: invalid run specification: `(` is not a regular expression\n',
    );
  });

  test.each([
    [[], { isTTY: true }, {}, true],
    [[], { isTTY: true }, { NO_COLOR: '1' }, false],
    [[], { isTTY: true }, { TERM: 'dumb' }, false],
    [[], {}, {}, false],
    [['--color', 'always'], {}, { NO_COLOR: '1' }, true],
    [['--color=16m'], {}, {}, true],
    [['--color=never'], { isTTY: true }, {}, false],
    [['--no-color', '--color=always'], { isTTY: true }, {}, false],
  ])('compile colors its output with %j, %j, %j: %s', async (args, terminal, env, colors) => {
    const { stdout } = await compileOn(
      terminal,
      env,
      { 'a.yaml': policy, 'a_test.yaml': suite('EFFECT_ALLOW') },
      ...args,
    );
    expect(stdout.includes('\u001b[')).toBe(colors);
  });

  test.each([
    [['--color', 'pink'], /--color must be one of/],
    [['--test-filter', 'sweet=a'], /unknown filter dimension/],
    [['--output', 'xml'], /--output must be one of/],
    [['other'], /one directory too many/],
    [['--nope'], /--nope/],
  ])('compile reports a mistake in its arguments: %j', async (args, message) => {
    const run = compile({}, ...args);
    await expect(run).rejects.toThrow(UsageError);
    await expect(run).rejects.toThrow(message);
  });

  test('compile shows what the tests exercised, and writes it for tools', async () => {
    const unused = `${policy}    - name: other\n      actions: [shred]\n      effect: EFFECT_DENY\n      roles: [user]\n`;
    const files = { 'a.yaml': unused, 'a_test.yaml': suite('EFFECT_ALLOW') };
    const { stdout } = await compile(files, '--coverage', '--coverage-output', 'out.lcov');
    expect(stdout.slice(stdout.indexOf('Coverage'))).toBe(
      [
        'Coverage',
        'File               Rules     Derived roles          Outcomes',
        'a.yaml         1/2  50 %                 –                 –',
        '  10:11 rule other is never looked at',
        'All            1/2  50 %                 –                 –',
        '',
      ].join('\n'),
    );
    const report = await readFile(path.join(directories.at(-1) ?? '', 'out.lcov'), 'utf8');
    expect(report).toContain('SF:a.yaml\n');
    expect(report).toContain('FNDA:0,resource.album.vdefault#other\n');
  });

  test('coverage is shown on standard error beside JSON, which stays as it is', async () => {
    const files = { 'a.yaml': policy, 'a_test.yaml': suite('EFFECT_ALLOW') };
    const plain = await compile(files, '--output', 'json');
    const { stdout, stderr } = await compile(files, '--output', 'json', '--coverage');
    expect(stdout).toBe(plain.stdout);
    expect(stderr).toContain('Coverage');
  });
});
