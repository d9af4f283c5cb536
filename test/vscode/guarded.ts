import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { SessionRecord } from '../../server/protocol';
import { root } from '../tools';
import { until } from './host/until';
import { VsCode } from './host';
import type { Folders, HostOptions } from './host';

const cli = path.join(root, 'dist', 'cli.js');
const itemsServer = path.join(root, 'test', 'fixtures', 'servers', 'items.mjs');
const filesServer = path.join(
  root,
  'node_modules',
  '@modelcontextprotocol',
  'server-filesystem',
  'dist',
  'index.js',
);

/** A server as mcp.json names it. */
interface ServerDefinition {
  readonly type: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The fixture server; what it really executes goes to the file. */
export function itemsDefinition(log: string): ServerDefinition {
  return { type: 'stdio', command: process.execPath, args: [itemsServer], env: { ITEMS_LOG: log } };
}

/** `@modelcontextprotocol/server-filesystem`, which takes its folder from the client's roots. */
function filesDefinition(): ServerDefinition {
  return { type: 'stdio', command: process.execPath, args: [filesServer] };
}

/** The user's policies of these tests: the built-in ones, and that nobody wipes the database of `items`. */
function userPolicies(): Record<string, string> {
  const folder = path.join(root, 'policies', 'base');
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !name.endsWith('_test.yaml'));
  const builtIn = names.map((name) => [`policies/${name}`, readFileSync(path.join(folder, name), 'utf8')]);
  return {
    ...(Object.fromEntries(builtIn) as Record<string, string>),
    'policies/items.yaml': [
      'apiVersion: api.cerbos.dev/v1',
      'resourcePolicy:',
      '  resource: mcp:tool',
      '  version: default',
      '  scope: items',
      '  rules:',
      '    - name: nobody-wipes-the-database',
      '      actions: [wipe_database]',
      '      effect: EFFECT_DENY',
      '      roles: ["*"]',
      '',
    ].join('\n'),
  };
}

/** Runs the `gatehouse` command of the build. */
function gatehouse(folders: Folders, args: readonly string[], input = ''): string {
  const env = { ...process.env, HOME: folders.home, GATEHOUSE_HOME: folders.state };
  const options = { cwd: folders.workspace, env, input, encoding: 'utf8' } as const;
  const result = spawnSync(process.execPath, [cli, ...args], options);
  if (result.status !== 0) {
    throw new Error(
      `gatehouse ${args.join(' ')} ended with ${String(result.status)}:\n${result.stdout}${result.stderr}`,
    );
  }
  return result.stdout;
}

/** Accepts the tools of a server that comes with the workspace, as a person does. */
export function acceptInWorkspace(folders: Folders, name: string, definition: ServerDefinition): void {
  const { command, args, env = {} } = definition;
  const cwd = folders.workspace;
  const server = JSON.stringify({ name, origin: 'workspace', definition, command, args, env, cwd });
  gatehouse(folders, ['accept', '--yes', '--definition', '-'], server);
}

/** Accepts a server's tools, as a person does. */
function accept(folders: Folders, name: string, definition: ServerDefinition): void {
  const { command, args, env } = definition;
  if (env === undefined || Object.keys(env).length === 0) {
    gatehouse(folders, ['accept', '--name', name, '--yes', '--', command, ...args]);
    return;
  }
  const server = JSON.stringify({ name, definition, command, args, env });
  gatehouse(folders, ['accept', '--yes', '--definition', '-'], server);
}

/** A VS Code whose user has two guarded servers, `items` and `files`, activated and accepted. */
export class GuardedVsCode {
  readonly vscode: VsCode;
  readonly #itemsLog: string;

  private constructor(vscode: VsCode, itemsLog: string) {
    this.vscode = vscode;
    this.#itemsLog = itemsLog;
  }

  static async open(options: HostOptions): Promise<GuardedVsCode> {
    let itemsLog = '';
    const vscode = await VsCode.open({
      ...options,
      state: (place) => {
        itemsLog = path.join(place.home, 'items.jsonl');
        const servers = { items: itemsDefinition(itemsLog), files: filesDefinition() };
        return { 'mcp.json': JSON.stringify({ servers }, undefined, 2), ...userPolicies() };
      },
      prepare: (folders) => {
        gatehouse(folders, ['activate', '--yes']);
        accept(folders, 'items', itemsDefinition(itemsLog));
        accept(folders, 'files', filesDefinition());
        // The second connection's server is another one: its definition has no environment.
        accept(folders, 'items', { ...itemsDefinition(itemsLog), env: {} });
      },
    });
    const guarded = new GuardedVsCode(vscode, itemsLog);
    // VS Code hears of the servers only once the extension is active.
    await until("the guarded servers' tools", async () => {
      await vscode.agent.startServers();
      return (await vscode.agent.has('_list_items')) && (await vscode.agent.has('_write_file'));
    });
    return guarded;
  }

  /** The calls that the fixture server executed, in order. */
  executed(): { tool: string; arguments: object }[] {
    return readLines(this.#itemsLog) as { tool: string; arguments: object }[];
  }

  /** The records of this state folder's agent sessions, in order. */
  audit(): SessionRecord[] {
    const sessions = path.join(this.vscode.state, 'sessions');
    if (!existsSync(sessions)) {
      return [];
    }
    const names = readdirSync(sessions, { recursive: true, encoding: 'utf8' });
    const logs = names.filter((name) => name.endsWith('.jsonl')).sort();
    return logs.flatMap((name) => readLines(path.join(sessions, name)) as SessionRecord[]);
  }

  /** The records of the calls of one tool, those without a tool found by the attempt's id. */
  auditOf(tool: string): SessionRecord[] {
    const records = this.audit();
    const ids = new Set(
      records.flatMap((each) => (each.type === 'attempt' && each.tool === tool ? [each.id] : [])),
    );
    return records.filter((record) => 'id' in record && ids.has(record.id));
  }

  /** Another MCP client of the same person in the same workspace: `items` behind a guard of its own. */
  async secondConnection(): Promise<Client> {
    const definition = itemsDefinition(this.#itemsLog);
    const folder = ['--workspace', this.vscode.workspace];
    const command = ['--', definition.command, ...definition.args];
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [cli, 'guard', '--name', 'items', ...folder, ...command],
      cwd: this.vscode.workspace,
      env: { PATH: process.env['PATH'] ?? '', GATEHOUSE_HOME: this.vscode.state, ITEMS_LOG: this.#itemsLog },
      stderr: 'ignore',
    });
    const client = new Client({ name: 'second', version: '1' });
    await client.connect(transport);
    return client;
  }

  async close(): Promise<void> {
    await this.vscode.close();
  }
}

/** The fixture server reached directly, without a guard. */
export async function directItems(log: string): Promise<Client> {
  const { command, args } = itemsDefinition(log);
  const client = new Client({ name: 'direct', version: '1' });
  await client.connect(new StdioClientTransport({ command, args: [...args], stderr: 'ignore' }));
  return client;
}

/** `@modelcontextprotocol/server-filesystem` on a folder, reached directly: a tool that no guard stands before. */
export async function directFiles(folder: string): Promise<Client> {
  const { command, args } = filesDefinition();
  const client = new Client({ name: 'direct', version: '1' });
  await client.connect(new StdioClientTransport({ command, args: [...args, folder], stderr: 'ignore' }));
  return client;
}

/** The text of a tool's result. */
export function textOf(result: unknown): string {
  const { content } = result as { content: readonly { type: string; text?: string }[] };
  return content.map(({ text }) => text ?? '').join('\n');
}

function readLines(file: string): unknown[] {
  if (!existsSync(file)) {
    return [];
  }
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);
}
