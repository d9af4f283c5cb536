import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { CompletionItem, Diagnostic, InitializeResult, InlayHint } from 'vscode-languageserver';
import { explainTestRequest, runTestsRequest, testsNotice } from '../protocol';
import type { SuiteReport } from '../protocol';
import { albumFiles } from './testing/album';

// The language server as any editor starts it: a process, spoken to over its standard input and output.

let folder: string;
let server: ChildProcessWithoutNullStreams;
let client: MessageConnection;
let capabilities: InitializeResult['capabilities'];
const diagnostics = new Map<string, readonly Diagnostic[]>();
const suites = new Map<string, SuiteReport>();
const stderr: string[] = [];
let exitCode: number | null | undefined;

const uriOf = (file: string): string => pathToFileURL(path.join(folder, 'policies', file)).toString();
const textDocument = (file: string): { uri: string } => ({ uri: uriOf(file) });

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}. ${stderr.join('')}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'gatehouse-language-')));
  for (const [name, text] of Object.entries(albumFiles)) {
    const file = path.join(folder, 'policies', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const outfile = path.join(folder, 'language-server.js');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  server = spawn(process.execPath, [outfile, '--stdio']);
  server.stderr.on('data', (data: Buffer) => stderr.push(data.toString()));
  server.on('exit', (code) => (exitCode = code));
  client = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  client.onNotification(
    'textDocument/publishDiagnostics',
    (published: { uri: string; diagnostics: Diagnostic[] }) => {
      diagnostics.set(published.uri, published.diagnostics);
    },
  );
  client.onNotification(testsNotice, ({ changed, removed }) => {
    for (const report of changed) suites.set(report.uri, report);
    for (const uri of removed) suites.delete(uri);
  });
  client.listen();
  const initialized = await client.sendRequest<InitializeResult>('initialize', {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: [{ uri: pathToFileURL(folder).toString(), name: 'test' }],
    capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
  });
  capabilities = initialized.capabilities;
  await client.sendNotification('initialized', {});
}, 60_000);

afterAll(() => {
  client.dispose();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
});

it('says what it can do', () => {
  expect(capabilities).toMatchObject({
    textDocumentSync: { openClose: true, change: 2 },
    hoverProvider: true,
    definitionProvider: true,
    documentSymbolProvider: true,
    inlayHintProvider: true,
  });
});

it('runs the suites that it finds', async () => {
  await until('the suite', () => suites.size > 0);
  expect([...suites.values()]).toMatchObject([
    { name: 'Albums', outcome: 'passed', counts: { passed: 5, failed: 0 } },
  ]);
});

it('follows edits, piece by piece', async () => {
  const suite = 'album_test.yaml';
  const text = albumFiles[suite];
  await client.sendNotification('textDocument/didOpen', {
    textDocument: { uri: uriOf(suite), languageId: 'yaml', version: 1, text },
  });
  const line = text.split('\n').findIndex((each) => each.includes('delete: EFFECT_ALLOW'));
  const change = (version: number, newText: string, length: number): Promise<void> =>
    client.sendNotification('textDocument/didChange', {
      textDocument: { uri: uriOf(suite), version },
      contentChanges: [
        { range: { start: { line, character: 18 }, end: { line, character: 18 + length } }, text: newText },
      ],
    });
  await change(2, 'EFFECT_DENY', 'EFFECT_ALLOW'.length);
  await until('the failing expectation', () => (diagnostics.get(uriOf(suite)) ?? []).length > 0);
  expect(diagnostics.get(uriOf(suite))).toMatchObject([
    { code: 'test-failed', range: { start: { line, character: 18 }, end: { line, character: 29 } } },
  ]);
  await until('the failing suite', () => suites.get(uriOf(suite))?.outcome === 'failed');
  await change(3, 'EFFECT_ALLOW', 'EFFECT_DENY'.length);
  await until('the expectation come true', () => (diagnostics.get(uriOf(suite)) ?? []).length === 0);
});

it('shows results, and explains them', async () => {
  const range = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } };
  const hints = await client.sendRequest<InlayHint[]>('textDocument/inlayHint', {
    textDocument: textDocument('album_test.yaml'),
    range,
  });
  expect(hints.map(({ label }) => label)).toContain('✓ 5');
  const explained = await client.sendRequest(explainTestRequest, { uri: uriOf('album_test.yaml'), test: 0 });
  expect(explained?.text).toContain('Rule resource.album.vdefault#owners-do-all decided');
  const reports = await client.sendRequest(runTestsRequest, { uri: uriOf('album_test.yaml') });
  expect(reports).toMatchObject([{ name: 'Albums', outcome: 'passed' }]);
  const one = await client.sendRequest(runTestsRequest, { uri: uriOf('album_test.yaml'), tests: [1] });
  expect(one).toMatchObject([{ name: 'Albums', outcome: 'passed', counts: { passed: 5 } }]);
});

it('answers about policies that are not open, and completes in those that are', async () => {
  const text = albumFiles['album.yaml'].replace('V.isPublic && !V.isLocked', 'P.attr.');
  await client.sendNotification('textDocument/didOpen', {
    textDocument: { uri: uriOf('album.yaml'), languageId: 'yaml', version: 1, text },
  });
  const line = text.split('\n').findIndex((each) => each.includes('P.attr.'));
  const items = await client.sendRequest<CompletionItem[]>('textDocument/completion', {
    textDocument: textDocument('album.yaml'),
    position: { line, character: text.split('\n')[line]?.length ?? 0 },
  });
  expect(items.map(({ label }) => label)).toEqual(expect.arrayContaining(['team', 'level']));
  const hover = await client.sendRequest('textDocument/hover', {
    textDocument: textDocument('roles.yaml'),
    position: { line: 8, character: 18 },
  });
  expect(hover).not.toBeNull();
  await until('the half expression’s error', () => (diagnostics.get(uriOf('album.yaml')) ?? []).length > 0);
  await client.sendNotification('textDocument/didClose', { textDocument: textDocument('album.yaml') });
  await until('the closed file’s own text', () => (diagnostics.get(uriOf('album.yaml')) ?? []).length === 0);
});

it('notices files that come and go', async () => {
  const file = path.join(folder, 'policies', 'broken.yaml');
  const changed = (type: number): Promise<void> =>
    client.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: uriOf('broken.yaml'), type }],
    });
  writeFileSync(file, 'apiVersion: api.cerbos.dev/v1\nresourcePolicy:\n  resourc: x\n');
  await changed(1);
  await until('the broken file', () => (diagnostics.get(uriOf('broken.yaml')) ?? []).length > 0);
  rmSync(file);
  await changed(3);
  await until('its end', () => (diagnostics.get(uriOf('broken.yaml')) ?? []).length === 0);
});

it('knows policies in JSON, and leaves other JSON alone', async () => {
  const text =
    '{"apiVersion": "api.cerbos.dev/v1", "resourcePolicy": {"resource": "x", "version": "1", "rule": []}}';
  for (const [uri, content] of [
    [uriOf('policy.json'), text],
    [uriOf('notes.json'), '{"resource": 1}'],
  ] as const) {
    await client.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'json', version: 1, text: content },
    });
  }
  await until('the policy’s error', () => (diagnostics.get(uriOf('policy.json')) ?? []).length > 0);
  expect(diagnostics.get(uriOf('policy.json'))).toMatchObject([{ code: 'unknown-key' }]);
  const hover = await client.sendRequest('textDocument/hover', {
    textDocument: textDocument('policy.json'),
    position: { line: 0, character: text.indexOf('resourcePolicy') },
  });
  expect(hover).not.toBeNull();
  expect(diagnostics.has(uriOf('notes.json'))).toBe(false);
});

it('answers about other files with nothing', async () => {
  const uri = pathToFileURL(path.join(folder, 'deploy.yaml')).toString();
  await client.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'yaml', version: 1, text: 'kind: Pod\n' },
  });
  for (const method of ['hover', 'completion', 'definition']) {
    const position = { line: 0, character: 2 };
    expect(
      await client.sendRequest(`textDocument/${method}`, { textDocument: { uri }, position }),
    ).toBeNull();
  }
  expect(diagnostics.has(uri)).toBe(false);
});

it('takes in policies from outside the workspace, with what lies beside them', async () => {
  const loose = realpathSync(mkdtempSync(path.join(tmpdir(), 'gatehouse-loose-')));
  try {
    for (const name of ['album.yaml', 'shared.yaml'] as const)
      writeFileSync(path.join(loose, name), albumFiles[name]);
    const uri = pathToFileURL(path.join(loose, 'album.yaml')).toString();
    await client.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text: albumFiles['album.yaml'] },
    });
    // Of its two imports, one lies beside it.
    const missing = (): number =>
      (diagnostics.get(uri) ?? []).filter(({ code }) => code === 'missing-import').length;
    await until('the missing import', () => missing() === 1);
  } finally {
    rmSync(loose, { recursive: true, force: true });
  }
});

it('ends when it is told to', async () => {
  await client.sendRequest('shutdown');
  await client.sendNotification('exit');
  await until('the exit', () => exitCode !== undefined);
  expect(exitCode).toBe(0);
  expect(stderr).toEqual([]);
});
