import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { SignJWT } from 'jose';
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
  for (const directory of directories.splice(0)) {
    await rm(directory, { recursive: true, force: true });
  }
});

async function check(
  lines: readonly string[],
  args: readonly string[] = [],
  written = policy,
  decider: readonly string[] = ['--policies', '.'],
  more: Readonly<Record<string, string>> = {},
) {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-check-'));
  directories.push(cwd);
  for (const [name, content] of Object.entries({ 'album.yaml': written, ...more })) {
    await mkdir(path.dirname(path.join(cwd, name)), { recursive: true });
    await writeFile(path.join(cwd, name), content);
  }
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(lines.join('\n'));
  const code = await runCheck([...decider, ...args], { stdin, stdout, stderr, env: {}, cwd });
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
  test('check --explain adds the explanation', async () => {
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

  test('check answers each line with a line, in the shape of Cerbos’ API', async () => {
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

  test('the resources of a request are decided together and answered in their order', async () => {
    const resources = [false, true, false].map((open, index) => ({
      actions: index === 1 ? ['edit', 'view'] : ['view'],
      resource: { kind: 'album', id: String(index), attr: { open } },
    }));
    const { answers } = await check([request({ resources })], ['--now', '2026-05-01T00:00:00Z']);
    expect(answers).toMatchObject([
      {
        results: [
          { resource: { id: '0' }, actions: { view: 'EFFECT_DENY' } },
          { resource: { id: '1' }, actions: { edit: 'EFFECT_DENY', view: 'EFFECT_ALLOW' } },
          { resource: { id: '2' }, actions: { view: 'EFFECT_DENY' } },
        ],
      },
    ]);
  });

  test('check never stops at a bad line', async () => {
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

  test('check reads globals and strict evaluation from its options', async () => {
    const { answers } = await check([request({}, {})], ['--globals', '{"all": true}', '--strict-evaluation']);
    expect(answers).toMatchObject([{ results: [{ actions: { view: 'EFFECT_ALLOW' } }] }]);
  });

  test('attributes are validated if schemas are enforced', async () => {
    const withSchema = policy.replace(
      '  rules:',
      '  schemas: {resourceSchema: {ref: "cerbos:///album.json"}}\n  rules:',
    );
    const schema = { '_schemas/album.json': '{"properties": {"open": {"const": false}}}' };
    const error = { path: '/open', message: 'value must be false', source: 'SOURCE_RESOURCE' };
    const answered = async (mode: string) => {
      const { answers } = await check(
        [request()],
        [`--schema-enforcement=${mode}`],
        withSchema,
        undefined,
        schema,
      );
      return (answers[0] as { results: readonly unknown[] }).results[0];
    };
    expect(await answered('none')).toMatchObject({ actions: { view: 'EFFECT_ALLOW' } });
    expect(await answered('none')).not.toHaveProperty('validationErrors');
    expect(await answered('warn')).toMatchObject({
      actions: { view: 'EFFECT_ALLOW' },
      validationErrors: [error],
    });
    expect(await answered('reject')).toMatchObject({
      actions: { view: 'EFFECT_DENY' },
      validationErrors: [error],
    });
    const missing = await check([request()], ['--schema-enforcement=warn'], withSchema);
    expect(missing).toMatchObject({ code: 3, stderr: expect.stringContaining('album.yaml:5:') as string });
    expect(await check([request()], [], withSchema)).toMatchObject({ code: 0 });
  });

  test('tokens are verified with a key set in a file', async () => {
    const written = policy.replace('R.attr.open || G.all', 'request.auxData.jwt.sub == "ann"');
    const key = { kty: 'oct', k: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY', alg: 'HS256', kid: 'k' };
    const signed = await new SignJWT({ sub: 'ann', exp: 1_800_000_000 })
      .setProtectedHeader({ alg: 'HS256', kid: 'k' })
      .sign(Buffer.from('0123456789abcdef0123456789abcdef'));
    const files = { '_keys.jwks': JSON.stringify(key) };
    const asked = (token: string, ...args: readonly string[]) =>
      check(
        [request({ auxData: { jwt: { token } } }, {})],
        ['--jwt-key-set=main=_keys.jwks', ...args],
        written,
        undefined,
        files,
      );
    const { answers } = await asked(signed, '--now=2026-01-31T12:00:00Z');
    expect(answers).toMatchObject([{ results: [{ actions: { view: 'EFFECT_ALLOW' } }] }]);
    expect((await asked(signed, '--now=2030-01-31T12:00:00Z')).answers).toEqual([
      { code: 3, message: 'invalid auxData: token has expired (exp)' },
    ]);
    expect((await asked(`${signed}x`, '--now=2026-01-31T12:00:00Z')).answers).toEqual([
      { code: 3, message: 'invalid auxData: failed to parse JWT' },
    ]);
    const unverified = await asked(`${signed}x`, '--jwt-disable-verification', '--now=2026-01-31T12:00:00Z');
    expect(unverified.answers).toMatchObject([{ results: [{ actions: { view: 'EFFECT_ALLOW' } }] }]);
  });

  test('check asks another decision point, and denies all if that does not answer', async () => {
    const result = { resource: { kind: 'album', id: '1' }, actions: { view: 'EFFECT_ALLOW' } };
    const bodies: unknown[] = [];
    const server = createServer((message, response) => {
      void text(message).then((body) => {
        bodies.push(JSON.parse(body));
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ requestId: 'r', results: [result] }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const asked = () => check([request({ requestId: 'r' })], [], undefined, ['--pdp', url]);
    const { answers } = await asked();
    expect(answers).toEqual([
      { requestId: 'r', results: [{ ...result, actions: { view: 'EFFECT_ALLOW', edit: 'EFFECT_DENY' } }] },
    ]);
    expect(bodies).toMatchObject([{ principal: { id: 'ann' }, resources: [{ actions: ['view', 'edit'] }] }]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const unanswered = await asked();
    expect(unanswered.answers).toMatchObject([
      { results: [{ actions: { view: 'EFFECT_DENY', edit: 'EFFECT_DENY' } }] },
    ]);
    expect(unanswered.stderr).toContain('no decision, so all is denied');
    const bundle = await check([request()], [], undefined, ['--bundle', 'nowhere.wasm']);
    expect(bundle.answers).toMatchObject([{ results: [{ actions: { view: 'EFFECT_DENY' } }] }]);
  });

  test('check exits with 3, and says why, if the policies do not compile', async () => {
    const { code, stderr } = await check([request()], [], policy.replace('rules', 'rulez'));
    expect(code).toBe(3);
    expect(stderr).toContain('album.yaml:5:3 unknown field "rulez"; did you mean "rules"?');
  });

  test.each([
    [['--globals', '[1]'], /must be a JSON object/],
    [['--globals', '{'], /not JSON/],
    [['--now', 'yesterday'], /--now must be a time/],
    [['--polices', 'x'], /--polices/],
    [['--schema-enforcement', 'maybe'], /must be none, warn or reject/],
    [['--jwt-key-set', 'nowhere.jwks'], /must be ID=FILE/],
    [['--jwt-key-set', 'a=nowhere.jwks'], /cannot be read/],
    [['--jwt-key-set', 'a=x', '--jwt-key-set', 'a=y'], /twice/],
    [['--jwt-time-skew', '5 minutes'], /number of seconds/],
    [['--pdp', 'https://pdp.example'], /exclude each other/],
  ])('check reports a mistake in its arguments: %j', async (args, message) => {
    const run = check([], args);
    await expect(run).rejects.toThrow(UsageError);
    await expect(run).rejects.toThrow(message);
  });
});
