// The language server beside `cerbos compile`: generated workspaces, spoken to over stdio as an editor would.
import { execFile, spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { StreamMessageReader, StreamMessageWriter, createMessageConnection } from 'vscode-jsonrpc/node';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { CompletionItem, Diagnostic } from 'vscode-languageserver';
import { testsNotice } from '../../server/protocol';
import { cerbosBinary } from '../tools';
import { summarize } from './table';
import type { Bench, BenchTable } from './table';

/** How many resource policies there are; each has a suite, and all share derived roles, variables and principals. */
const sizes = [10, 100, 500] as const;
const edits = 30;

export const bench: Bench = async () => {
  const starts: (readonly (string | number | undefined)[])[] = [];
  const answers: (readonly (string | number | undefined)[])[] = [];
  for (const size of sizes) {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'gatehouse-bench-')));
    try {
      writeWorkspace(folder, size);
      const editor = await Editor.start(folder, size);
      try {
        const diagnostics = await repeat(edits, (round) => editor.brokenPolicy(round));
        const results = await repeat(edits, (round) => editor.changedExpectation(round));
        const spread = await repeat(10, (round) => editor.changedDerivedRole(round));
        const completion = await repeat(edits, () => editor.completion());
        answers.push([size, ...pair(diagnostics), ...pair(results), ...pair(spread), ...pair(completion)]);
        const binary = await cerbosCompile(path.join(folder, 'policies'));
        starts.push([size, editor.indexed, binary, editor.memory()]);
      } finally {
        await editor.stop();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return [startTable(starts), answerTable(answers)];
};

function startTable(rows: BenchTable['rows']): BenchTable {
  return {
    title: 'Opening a workspace of policies',
    note:
      'From the start of the language server’s process until all suites have run and the client knows their results; ' +
      'beside the binary on the same files, tests included. Memory of the server’s process after all edits below.',
    columns: ['policies, each with a suite', 'all results (ms)', '`cerbos compile` (ms)', 'memory (MiB)'],
    rows,
  };
}

function answerTable(rows: BenchTable['rows']): BenchTable {
  return {
    title: 'An edit, until the client knows',
    note:
      'One keystroke’s edit over stdio until what it causes arrives, the pause that ends typing (20 ms) included. ' +
      'Diagnostics: a mistake in a policy comes or goes. Result: an expectation of one suite changes. All results: an ' +
      'edit of the derived roles that every policy imports, until every suite has run again. Completion: after an edit, ' +
      'the attributes of a principal.',
    columns: [
      'policies',
      'diagnostics p50 (ms)',
      'p95 (ms)',
      'result p50 (ms)',
      'p95 (ms)',
      'all results p50 (ms)',
      'p95 (ms)',
      'completion p50 (ms)',
      'p95 (ms)',
    ],
    rows,
  };
}

function pair(samples: readonly number[]): readonly [number, number] {
  const { p50, p95 } = summarize(samples);
  return [p50, p95];
}

async function repeat(times: number, measure: (round: number) => Promise<number>): Promise<number[]> {
  // The first rounds warm up.
  for (let round = 0; round < 4; round++) {
    await measure(round);
  }
  const samples: number[] = [];
  for (let round = 0; round < times; round++) {
    samples.push(await measure(round));
  }
  return samples;
}

/** A notification of the language server. */
interface Event {
  readonly diagnostics?: { readonly uri: string; readonly found: readonly Diagnostic[] };
  /** How many suites came out anew. */
  readonly suites?: number;
}

/** An editor's end of the language server. */
class Editor {
  /** Milliseconds from the start of the process until all results were there. */
  indexed = 0;
  readonly #folder: string;
  readonly #suites: number;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #client: MessageConnection;
  readonly #texts = new Map<string, string>();
  readonly #versions = new Map<string, number>();
  #listener: (event: Event) => void = () => undefined;

  private constructor(folder: string, suites: number) {
    this.#folder = folder;
    this.#suites = suites;
    this.#process = spawn(process.execPath, [path.resolve('dist/language-server.js'), '--stdio']);
    this.#client = createMessageConnection(
      new StreamMessageReader(this.#process.stdout),
      new StreamMessageWriter(this.#process.stdin),
    );
    this.#client.onNotification(
      'textDocument/publishDiagnostics',
      ({ uri, diagnostics }: { uri: string; diagnostics: Diagnostic[] }) => {
        this.#listener({ diagnostics: { uri, found: diagnostics } });
      },
    );
    this.#client.onNotification(testsNotice, ({ changed }) => {
      this.#listener({ suites: changed.length });
    });
    this.#client.listen();
  }

  static async start(folder: string, suites: number): Promise<Editor> {
    const started = performance.now();
    const editor = new Editor(folder, suites);
    let known = 0;
    const all = new Promise<void>((resolve) => {
      editor.#listener = ({ suites: more = 0 }) => {
        known += more;
        if (known >= suites) {
          resolve();
        }
      };
    });
    await editor.#client.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ uri: pathToFileURL(folder).toString(), name: 'bench' }],
      capabilities: {},
    });
    await editor.#client.sendNotification('initialized', {});
    await all;
    editor.indexed = performance.now() - started;
    for (const file of ['kind0.yaml', 'kind0_test.yaml', 'roles.yaml']) {
      await editor.#open(file);
    }
    return editor;
  }

  /** A rule's condition names a field that is none, or is right again. */
  async brokenPolicy(round: number): Promise<number> {
    const broken = round % 2 === 0;
    const [from, to] = broken ? ['P.attr.level', 'P.attrs.level'] : ['P.attrs.level', 'P.attr.level'];
    return await this.#edit(
      'kind0.yaml',
      from,
      to,
      ({ diagnostics }) =>
        diagnostics?.uri.endsWith('/kind0.yaml') === true && diagnostics.found.length > 0 === broken,
    );
  }

  /** An expectation fails, or comes true again. */
  async changedExpectation(round: number): Promise<number> {
    const failing = round % 2 === 0;
    const [from, to] = failing
      ? ['view: EFFECT_ALLOW', 'view: EFFECT_DENY']
      : ['view: EFFECT_DENY', 'view: EFFECT_ALLOW'];
    return await this.#edit(
      'kind0_test.yaml',
      from,
      to,
      ({ diagnostics }) =>
        diagnostics?.uri.endsWith('/kind0_test.yaml') === true && diagnostics.found.length > 0 === failing,
    );
  }

  /** Something changes on which every suite depends. */
  async changedDerivedRole(round: number): Promise<number> {
    const [from, to] = round % 2 === 0 ? ['== P.id', '==  P.id'] : ['==  P.id', '== P.id'];
    return await this.#edit('roles.yaml', from, to, ({ suites }) => suites === this.#suites);
  }

  async completion(): Promise<number> {
    const text = this.#text('kind0.yaml');
    const line = text.split('\n').findIndex((each) => each.includes('P.attr.level'));
    const character = (text.split('\n')[line] ?? '').indexOf('P.attr.') + 'P.attr.'.length;
    await this.#change('kind0.yaml', 'P.attr.level', 'P.attr.level ');
    const started = performance.now();
    const items = await this.#client.sendRequest<CompletionItem[]>('textDocument/completion', {
      textDocument: { uri: this.#uri('kind0.yaml') },
      position: { line, character },
    });
    const took = performance.now() - started;
    if (!items.some(({ label }) => label === 'level')) {
      throw new Error('the completion does not offer level');
    }
    await this.#change('kind0.yaml', 'P.attr.level ', 'P.attr.level');
    return took;
  }

  /** Resident memory in MiB, where the system tells. */
  memory(): number | undefined {
    const status = `/proc/${this.#process.pid ?? 0}/status`;
    if (!existsSync(status)) {
      return undefined;
    }
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(status, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  }

  async stop(): Promise<void> {
    await this.#client.sendRequest('shutdown');
    await this.#client.sendNotification('exit');
    this.#client.dispose();
    this.#process.kill();
  }

  async #edit(file: string, from: string, to: string, isDone: (event: Event) => boolean): Promise<number> {
    const done = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing came of an edit of ${file}`)), 60_000);
      this.#listener = (event) => {
        if (!isDone(event)) {
          return;
        }
        clearTimeout(timer);
        resolve();
      };
    });
    const started = performance.now();
    await this.#change(file, from, to);
    await done;
    return performance.now() - started;
  }

  async #change(file: string, from: string, to: string): Promise<void> {
    const text = this.#text(file);
    const at = text.indexOf(from);
    if (at < 0) {
      throw new Error(`${file} does not hold ${from}`);
    }
    const before = text.slice(0, at).split('\n');
    const start = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    const version = (this.#versions.get(file) ?? 1) + 1;
    this.#versions.set(file, version);
    this.#texts.set(file, text.slice(0, at) + to + text.slice(at + from.length));
    await this.#client.sendNotification('textDocument/didChange', {
      textDocument: { uri: this.#uri(file), version },
      contentChanges: [
        { range: { start, end: { line: start.line, character: start.character + from.length } }, text: to },
      ],
    });
  }

  async #open(file: string): Promise<void> {
    const text = readFileSync(path.join(this.#folder, 'policies', file), 'utf8');
    this.#texts.set(file, text);
    await this.#client.sendNotification('textDocument/didOpen', {
      textDocument: { uri: this.#uri(file), languageId: 'yaml', version: 1, text },
    });
  }

  #text(file: string): string {
    return this.#texts.get(file) ?? '';
  }

  #uri(file: string): string {
    return pathToFileURL(path.join(this.#folder, 'policies', file)).toString();
  }
}

async function cerbosCompile(directory: string): Promise<number> {
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    execFile(cerbosBinary(), ['compile', '--output=json', directory], { maxBuffer: 2 ** 28 }, (error) => {
      if (error === null) {
        resolve();
      } else {
        reject(new Error('cerbos compile failed', { cause: error }));
      }
    });
  });
  return performance.now() - started;
}

function writeWorkspace(folder: string, size: number): void {
  const write = (name: string, text: string): void => {
    const file = path.join(folder, 'policies', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  write('roles.yaml', roles);
  write('shared.yaml', shared);
  write('testdata/principals.yaml', principals);
  for (let at = 0; at < size; at++) {
    write(`kind${at}.yaml`, policy(at));
    write(`kind${at}_test.yaml`, suite(at));
  }
}

const roles = `apiVersion: api.cerbos.dev/v1
derivedRoles:
  name: common
  definitions:
    - name: owner
      parentRoles: [user]
      condition: {match: {expr: R.attr.owner == P.id}}
    - name: reviewer
      parentRoles: [user]
      condition: {match: {expr: '"reviewer" in P.attr.duties'}}
`;
const shared = `apiVersion: api.cerbos.dev/v1
exportVariables:
  name: shared
  definitions:
    locked: R.attr.?locked.orValue(false)
    draft: R.attr.status == "draft"
`;
const principals = `principals:
  ann: {id: ann, roles: [user], attr: {level: 3, duties: [reviewer]}}
  bob: {id: bob, roles: [user], attr: {level: 1, duties: []}}
  eve: {id: eve, roles: [guest], attr: {level: 9, duties: []}}
`;

function policy(at: number): string {
  return `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: kind${at}
  version: default
  importDerivedRoles: [common]
  variables:
    import: [shared]
    local:
      open: '!V.locked && R.attr.tags.exists(tag, tag == "open")'
  rules:
    - name: owners
      actions: [view, edit, delete]
      effect: EFFECT_ALLOW
      derivedRoles: [owner]
    - name: reviewers
      actions: [view, approve]
      effect: EFFECT_ALLOW
      derivedRoles: [reviewer]
      condition: {match: {expr: V.draft && !V.locked}}
    - name: open-to-all
      actions: [view]
      effect: EFFECT_ALLOW
      roles: [user, guest]
      condition: {match: {expr: V.open}}
    - name: locked
      actions: [edit, delete]
      effect: EFFECT_DENY
      roles: ["*"]
      condition:
        match:
          all:
            of:
              - expr: V.locked
              - expr: P.attr.level < 5
`;
}

function suite(at: number): string {
  return `name: Kind ${at}
resources:
  draft: {id: draft, kind: kind${at}, attr: {owner: bob, status: draft, tags: [open]}}
  final: {id: final, kind: kind${at}, attr: {owner: ann, status: final, locked: true, tags: []}}
tests:
  - name: owners
    input: {principals: [ann, bob], resources: [draft, final], actions: [view, edit]}
    expected:
      - principal: bob
        resource: draft
        actions:
          view: EFFECT_ALLOW
          edit: EFFECT_ALLOW
      - {principal: ann, resource: draft, actions: {view: EFFECT_ALLOW}}
      - {principal: ann, resource: final, actions: {view: EFFECT_ALLOW}}
  - name: guests
    input: {principals: [eve], resources: [draft, final], actions: [view, delete]}
    expected:
      - {principal: eve, resource: draft, actions: {view: EFFECT_ALLOW}}
`;
}
