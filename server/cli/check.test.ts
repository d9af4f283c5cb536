import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { runCheck } from './check';
import { UsageError } from './command';

const policy = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: album
  version: default
  rules:
    - actions: ["view"]
      effect: EFFECT_ALLOW
      roles: [user]
      condition: {match: {expr: 'R.attr.open || G.all'}}
      output: {when: {ruleActivated: now().getFullYear()}}
`;

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function check(lines: readonly string[], args: readonly string[] = [], written = policy) {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-check-'));
  directories.push(cwd);
  await writeFile(path.join(cwd, 'album.yaml'), written);
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(lines.join('\n'));
  const code = await runCheck(['--policies', '.', ...args], { stdin, stdout, stderr, env: {}, cwd });
  stdout.end();
  stderr.end();
  const answers = (await text(stdout)).split('\n').filter((line) => line !== '');
  return { code, stderr: await text(stderr), answers: answers.map((line) => JSON.parse(line) as unknown) };
}

function request(more: object = {}, attr: object = { open: true }): string {
  return JSON.stringify({
    principal: { id: 'ann', roles: ['user'] },
    resources: [{ actions: ['view', 'edit'], resource: { kind: 'album', id: '1', attr } }],
    ...more,
  });
}

describe('gatehouse check', () => {
  test('explains with --explain', async () => {
    const { answers } = await check([request()], ['--explain']);
    expect(answers).toMatchObject([
      {
        results: [
          {
            actions: { view: 'EFFECT_ALLOW', edit: 'EFFECT_DENY' },
            explanation: {
              derivedRoles: [],
              actions: [
                {
                  action: 'view',
                  decision: { rule: { location: { file: 'album.yaml', line: 6 } } },
                  rules: [
                    {
                      outcome: 'decided',
                      condition: { held: true, expression: { source: 'R.attr.open || G.all' } },
                    },
                  ],
                },
                { action: 'edit', rules: [] },
              ],
            },
          },
        ],
      },
    ]);
  });

  test('answers each line with a line, in the shape of Cerbos’ API', async () => {
    const { answers, code } = await check(
      [request({ requestId: 'a', includeMeta: true }), request({}, { open: false })],
      ['--now', '2026-05-01T00:00:00Z'],
    );
    expect(answers).toEqual([
      {
        requestId: 'a',
        results: [
          {
            resource: { id: '1', kind: 'album' },
            actions: { view: 'EFFECT_ALLOW', edit: 'EFFECT_DENY' },
            meta: {
              actions: {
                view: { matchedPolicy: 'resource.album.vdefault' },
                edit: { matchedPolicy: 'resource.album.vdefault' },
              },
            },
            outputs: [{ src: 'resource.album.vdefault#rule-001', action: 'view', val: 2026 }],
          },
        ],
      },
      {
        results: [
          { resource: { id: '1', kind: 'album' }, actions: { view: 'EFFECT_DENY', edit: 'EFFECT_DENY' } },
        ],
      },
    ]);
    expect(code).toBe(0);
  });

  test('never stops at a bad line', async () => {
    const { answers } = await check([
      'foo',
      '[]',
      request({ principal: { id: '', roles: ['a', 'a'] } }),
      request({ extra: 1 }),
      request({ auxData: { jwt: { token: 'x' } } }),
      '['.repeat(20_000),
      '',
      request(),
    ]);
    expect(answers.map((answer) => (answer as { code?: number }).code ?? 'answered')).toEqual([
      3,
      3,
      3,
      3,
      3,
      3,
      'answered',
    ]);
    expect(answers[2]).toMatchObject({
      message:
        'validation errors:\n - principal.id: value is required\n - principal.roles: repeated value must contain unique items',
    });
    expect(answers[4]).toMatchObject({
      message: 'invalid auxData: cannot determine keyset to use for validating the JWT',
    });
  });

  test('takes globals, and strict evaluation', async () => {
    const { answers } = await check([request({}, {})], ['--globals', '{"all": true}', '--strict-evaluation']);
    expect(answers).toMatchObject([{ results: [{ actions: { view: 'EFFECT_ALLOW' } }] }]);
  });

  test('exits with 3, and says why, if the policies do not compile', async () => {
    const { code, stderr } = await check([request()], [], policy.replace('rules', 'rulez'));
    expect(code).toBe(3);
    expect(stderr).toContain('album.yaml:5:3 unknown field "rulez"; did you mean "rules"?');
  });

  test.each([
    [['--globals', '[1]'], /must be a JSON object/],
    [['--globals', '{'], /not JSON/],
    [['--now', 'yesterday'], /--now must be a time/],
    [['--polices', 'x'], /--polices/],
  ])('%j is a mistake', async (args, message) => {
    const run = check([], args);
    await expect(run).rejects.toThrow(UsageError);
    await expect(run).rejects.toThrow(message);
  });
});
