import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policy, World } from '../../test/support/guard/enforcers';
import { recordSession } from '../../test/support/guard/recorded-session';
import type { SentCall } from '../../test/support/guard/recorded-session';
import { runAudit } from './audit';

const world = new World();
let sent: readonly SentCall[];

beforeAll(async () => {
  sent = await recordSession(world, 60);
});
afterAll(() => world.end());

async function replayed(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const env = { GATEHOUSE_HOME: world.layout.root };
  const context = { stdin: Readable.from([]), stdout, stderr, env, cwd: world.root };
  const code = await runAudit(['replay', ...args], context, world.options().builtinPolicies);
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString('utf8') ?? '';
  return { code, out: text(stdout), err: text(stderr) };
}

function policies(name: string, text: string): string {
  const folder = join(world.root, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'policy.yaml'), text);
  return name;
}

describe('gatehouse audit replay', () => {
  test('the command says that the policies in force decide all as they did', async () => {
    const { code, err, out } = await replayed();
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^60 calls: \d+ decided the same, 0 otherwise, \d+ can't be told .*\.\n$/);
  });

  test('lists the calls that other policies of the user decide otherwise, with both rules', async () => {
    const reads = sent.filter(({ tool }) => tool === 'read_item').map(({ id }) => id);
    const folder = policies(
      'strict',
      policy('- {name: no-reading, actions: [read_item], effect: EFFECT_DENY, roles: [agent]}\n').text,
    );
    const { code, out } = await replayed('--policies', folder);
    const lines = out.trim().split('\n').slice(1);
    expect(code).toBe(0);
    expect(lines).toHaveLength(reads.length);
    expect(lines[0]).toContain(`/${reads[0] ?? ''}  read_item of items: ask by unexpected-arguments-ask of `);
    expect(lines[0]).toMatch(/ → deny by no-reading of resource\.mcp_tool\.vdefault$/);

    const json = JSON.parse((await replayed('--policies', folder, '--json')).out) as {
      readonly differs: number;
      readonly calls: readonly { readonly id: string; readonly answer: string }[];
    };
    expect(json.differs).toBe(reads.length);
    expect(json.calls.filter(({ answer }) => answer === 'differs').map(({ id }) => id)).toEqual(reads);
  });

  test('looks at one session only where that is wanted', async () => {
    const [key = ''] = readdirSync(world.layout.sessions);
    const [log = ''] = readdirSync(join(world.layout.sessions, key)).filter((name) =>
      name.endsWith('.jsonl'),
    );
    const session = log.replace(/^.*-|\.jsonl$/g, '');
    expect((await replayed('--session', session)).out).toMatch(/^60 calls/);
    expect((await replayed('--session', '0000')).out).toMatch(/^0 calls/);
  });

  test('the command says which policies can not be used', async () => {
    const { code, err } = await replayed('--policies', policies('broken', policy('- {actions: 1}\n').text));
    expect(code).toBe(3);
    expect(err).toContain('do not compile');
    expect(await replayed('--policies', 'none')).toMatchObject({ code: 3, out: '' });
  });
});
