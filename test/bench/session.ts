// What a session's history costs a guard, and what several guards of one session cost each other.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { openStateFolder } from '../../server/protocol';
import type { NewRecord, StateLayout } from '../../server/protocol';
import { openSession } from '../support/cli/gatehouse';
import { acceptTools } from '../support/guard/accepting';
import type { BenchTable } from './table';
import { summarize } from './table';

const root = process.cwd();
const server = path.join(root, 'test/fixtures/servers/lively.mjs');
const cli = path.join(root, 'dist/cli.js');

const histories = [0, 10_000, 200_000];
const calls = { warmUp: 100, measured: 500 };
const text = 'x'.repeat(1_000);

/** The area `session` of the benchmarks. */
export async function bench(): Promise<readonly BenchTable[]> {
  if (!existsSync(cli)) {
    throw new Error('dist/cli.js is missing. Run: npm run build');
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-bench-'));
  try {
    const state = openStateFolder(path.join(folder, 'state'));
    await acceptTools(state, 'lively', process.execPath, [server]);
    return [await history(state, folder), await together(state, folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function history(state: StateLayout, folder: string): Promise<BenchTable> {
  const rows = [];
  for (const records of histories) {
    const workspace = path.join(folder, `history-${records}`);
    mkdirSync(workspace);
    await fill(state, workspace, records);
    const started = performance.now();
    const { client, transport } = await guarded(state, workspace);
    await client.listTools();
    const list = performance.now() - started;
    const first = await timed(() => echo(client));
    const samples = await oneByOne(client);
    rows.push([
      records.toLocaleString('en'),
      Math.round(list),
      first,
      residentMegabytes(transport.pid),
      summarize(samples).p50,
    ]);
    await client.close();
  }
  return {
    title: 'A guard, by the length of its session',
    note: `One guard after the other, each of a session that has so many records already; ${calls.measured} calls of 1 KB, one after the other.`,
    columns: [
      'records',
      'start to first list (ms)',
      'first call (ms)',
      'memory, resident (MB)',
      'call, p50 (ms)',
    ],
    rows,
  };
}

async function together(state: StateLayout, folder: string): Promise<BenchTable> {
  const rows = [];
  for (const guards of [1, 2, 3]) {
    const workspace = path.join(folder, `together-${guards}`);
    mkdirSync(workspace);
    const clients = await Promise.all(
      Array.from({ length: guards }, async () => (await guarded(state, workspace)).client),
    );
    for (const client of clients) {
      await warmUp(client);
    }
    const started = performance.now();
    const samples = (await Promise.all(clients.map((client) => oneByOne(client, false)))).flat();
    const seconds = (performance.now() - started) / 1_000;
    const { p50, p99 } = summarize(samples);
    rows.push([guards, p50, p99, Math.round(samples.length / seconds)]);
    await Promise.all(clients.map((client) => client.close()));
  }
  return {
    title: 'Guards of one session at once',
    note: `Each with a client of its own that makes ${calls.measured} calls of 1 KB, one after the other.`,
    columns: ['guards', 'p50 (ms)', 'p99 (ms)', 'calls/s, all together'],
    rows,
  };
}

/** Records of calls as a guard writes them, three for each. */
async function fill(state: StateLayout, workspace: string, records: number): Promise<void> {
  const session = openSession(state, [workspace]);
  for (let made = 0; made < records; made += 300) {
    await session.transaction((open) =>
      open.append(...Array.from({ length: 100 }, (_, at) => callRecords(String(made + at))).flat()),
    );
  }
  await session.close();
}

function callRecords(id: string): readonly NewRecord[] {
  const server = { server: 'lively', fingerprint: 'f', kind: 'mcp:tool', tool: 'echo' };
  const agent = { name: 'bench', verified: false };
  const by = { policy: 'resource.mcp_tool.vdefault', rule: 'reading', reasons: [] };
  return [
    { type: 'attempt', id, ...server, agent, digest: 'd', arguments: { text: text.slice(0, 200) } },
    { type: 'decision', id, effect: 'allow', final: true, level: 0, ...by, key: 'lively/echo', counts: [] },
    { type: 'outcome', id, status: 'ok' },
  ];
}

async function guarded(
  state: StateLayout,
  workspace: string,
): Promise<{ client: Client; transport: StdioClientTransport }> {
  const client = new Client({ name: 'bench', version: '1' }, { capabilities: {} });
  const guard = ['guard', '--name', 'lively', '--workspace', workspace, '--', process.execPath, server];
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [cli, ...guard],
    env: { PATH: process.env['PATH'] ?? '', GATEHOUSE_HOME: state.root },
    stderr: 'ignore',
  });
  await client.connect(transport);
  return { client, transport };
}

async function oneByOne(client: Client, cold = true): Promise<number[]> {
  if (cold) {
    await warmUp(client);
  }
  const samples: number[] = [];
  for (let call = 0; call < calls.measured; call++) {
    samples.push(await timed(() => echo(client)));
  }
  return samples;
}

async function warmUp(client: Client): Promise<void> {
  for (let call = 0; call < calls.warmUp; call++) {
    await echo(client);
  }
}

/** A refusal is fast, too: only the right answer counts. */
async function echo(client: Client): Promise<void> {
  const answer = await client.callTool({ name: 'echo', arguments: { text } });
  const [first] = answer.content as readonly { readonly text?: string }[];
  if (answer.isError === true || first?.text !== text) {
    throw new Error(`A wrong answer: ${JSON.stringify(answer).slice(0, 300)}`);
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

/** 0 where the platform does not tell (Linux, proc(5)). */
function residentMegabytes(pid: number | null): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kilobytes ?? 0) / 1_024);
  } catch {
    return 0;
  }
}
