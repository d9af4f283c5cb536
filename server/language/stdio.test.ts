import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { CompletionItem, Diagnostic, InitializeResult, InlayHint } from 'vscode-languageserver';
import { explainTestRequest, runTestsRequest, testsNotice } from '../protocol';
import type { SuiteReport } from '../protocol';
import { albumFiles } from '../../test/support/language/album';

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
  const deadline = performance.now() + 120_000;
  while (!holds()) {
    if (performance.now() > deadline) {
      throw new Error(`Waited in vain for ${what}. ${stderr.join('')}`);
    }
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
    for (const report of changed) {
      suites.set(report.uri, report);
    }
    for (const uri of removed) {
      suites.delete(uri);
    }
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

test('the server announces its capabilities', () => {
  expect(capabilities).toMatchObject({
    textDocumentSync: { openClose: true, change: 2 },
    hoverProvider: true,
    definitionProvider: true,
    documentSymbolProvider: true,
    inlayHintProvider: true,
  });
});

test('the server runs the suites that it finds', async () => {
  await until('the suite', () => suites.size > 0);
  expect([...suites.values()]).toMatchObject([
    { name: 'Albums', outcome: 'passed', counts: { passed: 5, failed: 0 } },
  ]);
});

test('the server follows edits, piece by piece', async () => {
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

test('the server shows results, and explains them', async () => {
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

test('the server answers about policies that are not open, and completes in those that are', async () => {
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

test('the server notices files that come and go', async () => {
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

test('the server notices a folder that is renamed or deleted as a whole', async () => {
  const [from, to] = [path.join(folder, 'policies'), path.join(folder, 'renamed')];
  const changed = (file: string, type: number): Promise<void> =>
    client.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: pathToFileURL(file).toString(), type }],
    });
  renameSync(from, to);
  await changed(from, 3);
  await changed(to, 1);
  const moved = pathToFileURL(path.join(to, 'album_test.yaml')).toString();
  await until('the suite’s new place', () => suites.get(moved)?.outcome === 'passed');
  // Of those that are open in the editor, the texts still count.
  expect([...suites.keys()].filter((uri) => uri.includes('/policies/'))).toEqual([uriOf('album_test.yaml')]);
  renameSync(to, from);
  await changed(to, 3);
  await changed(from, 1);
  await until('the suite’s old place', () => suites.size === 1 && !suites.has(moved));
});

test('the server recognizes policies in JSON, and leaves other JSON alone', async () => {
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

test('the server has no answer about other files', async () => {
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

test('the server takes in policies from outside the workspace, with the files beside them', async () => {
  const loose = realpathSync(mkdtempSync(path.join(tmpdir(), 'gatehouse-loose-')));
  try {
    for (const name of ['album.yaml', 'shared.yaml'] as const) {
      writeFileSync(path.join(loose, name), albumFiles[name]);
    }
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

describe('a policy outside the workspace', () => {
  let loose: string;
  const fileIn = (name: string): string => path.join(loose, name);
  const uri = (name: string): string => pathToFileURL(fileIn(name)).toString();
  const open = (name: string): Promise<void> =>
    client.sendNotification('textDocument/didOpen', {
      textDocument: {
        uri: uri(name),
        languageId: 'yaml',
        version: 1,
        text: readFileSync(fileIn(name), 'utf8'),
      },
    });
  const close = (name: string): Promise<void> =>
    client.sendNotification('textDocument/didClose', { textDocument: { uri: uri(name) } });
  const suite = (): string | undefined => suites.get(uri('album_test.yaml'))?.outcome;
  const mark = async (): Promise<unknown> => {
    const range = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } };
    const hints = await client.sendRequest<InlayHint[] | null>('textDocument/inlayHint', {
      textDocument: { uri: uri('album_test.yaml') },
      range,
    });
    return hints?.[0]?.label;
  };
  const strict = albumFiles['album.yaml'].replace('[owner]', '[moderator]');

  beforeEach(async () => {
    const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'gatehouse-home-')));
    loose = path.join(home, '.gatehouse', 'policies');
    for (const [name, text] of Object.entries(albumFiles)) {
      mkdirSync(path.dirname(fileIn(name)), { recursive: true });
      writeFileSync(fileIn(name), text);
    }
    await open('album_test.yaml');
    await until('the suite', () => suite() === 'passed');
    expect(await mark()).toBe('✓ 5');
  });
  afterEach(async () => {
    await close('album_test.yaml');
    rmSync(path.dirname(path.dirname(loose)), { recursive: true, force: true });
  });

  test('a closed policy has the text that was saved, though nobody watches it', async () => {
    await open('album.yaml');
    await client.sendNotification('textDocument/didChange', {
      textDocument: { uri: uri('album.yaml'), version: 2 },
      contentChanges: [{ text: strict }],
    });
    await until('the failing suite', () => suite() === 'failed');
    writeFileSync(fileIn('album.yaml'), strict);
    await client.sendNotification('textDocument/didSave', { textDocument: { uri: uri('album.yaml') } });
    await close('album.yaml');
    expect(await mark()).toMatch(/^✗/);
    expect(suite()).toBe('failed');
    const failed = (diagnostics.get(uri('album_test.yaml')) ?? []).map(({ code }) => code);
    expect(new Set(failed)).toEqual(new Set(['test-failed']));
  });

  test('a policy whose edits are thrown away has the text on disk', async () => {
    await open('album.yaml');
    await client.sendNotification('textDocument/didChange', {
      textDocument: { uri: uri('album.yaml'), version: 2 },
      contentChanges: [{ text: strict }],
    });
    await until('the failing suite', () => suite() === 'failed');
    await close('album.yaml');
    expect(await mark()).toBe('✓ 5');
  });

  test('a policy has the text that another program wrote, once a file beside it is opened, saved or closed', async () => {
    writeFileSync(fileIn('album.yaml'), strict);
    await client.sendNotification('textDocument/didSave', { textDocument: { uri: uri('album_test.yaml') } });
    expect(await mark()).toMatch(/^✗/);
    renameSync(fileIn('album.yaml'), fileIn('renamed.yaml'));
    writeFileSync(fileIn('renamed.yaml'), albumFiles['album.yaml']);
    await open('roles.yaml');
    expect(await mark()).toBe('✓ 5');
    rmSync(fileIn('renamed.yaml'));
    await close('roles.yaml');
    expect(await mark()).toMatch(/^✗/);
  });

  test('a policy that Cerbos can not read for its encoding is an error, open or closed', async () => {
    writeFileSync(fileIn('album.yaml'), Buffer.from(`\ufeff${albumFiles['album.yaml']}`, 'utf16le'));
    await client.sendNotification('textDocument/didSave', { textDocument: { uri: uri('album_test.yaml') } });
    const codes = (): unknown => (diagnostics.get(uri('album.yaml')) ?? []).map(({ code }) => code);
    await until('the encoding’s error', () => JSON.stringify(codes()) === '["wrong-encoding"]');
    expect(suite()).toBe('blocked');
    await client.sendNotification('textDocument/didOpen', {
      textDocument: {
        uri: uri('album.yaml'),
        languageId: 'yaml',
        version: 1,
        text: albumFiles['album.yaml'],
      },
    });
    await mark();
    expect(codes()).toEqual(['wrong-encoding']);
    writeFileSync(fileIn('album.yaml'), albumFiles['album.yaml']);
    await client.sendNotification('textDocument/didSave', { textDocument: { uri: uri('album.yaml') } });
    expect(await mark()).toBe('✓ 5');
    expect(codes()).toEqual([]);
    await close('album.yaml');
  });
});

test('the server ends on request', async () => {
  await client.sendRequest('shutdown');
  await client.sendNotification('exit');
  await until('the exit', () => exitCode !== undefined);
  expect(exitCode).toBe(0);
  expect(stderr).toEqual([]);
});
