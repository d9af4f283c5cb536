// A tools/call to one server: reached directly, through the guard, and through two gateways from npm.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { openStateFolder } from '../../server/protocol';
import { acceptTools } from '../support/guard/accepting';
import type { BenchTable } from './table';
import { summarize } from './table';

const root = process.cwd();
const server = path.join(root, 'test/fixtures/servers/lively.mjs');
const peers = path.join(root, '.vscode-test/bench/node_modules');

/** Rounds in which every way takes its turn, so that what the machine does meanwhile falls on all alike. */
const rounds = 5;
const calls = { warmUp: 100, oneByOne: 300, atOnce: 500, width: 20, large: 10 };
const kilobyte = 'x'.repeat(1_000);

interface Way {
  readonly name: string;
  /** Starts what is between client and server, and connects. */
  readonly connect: () => Promise<Client>;
  readonly samples: {
    readonly small: number[];
    readonly large: number[];
    readonly rate: number[];
    start: number;
  };
}

/** The area `relay` of the benchmarks. */
export async function bench(): Promise<readonly BenchTable[]> {
  return [await benchRelay()];
}

/** One run of all ways. Throws if one of them can't be started, or answers wrongly. */
export async function benchRelay(): Promise<BenchTable> {
  const cli = path.join(root, 'dist/cli.js');
  for (const [file, how] of [
    [cli, 'npm run build'],
    [path.join(peers, 'supergateway'), 'node scripts/tools.mjs bench'],
  ] as const) {
    if (!existsSync(file)) {
      throw new Error(`${path.relative(root, file)} is missing. Run: ${how}`);
    }
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-bench-'));
  const children: ChildProcess[] = [];
  const clients: Client[] = [];
  try {
    const state = path.join(folder, 'state');
    await acceptTools(openStateFolder(state), 'lively', process.execPath, [server]);
    const ways = [
      way('directly', () => overStdio([server])),
      way('through the guard', () =>
        overStdio(
          [cli, 'guard', '--name', 'lively', '--workspace', folder, '--', process.execPath, server],
          state,
        ),
      ),
      way('through mcp-proxy', async () => {
        const port = await freePort();
        const at = ['--port', String(port), '--host', '127.0.0.1', '--server', 'stream'];
        children.push(
          run([path.join(peers, 'mcp-proxy/dist/bin/mcp-proxy.mjs'), ...at, '--', process.execPath, server]),
        );
        return overHttp(port);
      }),
      way('through supergateway', async () => {
        const port = await freePort();
        const given = [
          '--outputTransport',
          'streamableHttp',
          '--stateful',
          '--logLevel',
          'none',
          '--port',
          String(port),
        ];
        const loopback = ['--require', path.join(root, 'test/bench/loopback.cjs')];
        const stdio = `"${process.execPath}" "${server}"`;
        children.push(
          run([...loopback, path.join(peers, 'supergateway/dist/index.js'), '--stdio', stdio, ...given]),
        );
        return overHttp(port);
      }),
    ];
    const connected = [];
    for (const one of ways) {
      const started = performance.now();
      const client = await one.connect();
      await client.listTools();
      one.samples.start = performance.now() - started;
      clients.push(client);
      connected.push({ client, ...one });
    }
    for (let round = 0; round < rounds; round++) {
      for (const { client, samples } of connected) {
        await measure(client, samples);
      }
    }
    return table(ways);
  } finally {
    await Promise.allSettled(clients.map((client) => client.close()));
    children.forEach((child) => child.kill());
    rmSync(folder, { recursive: true, force: true });
  }
}

function way(name: string, connect: Way['connect']): Way {
  return { name, connect, samples: { small: [], large: [], rate: [], start: 0 } };
}

async function measure(client: Client, samples: Way['samples']): Promise<void> {
  for (let call = 0; call < calls.warmUp; call++) {
    await echo(client);
  }
  for (let call = 0; call < calls.oneByOne; call++) {
    samples.small.push(await timed(() => echo(client)));
  }
  let left = calls.atOnce;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      await echo(client);
    }
  };
  const together = await timed(() => Promise.all(Array.from({ length: calls.width }, worker)));
  samples.rate.push(calls.atOnce / (together / 1_000));
  for (let call = 0; call < calls.large; call++) {
    samples.large.push(await timed(() => large(client)));
  }
}

async function echo(client: Client): Promise<void> {
  const answer = await client.callTool({ name: 'echo', arguments: { text: kilobyte } });
  expectText(answer, kilobyte.length);
}

async function large(client: Client): Promise<void> {
  const length = 1_000_000;
  expectText(await client.callTool({ name: 'big', arguments: { length } }), length);
}

/** A refusal is fast, too: only the right answer counts. */
function expectText(answer: Awaited<ReturnType<Client['callTool']>>, length: number): void {
  const [first] = answer.content as readonly { readonly text?: string }[];
  if (answer.isError === true || first?.text?.length !== length) {
    throw new Error(`A wrong answer: ${JSON.stringify(answer).slice(0, 300)}`);
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

function table(ways: readonly Way[]): BenchTable {
  return {
    title: 'A tools/call, end to end',
    note:
      `One client of the SDK and one server, reached in four ways in one run, ${rounds} rounds in turn: ` +
      `${calls.oneByOne} calls of 1 KB there and back one after the other, ${calls.atOnce} with ${calls.width} at once, ` +
      `${calls.large} with 1 MB back. The guard decides each with the built-in policies and writes its audit; ` +
      'mcp-proxy and supergateway decide nothing, and speak HTTP (streamable, with sessions) with the client.',
    columns: [
      'way',
      'p50 (ms)',
      'p95 (ms)',
      'p99 (ms)',
      `calls/s, ${calls.width} at once`,
      '1 MB, p50 (ms)',
      'start to first list (ms)',
    ],
    rows: ways.map(({ name, samples }) => {
      const small = summarize(samples.small);
      return [
        name,
        small.p50,
        small.p95,
        small.p99,
        Math.round(summarize(samples.rate).p50),
        summarize(samples.large).p50,
        Math.round(samples.start),
      ];
    }),
  };
}

function newClient(): Client {
  return new Client({ name: 'bench', version: '1' }, { capabilities: {} });
}

async function overStdio(args: readonly string[], state?: string): Promise<Client> {
  const client = newClient();
  const env = { PATH: process.env['PATH'] ?? '', ...(state !== undefined && { GATEHOUSE_HOME: state }) };
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [...args], env, stderr: 'ignore' }),
  );
  return client;
}

async function overHttp(port: number): Promise<Client> {
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  const end = performance.now() + 30_000;
  for (;;) {
    const client = newClient();
    try {
      await client.connect(new StreamableHTTPClientTransport(url, { fetch: manyListeners }));
      return client;
    } catch (error) {
      if (performance.now() > end) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** All requests of a transport listen to one signal until they are collected as garbage; so many are no leak. */
function manyListeners(url: string | URL, init?: RequestInit): Promise<Response> {
  if (init?.signal) {
    setMaxListeners(0, init.signal);
  }
  return fetch(url, init);
}

function run(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { stdio: 'ignore' });
}

function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
