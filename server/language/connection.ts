import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import type {
  CancellationToken,
  Connection,
  InitializeParams,
  InitializeResult,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { coverageRequest, explainTestRequest, runTestsRequest, testsNotice } from '../protocol';
import { Analysis } from './analysis';
import { codeLenses } from './features/code-lens';
import { complete } from './features/completion';
import { definition } from './features/definition';
import { documentSymbols } from './features/document-symbols';
import { explainTest } from './features/explain-test';
import { hover } from './features/hover';
import { inlayHints } from './features/inlay-hints';
import { readSettings } from './settings';
import { looseFolder } from './workspace/layout';
import { normalPath, pathOfUri } from './workspace/paths';
import { isCandidate, isSkipped, isWorthKeeping, readCandidate, scanFolder } from './workspace/scan';
import type { FileInSet } from './workspace/snapshot';
import { isPolicy } from './workspace/traits';
import { Workspace } from './workspace/workspace';

/** Connects the language features to a client. Nothing is decided here. */
export function serve(connection: Connection): void {
  const workspace = new Workspace();
  const documents = new TextDocuments(TextDocument);
  /** The URI as the client writes it, which may differ from ours in escapes. */
  const clientUris = new Map<string, string>();
  const asClient = (uri: string): string => clientUris.get(pathOfUri(uri) ?? '') ?? uri;
  let client: InitializeParams['capabilities'] = {};
  let ready = (): void => undefined;
  const isReady = new Promise<void>((resolve) => (ready = resolve));
  const analysis = new Analysis(workspace, {
    publishDiagnostics: (uri, diagnostics) =>
      void connection.sendDiagnostics({ uri: asClient(uri), diagnostics }),
    publishTests: (notice) => void connection.sendNotification(testsNotice, notice),
    resultsChanged: () => {
      if (client.workspace?.inlayHint?.refreshSupport) void connection.languages.inlayHint.refresh();
    },
    log: (error) =>
      connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });

  connection.onInitialize((params): InitializeResult => {
    client = params.capabilities;
    const folders = params.workspaceFolders?.map(({ uri }) => uri) ?? [];
    workspace.setFolders(folders.flatMap((uri) => pathOfUri(uri) ?? []).map((path) => normalPath(path)));
    workspace.setSettings(readSettings(params.initializationOptions));
    return {
      serverInfo: { name: 'gatehouse' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        completionProvider: { triggerCharacters: ['.', '"', "'", '[', ',', '{', ' ', '?'] },
        hoverProvider: true,
        definitionProvider: true,
        documentSymbolProvider: true,
        inlayHintProvider: true,
        codeLensProvider: {},
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(() => {
    void start().catch((error: unknown) => connection.console.error(String(error)));
  });

  async function start(): Promise<void> {
    if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration) {
      const watchers = [{ globPattern: '**/*.{yaml,yml,json}' }];
      await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
    if (client.workspace?.didChangeConfiguration?.dynamicRegistration) {
      await connection.client.register(DidChangeConfigurationNotification.type, { section: 'gatehouse' });
    }
    if (client.workspace?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.flatMap(({ uri }) => pathOfUri(uri) ?? []));
        const came = added.flatMap(({ uri }) => pathOfUri(uri) ?? []);
        workspace.setFolders([...workspace.folders.filter((folder) => !gone.has(folder)), ...came]);
        void scan(came).then(() => analysis.touch());
      });
    }
    await configure();
    await scan(workspace.folders);
    ready();
    analysis.touch();
  }

  async function configure(): Promise<void> {
    if (!client.workspace?.configuration) return;
    workspace.setSettings(readSettings(await connection.workspace.getConfiguration('gatehouse')));
  }

  async function scan(folders: readonly string[]): Promise<void> {
    for (const folder of folders) {
      for (const [path, text] of await scanFolder(folder)) workspace.setFile(path, text);
    }
  }

  connection.onDidChangeConfiguration(({ settings }) => {
    const given = settings as { gatehouse?: unknown } | null | undefined;
    if (!client.workspace?.configuration) workspace.setSettings(readSettings(given?.gatehouse));
    void configure().then(() => {
      analysis.touch();
      if (client.workspace?.inlayHint?.refreshSupport) void connection.languages.inlayHint.refresh();
    });
  });

  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    for (const { uri, type } of changes) {
      const path = pathOfUri(uri);
      if (path === undefined) continue;
      const folder = workspace.folders.find((each) => path.startsWith(`${each}/`));
      if (folder === undefined || isSkipped(path, folder)) continue;
      const text =
        type === FileChangeType.Deleted || !isCandidate(path) ? undefined : await readCandidate(path);
      if (text !== undefined) workspace.setFile(path, text);
      else for (const gone of workspace.below(path)) workspace.removeFile(gone);
    }
    analysis.touch();
  });

  documents.onDidChangeContent(({ document }) => {
    const path = pathOfUri(document.uri);
    if (path === undefined || !isCandidate(path)) return;
    if (!workspace.has(path) && !isWorthKeeping(path, document.getText())) return;
    clientUris.set(path, document.uri);
    workspace.openFile(path, document.getText());
    analysis.touch();
  });

  // The user's own policies lie in no workspace.
  documents.onDidOpen(({ document }) => {
    const path = pathOfUri(document.uri);
    if (path === undefined || workspace.folders.some((folder) => path.startsWith(`${folder}/`))) return;
    if (!isCandidate(path) || !isPolicy(path, document.getText())) return;
    const folder = looseFolder(path, workspace.settings.policies);
    workspace.setFolders([...workspace.folders, folder]);
    void scan([folder]).then(() => analysis.touch());
  });

  documents.onDidClose(({ document }) => {
    const path = pathOfUri(document.uri);
    if (path === undefined) return;
    workspace.closeFile(path);
    analysis.touch();
  });

  /** Answers a request about a file, unless it was cancelled meanwhile; with `otherwise` for files that are not ours. */
  async function about<T>(
    uri: string,
    token: CancellationToken,
    otherwise: T,
    answer: (found: FileInSet) => T | Promise<T>,
  ): Promise<T | ResponseError<undefined>> {
    await isReady;
    // Edits and cancellations that are already here go first.
    await nextTurn();
    if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
    const path = pathOfUri(uri);
    const found = path === undefined ? undefined : workspace.snapshot().find(path);
    return found === undefined ? otherwise : await answer(found);
  }

  connection.onCompletion(({ textDocument, position }, token) =>
    about(textDocument.uri, token, null, (found) =>
      complete(found, position, client.textDocument?.completion?.completionItem?.snippetSupport ?? false),
    ),
  );
  connection.onHover(({ textDocument, position }, token) =>
    about(textDocument.uri, token, null, (found) => hover(found, position)),
  );
  connection.onDefinition(({ textDocument, position }, token) =>
    about(textDocument.uri, token, null, (found) => definition(found, position)),
  );
  connection.onDocumentSymbol(({ textDocument }, token) =>
    about(textDocument.uri, token, null, ({ file }) => documentSymbols(file)),
  );
  connection.onCodeLens(({ textDocument }, token) =>
    about(textDocument.uri, token, null, ({ file }) => codeLenses(file, textDocument.uri)),
  );
  connection.languages.inlayHint.on(({ textDocument }, token) =>
    about(textDocument.uri, token, null, async () => {
      // Of the whole file: a name may be shown though its line is not, by sticky scrolling.
      if (!workspace.settings.inlayHints) return null;
      await analysis.settled();
      const found = workspace.snapshot().find(pathOfUri(textDocument.uri) ?? '');
      return found ? inlayHints(found.file, analysis.results(found.set.root)) : null;
    }),
  );
  connection.onRequest(runTestsRequest, async (params, token) => {
    await isReady;
    return await analysis.rerun(params, () => token.isCancellationRequested);
  });
  connection.onRequest(coverageRequest, async (wanted, token) => {
    await isReady;
    return await analysis.coverage(wanted, () => token.isCancellationRequested);
  });
  connection.onRequest(explainTestRequest, async ({ uri, test }, token) => {
    await isReady;
    await analysis.settled();
    return about(uri, token, null, (found) => explainTest(found, analysis.results(found.set.root), test));
  });

  connection.onShutdown(() => analysis.stop());
  documents.listen(connection);
  connection.listen();
}
