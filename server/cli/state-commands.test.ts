import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  installationKey,
  openStateFolder,
  readAccepted,
  readActiveLayer,
  rememberWorkspace,
  serverIdentity,
  stateLayout,
  workspaceKey,
} from '../protocol';
import type { JsonObject, StartedServer } from '../protocol';
import { runAccept } from './accept';
import { runActivate as runActivateWith } from './activate';
import { runAudit } from './audit';
import type { ActivationReport } from '../protocol';
import type { CommandContext } from './command';
import { runSession } from './session';
import { openSession } from './sessions';

const items = join(import.meta.dirname, '../../test/fixtures/servers/items.mjs');

let root: string;
let workspace: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
  workspace = join(root, 'ws');
  mkdirSync(workspace);
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

const layout = () => stateLayout(join(root, 'state'));

/** Runs a command as if typed in the workspace; nobody is at a terminal. */
const builtinBase = join(import.meta.dirname, '../../policies/base');
const runActivate = (args: readonly string[], context: CommandContext): Promise<number> =>
  runActivateWith(args, context, builtinBase);

async function run(
  command: (args: readonly string[], context: CommandContext) => Promise<number> | number,
  args: readonly string[],
  stdin = '',
): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const context: CommandContext = {
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    stdout,
    stderr,
    env: { PATH: process.env['PATH'], GATEHOUSE_HOME: layout().root },
    cwd: workspace,
  };
  const code = await command(args, context);
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString('utf8') ?? '';
  return { code, out: text(stdout), err: text(stderr) };
}

function write(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}

describe('gatehouse accept', () => {
  const server = ['--', process.execPath, items];
  const definition = { type: 'stdio', command: process.execPath, args: [items] };
  const identity = (changes: Partial<StartedServer> = {}): string =>
    serverIdentity(
      {
        name: 'items',
        origin: 'user',
        definition,
        command: process.execPath,
        args: [items],
        cwd: workspace,
        environment: { PATH: process.env['PATH'] },
        ...changes,
      },
      installationKey(openStateFolder(layout().root)),
    ).acceptance;
  const accepted = (changes?: Partial<StartedServer>) => readAccepted(layout(), identity(changes));

  test('accept shows the tools and what they claim, and records nothing without a yes', async () => {
    const { code, err, out } = await run(runAccept, ['--name', 'items', ...server]);
    expect(code).toBe(1);
    expect(out).toContain('The server "items"');
    expect(out).toMatch(/read_item \(Read an item\)\n {2}says that it only reads/);
    expect(out).toMatch(/delete_item \(Delete an item\)\n {2}may change or destroy things/);
    expect(err).toContain('There is no terminal to ask on: use --yes.');
    expect(accepted()).toBeUndefined();
  });

  test('accept records the tools with --yes', async () => {
    expect((await run(runAccept, ['--name', 'items', '--yes', ...server])).code).toBe(0);
    expect(accepted()).toMatchObject({
      name: 'items',
      about: { instructions: 'Items are small and precious.' },
    });
    expect(Object.keys(accepted()?.tools ?? {})).toContain('wipe_database');
    expect((await run(runAccept, ['--name', 'items', ...server])).out).toContain('[as accepted before]');
  });

  test('accept prints a report for programs, and records exactly what was shown', async () => {
    const shown = await run(runAccept, ['--json', ...server]);
    const { digest, tools } = JSON.parse(shown.out) as {
      digest: string;
      tools: { name: string; flags: string[] }[];
    };
    expect(tools.map(({ name }) => name)).toContain('add_item');
    expect(accepted()).toBeUndefined();
    const other = await run(runAccept, ['--json', '--yes', '--expect', '0'.repeat(64), ...server]);
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining('something else now') as string });
    expect(accepted()).toBeUndefined();
    expect((await run(runAccept, ['--json', '--yes', '--expect', digest, ...server])).code).toBe(0);
    expect(accepted()?.name).toBe('items');
  });

  test.each<[string, JsonObject]>([
    ['an entry of mcp.json', definition],
    [
      'an entry with its variables replaced beside it',
      { ...definition, name: 'items', definition: { ...definition, args: ['${workspaceFolder}/items.mjs'] } },
    ],
  ])('accept reads %s from standard input', async (_, entry) => {
    expect((await run(runAccept, ['--yes', '--definition', '-'], JSON.stringify(entry))).code).toBe(0);
    const written = (entry['definition'] ?? entry) as JsonObject;
    expect(accepted({ definition: written })?.name).toBe('items');
  });

  test('accept records a server under the name that is given, and under no other', async () => {
    expect((await run(runAccept, ['--yes', '--name', 'others', ...server])).code).toBe(0);
    expect(accepted()).toBeUndefined();
    expect(accepted({ name: 'others' })?.name).toBe('others');
  });

  test('a server that may be another one in another folder is accepted in this folder only', async () => {
    copyFileSync(items, join(workspace, 'server.mjs'));
    const line = { command: process.execPath, args: ['./server.mjs'] };
    const { code, out } = await run(runAccept, [
      '--yes',
      '--name',
      'items',
      '--',
      line.command,
      ...line.args,
    ]);
    expect(code).toBe(0);
    expect(out).toContain(`when it is started in ${realpathSync(workspace)}: elsewhere`);
    const script = { definition: { type: 'stdio', ...line }, ...line };
    expect(accepted(script)?.name).toBe('items');
    expect(accepted({ ...script, cwd: root })).toBeUndefined();
    const { out: everywhere } = await run(runAccept, ['--yes', '--name', 'items', ...server]);
    expect(everywhere).toContain('wherever it is started');
    expect(accepted({ cwd: root })?.name).toBe('items');
  });

  test.each([
    ['nothing', [], '', 'The server is missing'],
    ['no JSON', ['--definition', '-'], 'x', 'not JSON'],
    ['variables that nobody replaced', ['--definition', '-'], '{"command": "${x}"}', 'must be replaced'],
    ['a server over HTTP', ['--definition', '-'], '{"url": "https://example.com"}', 'not-supported-yet'],
    ['an unknown option', ['--force', '--', 'x'], '', '--force'],
  ])('accept refuses %s', async (_, args, stdin, message) => {
    await expect(run(runAccept, args, stdin)).rejects.toThrow(message);
  });

  test('accept says why a server can not be looked at', async () => {
    await expect(run(runAccept, ['--', process.execPath, '-e', 'process.exit(3)'])).rejects.toThrow(
      'ended with code 3',
    );
    await expect(run(runAccept, ['--', join(root, 'nothing')])).rejects.toThrow("can't be started");
  });
});

describe('gatehouse activate', () => {
  const policy = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: mcp:tool
  version: default
  rules:
    - {actions: ["*"], effect: EFFECT_ALLOW, roles: [agent]}
`;
  const servers = '{\n  // mine\n  "servers": {"items": {"command": "items"},},\n}\n';

  test('activate shows what differs, and changes nothing without a yes', async () => {
    write(join(layout().policies, 'a.yaml'), policy);
    const { code, err, out } = await run(runActivate, []);
    expect(out).toBe(
      'your policies\n  added a.yaml\n  tests: none\n  extend the built-in base: where they say nothing, its rules decide\n',
    );
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('use --yes') as string });
    expect(readActiveLayer(layout(), 'policies:user')).toBeUndefined();
  });

  test("activate puts the user's and the workspace's policies and servers into force", async () => {
    write(join(layout().policies, 'a.yaml'), policy);
    write(layout().servers, servers);
    write(join(workspace, '.gatehouse/policies/w.yaml'), policy);
    write(join(workspace, '.gatehouse/mcp.json'), servers);
    expect(await run(runActivate, ['--workspace', '.', '--yes'])).toMatchObject({ code: 0, err: '' });
    const key = workspaceKey([workspace]);
    const paths = (
      ['policies:user', 'servers:user', `policies:workspace:${key}`, `servers:workspace:${key}`] as const
    ).map((layer) => readActiveLayer(layout(), layer)?.files.map(({ path }) => path));
    expect(paths).toEqual([['a.yaml'], ['mcp.json'], ['w.yaml'], ['mcp.json']]);
    expect((await run(runActivate, ['--workspace', workspace])).out).toContain('is what is in force');
  });

  test("activate leaves the workspace's layers alone where no workspace is named", async () => {
    write(join(workspace, '.gatehouse/policies/w.yaml'), policy);
    expect((await run(runActivate, ['--yes'])).out).toContain('is what is in force');
  });

  test('nothing is activated if a policy does not compile', async () => {
    write(join(layout().policies, 'a.yaml'), policy);
    write(
      join(layout().policies, 'b.yaml'),
      policy.replace('EFFECT_ALLOW', 'EFFECT_MAYBE').replace('mcp:tool', 'mcp:prompt'),
    );
    const { code, out } = await run(runActivate, ['--yes']);
    expect(code).toBe(3);
    expect(out).toMatch(/error: b\.yaml:\d+: /);
    expect(readActiveLayer(layout(), 'policies:user')).toBeUndefined();
  });

  test('nothing is activated if a list of servers is none', async () => {
    write(layout().servers, '{"servers": ');
    expect((await run(runActivate, ['--yes'])).code).toBe(3);
    write(layout().servers, '{"mcpServers": {}}');
    expect((await run(runActivate, ['--yes'])).out).toContain('"servers" is missing');
  });

  const secret = 'AKIAIOSFODNN7EXAMPLE';

  /** A file that only the person may read, beside the workspace. */
  function outside(): string {
    write(join(root, 'outside/credentials.yaml'), `key: ${secret}\n`);
    return join(root, 'outside');
  }

  test.each<[string, (folder: string) => void]>([
    ['a policy', (folder) => link(join(folder, 'credentials.yaml'), 'policies/a.yaml')],
    ['a policy in a folder', (folder) => link(join(folder, 'credentials.yaml'), 'policies/deep/a.yaml')],
    ['a suite', (folder) => link(join(folder, 'credentials.yaml'), 'policies/a_test.yaml')],
    ['a schema', (folder) => link(join(folder, 'credentials.yaml'), 'policies/_schemas/a.json')],
    ['the folder of policies', (folder) => link(folder, 'policies')],
    ['the list of servers', (folder) => link(join(folder, 'credentials.yaml'), 'mcp.json')],
    ['a policy that is not there', (folder) => link(join(folder, 'none.yaml'), 'policies/a.yaml')],
    [
      'a link to a link',
      (folder) => {
        link(join(folder, 'credentials.yaml'), 'x');
        link(join(workspace, '.gatehouse/x'), 'policies/a.yaml');
      },
    ],
    [
      'the folder above',
      (folder) => {
        write(join(folder, 'policies/a.yaml'), `key: ${secret}\n`);
        symlinkSync(folder, join(workspace, '.gatehouse'));
      },
    ],
  ])(
    'activate follows no link out of the workspace for %s, and shows nothing of what is there',
    async (_, make) => {
      make(outside());
      for (const args of [[], ['--json'], ['--yes']]) {
        const { code, err, out } = await run(runActivate, ['--workspace', workspace, ...args]);
        expect(code).toBe(args[0] === '--json' ? 0 : 3);
        expect(out).toContain('symbolic link');
        expect(out + err).not.toContain(secret);
      }
      expect(readActiveLayer(layout(), `policies:workspace:${workspaceKey([workspace])}`)).toBeUndefined();
    },
  );

  test('activate follows links that stay in the workspace', async () => {
    write(join(workspace, 'shared/a.yaml'), policy);
    link(join(workspace, 'shared/a.yaml'), 'policies/a.yaml');
    expect((await run(runActivate, ['--workspace', workspace, '--yes'])).code).toBe(0);
    const layer = readActiveLayer(layout(), `policies:workspace:${workspaceKey([workspace])}`);
    expect(layer?.files).toEqual([{ path: 'a.yaml', text: policy }]);
  });

  /** A link in the workspace's `.gatehouse`. */
  function link(target: string, name: string): void {
    const path = join(workspace, '.gatehouse', name);
    mkdirSync(join(path, '..'), { recursive: true });
    symlinkSync(target, path);
  }

  test('activate puts exactly what was shown into force', async () => {
    write(join(layout().policies, 'a.yaml'), policy);
    const { digest } = JSON.parse((await run(runActivate, ['--json'])).out) as { digest: string };
    appendFileSync(join(layout().policies, 'a.yaml'), '# more\n');
    expect((await run(runActivate, ['--json', '--yes', '--expect', digest])).code).toBe(1);
    expect(readActiveLayer(layout(), 'policies:user')).toBeUndefined();
  });

  test('activate tells programs which file differs from which copy', async () => {
    const file = join(layout().policies, 'a.yaml');
    write(file, policy);
    await run(runActivate, ['--yes']);
    const digest = readActiveLayer(layout(), 'policies:user')?.digest ?? '';
    write(file, `${policy}# more\n`);
    const { changes } = JSON.parse((await run(runActivate, ['--json'])).out) as { changes: unknown };
    expect(changes).toEqual([
      {
        layer: 'policies:user',
        files: [
          {
            change: 'changed',
            path: 'a.yaml',
            edited: file,
            editedText: `${policy}# more\n`,
            active: join(layout().active, digest, 'a.yaml'),
            activeText: policy,
          },
        ],
        issues: [],
        tests: { passed: 0, failed: 0, failures: [] },
        base: { mode: 'extended', givenUp: [] },
        acceptedBefore: false,
      },
    ]);
    rmSync(file);
    expect((await run(runActivate, ['--yes'])).out).toContain('removed a.yaml');
    expect(readActiveLayer(layout(), 'policies:user')).toBeUndefined();
  });

  test('the reported files have the digest that is activated, whatever becomes of the files meanwhile', async () => {
    const file = join(layout().policies, 'a.yaml');
    write(file, policy);
    const shown = JSON.parse((await run(runActivate, ['--json'])).out) as ActivationReport;
    // Somebody swaps the file while a person looks at it, and back before they say yes.
    write(file, policy.replace('EFFECT_ALLOW', 'EFFECT_DENY'));
    write(file, policy);
    await run(runActivate, ['--json', '--yes', '--expect', shown.digest]);
    const inForce = readActiveLayer(layout(), 'policies:user')?.files[0]?.text;
    expect(shown.changes[0]?.files[0]?.editedText).toBe(inForce);
  });

  test('activate repairs a damaged store', async () => {
    write(join(layout().policies, 'a.yaml'), policy);
    await run(runActivate, ['--yes']);
    writeFileSync(layout().activeIndex, 'nonsense');
    expect((await run(runActivate, ['--yes'])).code).toBe(0);
    const digest = readActiveLayer(layout(), 'policies:user')?.digest ?? '';
    writeFileSync(join(layout().active, digest, 'a.yaml'), 'nonsense');
    expect((await run(runActivate, ['--yes'])).out).toContain('your policies');
    expect(readActiveLayer(layout(), 'policies:user')?.files).toHaveLength(1);
  });
});

describe('gatehouse session and audit', () => {
  /** A halted session with a grant. */
  async function halted(): Promise<void> {
    await run(runSession, ['list']);
    const session = openSession(layout(), [workspace]);
    const grant = {
      level: 1,
      user: 'u',
      agent: 'a',
      server: 'items',
      launch: 'f',
      kind: 'mcp:tool',
      tool: 't',
      policies: 'p',
    };
    const approver = { name: 'Alice', via: 'window' as const };
    await session.transaction((open) =>
      open.append(
        { type: 'grant', id: 'g1', decision: 'd', how: 'session', ...grant, approver },
        { type: 'halt', id: 'd', reason: 'five deletions' },
      ),
    );
    await session.close();
  }

  test('session and audit list what happened', async () => {
    await halted();
    const { out } = await run(runSession, ['list']);
    expect(out).toContain('halted: five deletions');
    expect(out).toContain('grant g1: "t" of "items", for the session');
    expect((await run(runAudit, ['list'])).out).toContain('halted: five deletions');
  });

  test('session resume ends a halt, once', async () => {
    await halted();
    expect((await run(runSession, ['resume'])).out).toBe('The session goes on.\n');
    expect((await run(runSession, ['resume'])).out).toBe('The session is not halted.\n');
  });

  test('grants are taken back by session revoke', async () => {
    await halted();
    expect((await run(runSession, ['revoke', 'g2'])).code).toBe(1);
    expect((await run(runSession, ['revoke'])).out).toBe('1 grants are taken back.\n');
    expect((await run(runSession, ['list'])).out).not.toContain('g1');
  });

  test('grants are taken back after any idle time: its guards alone say when a session ends', async () => {
    await halted();
    await run(runSession, ['resume']);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * 3_600_000 });
    try {
      expect((await run(runSession, ['revoke'])).out).toBe('1 grants are taken back.\n');
    } finally {
      vi.useRealTimers();
    }
  });

  test('session new starts a new session', async () => {
    await halted();
    await run(runSession, ['new']);
    expect((await run(runSession, ['list'])).out.trim().split('\n')).toHaveLength(2);
    expect((await run(runSession, ['resume'])).out).toBe('The session is not halted.\n');
  });

  test('audit verifies and exports the records', async () => {
    await halted();
    expect(await run(runAudit, ['verify'])).toMatchObject({
      code: 0,
      out: '1 logs with 3 records: all as they were written.\n',
    });
    const { out } = await run(runAudit, ['export']);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type),
    ).toEqual(['session', 'grant', 'halt']);
  });

  test('audit finds the other folders as they were when one is damaged, and says so', async () => {
    await halted();
    mkdirSync(join(layout().sessions, 'fedcba9876543210'));
    writeFileSync(
      join(layout().sessions, 'fedcba9876543210/20260101T000000000Z-aa.jsonl'),
      'x'.repeat(20_000_000),
    );
    writeFileSync(join(layout().sessions, '0000000000000000'), 'a file in place of a folder');
    const { code, out } = await run(runAudit, ['verify', '--json']);
    expect(code).toBe(1);
    const { problems, records } = JSON.parse(out) as { problems: { log: string }[]; records: number };
    expect(records).toBe(3);
    expect(
      new Set(problems.map(({ log }) => log.slice(layout().sessions.length + 1, -1).slice(0, 15))),
    ).toEqual(new Set(['fedcba987654321', '000000000000000']));
    const listed = await run(runAudit, ['list']);
    expect(listed).toMatchObject({ code: 1, out: expect.stringContaining('five deletions') as string });
    expect((await run(runAudit, ['export'])).out).toContain('five deletions');
  });

  test('audit finds that a folder is missing as a whole, and that lines that VS Code has seen are missing', async () => {
    await halted();
    const [key = ''] = readdirSync(layout().sessions);
    const workspaceOfKey = { key, name: 'ws', folders: [workspace] };
    rememberWorkspace(layout(), 'alice', workspaceOfKey, Date.now());
    expect((await run(runAudit, ['verify'])).code).toBe(0);
    const [name = ''] = readdirSync(join(layout().sessions, key)).filter((file) => file.endsWith('.jsonl'));
    const anchors = { [key]: { log: name, lines: 4, hash: 'f'.repeat(64) } };
    const seen = await run(runAudit, ['verify', '--anchors', '-'], JSON.stringify(anchors));
    expect(seen).toMatchObject({ code: 1, out: expect.stringContaining('VS Code has seen') as string });
    rmSync(join(layout().sessions, key), { recursive: true });
    const { code, out } = await run(runAudit, ['verify']);
    expect(code).toBe(1);
    expect(out).toContain(`The logs of ${realpathSync(workspace)} are missing.`);
    await expect(run(runAudit, ['verify', '--anchors', '-'], '[1]')).rejects.toThrow('The anchors are not');
  });

  test('audit finds what was changed', async () => {
    await halted();
    const [key = ''] = readdirSync(layout().sessions);
    const [name = ''] = readdirSync(join(layout().sessions, key)).filter((file) => file.endsWith('.jsonl'));
    const log = join(layout().sessions, key, name);
    writeFileSync(log, readFileSync(log, 'utf8').replace('five', 'four'));
    const { code, out } = await run(runAudit, ['verify']);
    expect(code).toBe(1);
    expect(out).toContain(`${log}:3: The line is not the one that the head of the log names.`);
  });

  test.each([
    [runSession, ['halt'], 'use list, resume, new, revoke or unlock'],
    [runSession, ['new', 'x'], 'too much'],
    [runAudit, [], 'use verify, list, export or replay'],
    [runAudit, ['verify', '--force'], '--force'],
  ])('session and audit refuse unknown arguments', async (command, args, message) => {
    await expect(run(command, args)).rejects.toThrow(message);
  });
});
