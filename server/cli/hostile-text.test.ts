import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStateFolder } from '../protocol';
import { commands } from './commands';
import { guardCommand } from './guard';
import { runCommandLine } from './run';
import { openSession } from './sessions';

/*
 * Whatever a repository, a server or an agent wrote, no command of `gatehouse` lets a terminal obey it. A new command
 * has to be added to `lines`: the last test says so.
 */

const sequences: Readonly<Record<string, string>> = {
  'a forged line': '\nforged: all is well',
  conceal: '\u001b[8mhidden\u001b[0m',
  'a color of ours': '\u001b[32mOK\u001b[0m',
  clipboard: '\u001b]52;c;cm0gLXJmIH4=\u0007',
  'scrolling and erasing': '\u001b[2J\u001b[3J\u001bc\u001b[5S',
  'eight bits': '\u009b2J\u009d52;c;AAAA\u009c\u0090q\u009c',
  'a title': '\u001b]0;title\u001b\\',
  overwriting: 'DENY\rALLOW\b\b\u007f\u0085\v\f',
  direction: '\u202etxt.exe\u202c\u2066x\u2069\u2028',
};
const hostile = Object.values(sequences).join(' ');
/** File names have no slash and no NUL; everything else a file system takes. */
const hostileName = hostile.replaceAll('/', '').slice(0, 100);

const root = mkdtempSync(join(tmpdir(), 'gatehouse-hostile-'));
const workspace = join(root, `ws ${hostileName}`);
const state = join(root, 'state');
const servers = join(import.meta.dirname, '../../test/fixtures/servers');
afterAll(() => rmSync(root, { recursive: true }));

const quoted = JSON.stringify(hostile);

function policy(condition: string): string {
  return [
    'apiVersion: api.cerbos.dev/v1',
    `description: ${quoted}`,
    'resourcePolicy:',
    `  resource: ${JSON.stringify(`doc${hostile}`)}`,
    '  version: default',
    '  rules:',
    `    - name: ${quoted}`,
    '      actions: ["view"]',
    '      effect: EFFECT_ALLOW',
    `      roles: [${quoted}]`,
    '      condition:',
    '        match:',
    `          expr: ${JSON.stringify(condition)}`,
    '',
  ].join('\n');
}

const suite = [
  `name: ${quoted}`,
  'principals:',
  `  ${quoted}: {id: ${quoted}, roles: [${quoted}]}`,
  'resources:',
  `  ${quoted}: {id: ${quoted}, kind: ${JSON.stringify(`doc${hostile}`)}}`,
  'tests:',
  `  - name: ${quoted}`,
  '    input:',
  `      principals: [${quoted}]`,
  `      resources: [${quoted}]`,
  '      actions: [view]',
  '    expected:',
  `      - principal: ${quoted}`,
  `        resource: ${quoted}`,
  '        actions: {view: EFFECT_DENY}',
  '',
].join('\n');

beforeAll(async () => {
  const files: Readonly<Record<string, string>> = {
    [`good/${hostileName}.yaml`]: policy(`"x" == "x"`),
    [`good/${hostileName}_test.yaml`]: suite,
    [`bad/${hostileName}.yaml`]: policy(`R.attr.x == ${hostile} +`),
    [`unreadable/${hostileName}.yaml`]: `apiVersion: ${quoted}\n${quoted}: [${quoted}]\n`,
    '.gatehouse/policies/a.yaml': policy(`R.attr.x == ${hostile} +`),
    [`.gatehouse/policies/${hostileName}.yaml`]: policy('true'),
    '.gatehouse/mcp.json': JSON.stringify({ servers: { [hostile]: { command: hostile, args: [hostile] } } }),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(workspace, path, '..'), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  const session = openSession(openStateFolder(state), [workspace]);
  const grant = {
    level: 1,
    user: hostile,
    agent: hostile,
    server: hostile,
    launch: hostile,
    kind: 'mcp:tool',
    tool: hostile,
    policies: hostile,
    approver: { name: hostile, via: 'window' as const },
  };
  await session.transaction((open) =>
    open.append(
      { type: 'grant', id: hostile, decision: hostile, how: 'session', ...grant },
      { type: 'halt', id: hostile, reason: hostile },
    ),
  );
  await session.close();
});

const request = JSON.stringify({
  requestId: hostile,
  principal: { id: hostile, roles: [hostile] },
  resources: [{ resource: { kind: `doc${hostile}`, id: hostile }, actions: ['view', hostile] }],
});
const planRequest = JSON.stringify({
  requestId: hostile,
  principal: { id: hostile, roles: [hostile] },
  resource: { kind: `doc${hostile}` },
  actions: ['view', hostile],
  includeMeta: true,
});
const accept = ['accept', '--name', hostile, '--'];
const server = [process.execPath, join(servers, 'hostile.mjs')];

/** A command line, and what stands on its standard input. */
const lines: readonly (readonly [args: readonly string[], stdin?: string])[] = [
  [[hostile]],
  [['help', hostile]],
  ...Object.keys(commands).map((name) => [[name, `--${hostile}`]] as const),
  ...Object.keys(commands)
    .filter((name) => name !== 'guard' && name !== 'language-server')
    .map((name) => [[name, hostile]] as const),
  [['guard', '--pdp-timeout', hostile, '--pdp', 'x', '--', 'x']],
  ...['tree', 'list', 'json', 'junit'].flatMap((format) =>
    ['always', 'never'].map((color) => {
      const shown = [`--test-output=${format}`, `--color=${color}`, '--verbose', '--coverage'];
      return [['compile', 'good', ...shown]] as const;
    }),
  ),
  ...['bad', 'unreadable', hostile].flatMap((folder) =>
    ['tree', 'list', 'json'].map(
      (format) => [['compile', folder, `--output=${format}`, '--color=always']] as const,
    ),
  ),
  [['compile', 'good', '--run', hostile]],
  [['compile', 'good', '--test-filter', hostile]],
  [['check', '--policies', 'good'], `${request}\n${hostile}\n{"${hostile}\n`],
  [['check', '--policies', 'good', '--explain'], request],
  [['check', '--policies', 'bad'], request],
  [['plan', '--policies', 'good'], `${planRequest}\n${hostile}\n{"${hostile}\n`],
  [['plan', '--policies', 'bad'], planRequest],
  [['eval'], `${JSON.stringify({ expr: hostile })}\n${JSON.stringify({ expr: quoted })}\n${hostile}\n`],
  [[...accept, ...server]],
  [['accept', '--json', '--name', hostile, '--', ...server]],
  [['accept', '--yes', '--name', hostile, '--', ...server]],
  [[...accept, hostile, hostile]],
  [[...accept, process.execPath, '-e', 'console.log(process.env.HOSTILE); setInterval(() => {}, 1e6)']],
  [['accept', '--definition', '-'], JSON.stringify({ name: hostile, command: hostile })],
  [['activate', '--workspace', '.']],
  [['activate', '--workspace', '.', '--json']],
  [['activate', '--workspace', hostile, '--expect', hostile]],
  ...['verify', 'list', 'export'].map((action) => [['audit', action]] as const),
  [['audit', 'list', '--json']],
  [['audit', 'verify', '--json']],
  [['session', 'list']],
  [['session', 'list', '--json']],
  [['session', 'revoke', hostile]],
  [['session', 'revoke']],
  [['session', 'resume']],
];

const listed = Object.fromEntries(
  Object.entries({
    ...commands,
    guard: () => Promise.resolve(guardCommand(() => import('../guard/run'))),
  }).map(([name, load]) => [name, { summary: name, load }]),
);

async function gatehouse(args: readonly string[], stdin = ''): Promise<{ out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()].map((stream) =>
    // Long enough that no command has to wait for a reader.
    stream.setEncoding('utf8'),
  ) as [PassThrough, PassThrough];
  const text = { out: '', err: '' };
  stdout.on('data', (piece: string) => (text.out += piece));
  stderr.on('data', (piece: string) => (text.err += piece));
  await runCommandLine(args, listed, () => '1.2.3', {
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    stdout,
    stderr,
    env: { PATH: process.env['PATH'], GATEHOUSE_HOME: state, HOSTILE: hostile },
    cwd: workspace,
  });
  await new Promise((resolve) => setImmediate(resolve));
  return text;
}

/** The terminal sequences that `paint` writes. */
const ours = /\u001b\[(97;1|3[1-6]|0)m/g;
const obeyed = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

describe('text of others', () => {
  test.each(lines.map(([args, stdin]) => ({ args, stdin, line: JSON.stringify(args.map(short).join(' ')) })))(
    'the text of others does nothing to a terminal: gatehouse $line',
    async ({ args, stdin }) => {
      const { out, err } = await gatehouse(args, stdin);
      expect(out + err).not.toBe('');
      const left = (out + err).replaceAll(ours, '');
      expect(obeyed.exec(left)?.[0]).toBeUndefined();
      if (!args.includes('--color=always')) {
        expect(out + err).not.toMatch(ours);
      }
    },
  );

  test('the text of others stays the same value in JSON', async () => {
    const { out } = await gatehouse(['eval'], `${JSON.stringify({ expr: quoted })}\n`);
    expect(JSON.parse(out)).toEqual({ value: hostile });
    const audit = await gatehouse(['audit', 'export']);
    expect(
      audit.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toContainEqual(expect.objectContaining({ type: 'halt', reason: hostile }));
  });

  test('the text of others can not take on a color of the output', async () => {
    const { out } = await gatehouse(['compile', 'good', '--color=always', '--verbose']);
    expect(out).toMatch(ours);
    expect(out).toContain('\\u001b[32mOK\\u001b[0m');
  });

  test.each([
    ['accept', ...accept, ...server],
    ['activate', 'activate', '--workspace', '.'],
    ['audit list', 'audit', 'list'],
    ['audit verify', 'audit', 'verify'],
    ['session list', 'session', 'list'],
  ])('the text of others forges no line of %s', async (_, ...args) => {
    const { out, err } = await gatehouse(args);
    expect((out + err).split('\n').filter((line) => line.startsWith('forged:'))).toEqual([]);
  });

  test('every command is tried with the text of others', () => {
    const tried = new Set(lines.map(([[name]]) => name));
    expect(Object.keys(commands).filter((name) => !tried.has(name))).toEqual([]);
  });
});

function short(word: string): string {
  return word.includes(hostileName) ? 'TEXT' : word.replace(root, '');
}
