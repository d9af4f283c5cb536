// The real `cerbos server` on a directory of policies.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { JsonObject, PolicyFile } from '../../../server/policy';
import type { SchemaEnforcement } from '../../../server/policy';
import { cerbosBinary } from '../../tools';

/** How the server decides: its configuration, and our options for the same. */
export interface Mode {
  readonly name: string;
  readonly strictEvaluation: boolean;
  readonly lenientScopeSearch: boolean;
  readonly globals: JsonObject;
  readonly defaultPolicyVersion?: string;
  readonly defaultScope?: string;
  readonly schemaEnforcement?: SchemaEnforcement;
  /** Its path, for what cannot be set on the command line. */
  readonly configurationFile?: string;
}

export interface CerbosServer {
  readonly url: string;
  /** Sends a `CheckResources` request, and gives the response as parsed JSON. */
  check(request: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** Writes files into a new temporary directory, which the caller removes. */
export async function writePolicies(files: readonly PolicyFile[]): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-differential-'));
  for (const file of files) {
    const target = path.join(directory, ...file.path.split('/'));
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, file.text);
  }
  return directory;
}

/**
 * Starts a server and waits until it answers.
 * @throws Error with what the server printed, if it ends before that
 */
export async function startServer(
  directory: string,
  mode: Mode,
  patienceSeconds = 60,
): Promise<CerbosServer> {
  const [http, grpc] = [await freePort(), await freePort()];
  const settings: Record<string, string> = {
    'storage.driver': 'disk',
    'storage.disk.directory': directory,
    'storage.disk.watchForChanges': 'false',
    'server.httpListenAddr': `127.0.0.1:${http}`,
    'server.grpcListenAddr': `127.0.0.1:${grpc}`,
    'telemetry.disabled': 'true',
    'audit.enabled': 'false',
    'engine.strictEvaluation': String(mode.strictEvaluation),
    'engine.lenientScopeSearch': String(mode.lenientScopeSearch),
    'engine.celErrorLogLevel': 'none',
    'schema.enforcement': mode.schemaEnforcement ?? 'none',
    ...(mode.configurationFile === undefined && { 'auxData.jwt.disableVerification': 'true' }),
    ...(mode.defaultPolicyVersion !== undefined && {
      'engine.defaultPolicyVersion': mode.defaultPolicyVersion,
    }),
    ...(mode.defaultScope !== undefined && { 'engine.defaultScope': mode.defaultScope }),
  };
  for (const [name, value] of Object.entries(mode.globals)) {
    settings[`engine.globals.${name}`] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  const args = Object.entries(settings).map(([name, value]) => `--set=${name}=${value}`);
  if (mode.configurationFile !== undefined) {
    args.push(`--config=${mode.configurationFile}`);
  }
  const server = spawn(cerbosBinary(), ['server', '--log-level=error', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => void printed.push(text));
  }
  const url = `http://127.0.0.1:${http}`;
  await untilHealthy(url, server, printed, patienceSeconds);
  return {
    url,
    check: (request) => post(`${url}/api/check/resources`, request),
    stop: () => stop(server),
  };
}

async function untilHealthy(
  url: string,
  server: ChildProcess,
  printed: readonly string[],
  patienceSeconds: number,
): Promise<void> {
  for (let attempt = 0; attempt < patienceSeconds * 20; attempt++) {
    if (server.exitCode !== null) {
      throw new Error(`cerbos server ended: ${printed.join('')}`);
    }
    const healthy = await fetch(`${url}/_cerbos/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop(server);
  throw new Error(`cerbos server does not answer: ${printed.join('')}`);
}

async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.json();
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) {
    return;
  }
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await ended;
}

/** Removes a directory that {@link writePolicies} made. */
export function removePolicies(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
