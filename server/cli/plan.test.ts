import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { UsageError } from './command';
import { runPlan } from './plan';

const policy = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: album
  version: default
  rules:
    - {actions: [view], effect: EFFECT_ALLOW, roles: [user], condition: {match: {expr: 'R.attr.owner == P.id'}}}
    - {actions: [edit], effect: EFFECT_ALLOW, roles: [user]}
    - {actions: [late], effect: EFFECT_ALLOW, roles: [user], condition: {match: {expr: 'now() > timestamp("2026-01-01T00:00:00Z")'}}}
    - {actions: [staged], effect: EFFECT_ALLOW, roles: [user], condition: {match: {expr: 'G.stage == "test"'}}}
    - {actions: [odd], effect: EFFECT_ALLOW, roles: [user], condition: {match: {expr: 'R.attr.?a.orValue(1) == 2'}}}
    - {actions: [fragile], effect: EFFECT_ALLOW, roles: [user]}
    - {actions: [fragile], effect: EFFECT_DENY, roles: [user], condition: {match: {expr: P.attr.missing}}}
`;

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) {
    await rm(directory, { recursive: true, force: true });
  }
});

async function plan(lines: readonly string[], args: readonly string[] = [], written = policy) {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-plan-'));
  directories.push(cwd);
  await writeFile(path.join(cwd, 'album.yaml'), written);
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(lines.join('\n'));
  const code = await runPlan(['--policies', '.', ...args], { stdin, stdout, stderr, env: {}, cwd });
  stdout.end();
  stderr.end();
  const answers = (await text(stdout)).split('\n').filter((line) => line !== '');
  return { code, stderr: await text(stderr), answers: answers.map((line) => JSON.parse(line) as unknown) };
}

function request(more: object = {}): string {
  return JSON.stringify({
    principal: { id: 'ann', roles: ['user'] },
    resource: { kind: 'album' },
    actions: ['view'],
    ...more,
  });
}

const ofAnn = {
  kind: 'KIND_CONDITIONAL',
  condition: {
    expression: { operator: 'eq', operands: [{ variable: 'request.resource.attr.owner' }, { value: 'ann' }] },
  },
};

describe('gatehouse plan', () => {
  test('plan answers requests in order, in the JSON of Cerbos’ API', async () => {
    const { code, answers } = await plan([
      request({ requestId: 'r1' }),
      '',
      request({
        actions: ['edit'],
        resource: { kind: 'album', policyVersion: 'default' },
        includeMeta: true,
      }),
      request({ actions: undefined, action: 'view', includeMeta: true }),
      request({ actions: ['other'], includeMeta: true }),
    ]);
    expect(code).toBe(0);
    expect(answers).toEqual([
      { requestId: 'r1', actions: ['view'], resourceKind: 'album', filter: ofAnn },
      {
        actions: ['edit'],
        resourceKind: 'album',
        policyVersion: 'default',
        filter: { kind: 'KIND_ALWAYS_ALLOWED' },
        meta: { filterDebug: '(true)', matchedScopes: { edit: '' } },
      },
      {
        action: 'view',
        resourceKind: 'album',
        filter: ofAnn,
        meta: { filterDebug: '(eq request.resource.attr.owner "ann")' },
      },
      {
        actions: ['other'],
        resourceKind: 'album',
        filter: { kind: 'KIND_ALWAYS_DENIED' },
        meta: { filterDebug: 'NO_MATCH', matchedScopes: { other: '' } },
      },
    ]);
  });

  test.each([
    ['{', expect.stringContaining('JSON')],
    ['[]', expect.stringContaining('validation error')],
    [request({ resource: {} }), expect.stringContaining('resource.kind: value is required')],
    [request({ actions: [] }), "validation error: Exactly one of 'action' or 'actions' field must be set"],
    [request({ action: 'view' }), "validation error: Exactly one of 'action' or 'actions' field must be set"],
    [request({ actions: ['a', 'a'] }), expect.stringContaining('actions')],
    [request({ auxData: { jwt: { token: 'none' } } }), expect.stringContaining('invalid auxData')],
  ])('plan reports a mistake in a line and goes on to the next: %s', async (line, message) => {
    const { code, answers } = await plan([line, request()]);
    expect(code).toBe(0);
    expect(answers).toEqual([
      { code: 3, message: message as unknown },
      expect.objectContaining({ filter: ofAnn }),
    ]);
  });

  test('plan says why no plan can be made', async () => {
    const { answers } = await plan([request({ actions: ['odd'] }), request()]);
    expect(answers).toEqual([
      { code: 13, message: expect.stringContaining('orValue') as unknown },
      expect.objectContaining({ filter: ofAnn }),
    ]);
  });

  test.each([
    [[], 'fragile', 'KIND_ALWAYS_ALLOWED'],
    [['--strict-evaluation'], 'fragile', 'KIND_ALWAYS_DENIED'],
    [[], 'staged', 'KIND_ALWAYS_DENIED'],
    [['--globals', '{"stage": "test"}'], 'staged', 'KIND_ALWAYS_ALLOWED'],
    [['--now', '2025-01-01T00:00:00Z'], 'late', 'KIND_ALWAYS_DENIED'],
    [['--now', '2027-01-01T00:00:00Z'], 'late', 'KIND_ALWAYS_ALLOWED'],
  ])('plan follows its options: %j', async (args, action, kind) => {
    const { answers } = await plan([request({ actions: [action] })], args);
    expect(answers).toEqual([expect.objectContaining({ filter: { kind } })]);
  });

  test('plan finds policies of ancestors with --lenient-scope-search only', async () => {
    const line = request({ actions: ['edit'], resource: { kind: 'album', scope: 'a.b' } });
    expect((await plan([line])).answers).toMatchObject([{ filter: { kind: 'KIND_ALWAYS_DENIED' } }]);
    expect((await plan([line], ['--lenient-scope-search'])).answers).toMatchObject([
      { filter: { kind: 'KIND_ALWAYS_ALLOWED' } },
    ]);
  });

  test('plan exits with 3 if the policies do not compile', async () => {
    const { code, stderr, answers } = await plan([request()], [], policy.replace('P.id', 'P.id +'));
    expect({ code, answers }).toEqual({ code: 3, answers: [] });
    expect(stderr).toContain('album.yaml:6:');
  });

  test.each([[['--explain']], [['--pdp', 'http://127.0.0.1:1']], [['--nonsense']]])(
    'plan refuses an option that it does not have: %j',
    async (args) => {
      await expect(plan([], args)).rejects.toThrow(UsageError);
    },
  );
});
