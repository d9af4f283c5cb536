import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  DidChangeConfigurationNotification,
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
import { Folders } from './folders';
import { disk } from './texts/disk';
import { FileTexts } from './texts/file-texts';
import { normalPath, pathOfUri } from './texts/paths';
import { Watchers } from './watchers';
import type { FileInSet } from './workspace/snapshot';
import { Workspace } from './workspace/workspace';

/** Connects the language features to a client. Nothing is decided here. */
export function serve(connection: Connection): void {
  const workspace = new Workspace();
  const documents = new TextDocuments(TextDocument);
  /** The URI as the client writes it, which may differ from ours in escapes. */
  const clientUris = new Map<string, string>();
  const asClient = (uri: string): string => clientUris.get(pathOfUri(uri) ?? '') ?? uri;
  let client: InitializeParams['capabilities'] = {};
  let isStarted = false;
  let ready = (): void => undefined;
  const isReady = new Promise<void>((resolve) => (ready = resolve));
  const analysis = new Analysis(workspace, {
    publishDiagnostics: (uri, diagnostics) =>
      void connection.sendDiagnostics({ uri: asClient(uri), diagnostics }),
    publishTests: (notice) => void connection.sendNotification(testsNotice, notice),
    resultsChanged: () => {
      if (client.workspace?.inlayHint?.refreshSupport) {
        void connection.languages.inlayHint.refresh();
      }
    },
    log: (error) =>
      connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });

  const texts = new FileTexts(disk, {
    changed: (path, now) => {
      workspace.setFile(path, now);
      touch();
    },
    settled: () => touch(),
  });
  const watchers = new Watchers(connection);
  const folders = new Folders(texts, workspace, (loose) =>
    watchers.watch(loose, workspace.settings.policies),
  );

  /** Half of a policy set has mistakes that the whole has not: while files are being read, nothing is analyzed. */
  function touch(): void {
    if (isStarted && texts.isSettled) {
      analysis.touch();
    }
  }

  connection.onInitialize((params): InitializeResult => {
    client = params.capabilities;
    workspace.setSettings(readSettings(params.initializationOptions));
    const uris = params.workspaceFolders?.map(({ uri }) => uri) ?? [];
    folders.set(uris.flatMap((uri) => pathOfUri(uri) ?? []).map((path) => normalPath(path)));
    return {
      serverInfo: { name: 'gatehouse' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
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
    await watchers.start(client);
    if (client.workspace?.didChangeConfiguration?.dynamicRegistration) {
      await connection.client.register(DidChangeConfigurationNotification.type, { section: 'gatehouse' });
    }
    if (client.workspace?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const paths = (each: readonly { uri: string }[]): string[] =>
          each.flatMap(({ uri }) => pathOfUri(uri) ?? []);
        folders.change(paths(added), paths(removed));
        // What is open may lie in no folder of the workspace any more.
        for (const document of documents.all()) {
          edited(document);
        }
        touch();
      });
    }
    await configure();
    await texts.settled();
    isStarted = true;
    ready();
    touch();
  }

  async function configure(): Promise<void> {
    if (!client.workspace?.configuration) {
      return;
    }
    workspace.setSettings(readSettings(await connection.workspace.getConfiguration('gatehouse')));
  }

  connection.onDidChangeConfiguration(({ settings }) => {
    const given = settings as { gatehouse?: unknown } | null | undefined;
    if (!client.workspace?.configuration) {
      workspace.setSettings(readSettings(given?.gatehouse));
    }
    void configure().then(() => {
      touch();
      if (client.workspace?.inlayHint?.refreshSupport) {
        void connection.languages.inlayHint.refresh();
      }
    });
  });

  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri } of changes) {
      const path = pathOfUri(uri);
      if (path !== undefined) {
        texts.refresh(path);
      }
    }
  });

  function edited(document: TextDocument): void {
    const path = pathOfUri(document.uri);
    if (path === undefined) {
      return;
    }
    clientUris.set(path, document.uri);
    texts.edit(path, document.getText());
    folders.edited(path, document.getText());
  }
  documents.onDidChangeContent(({ document }) => edited(document));
  for (const visits of [documents.onDidOpen, documents.onDidSave]) {
    visits(({ document }) => {
      const path = pathOfUri(document.uri);
      if (path !== undefined) {
        folders.visited(path);
      }
    });
  }
  documents.onDidClose(({ document }) => {
    const path = pathOfUri(document.uri);
    if (path === undefined) {
      return;
    }
    texts.close(path);
    folders.visited(path);
    touch();
  });

  /** Resolves when what happened so far is read and analyzed. */
  async function settled(): Promise<void> {
    await texts.settled();
    await analysis.settled();
  }

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
    if (token.isCancellationRequested) {
      return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
    }
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
      if (!workspace.settings.inlayHints) {
        return null;
      }
      await settled();
      const found = workspace.snapshot().find(pathOfUri(textDocument.uri) ?? '');
      return found ? inlayHints(found.file, analysis.results(found.set.root)) : null;
    }),
  );
  connection.onRequest(runTestsRequest, async (params, token) => {
    await isReady;
    await texts.settled();
    return await analysis.rerun(params, () => token.isCancellationRequested);
  });
  connection.onRequest(coverageRequest, async (wanted, token) => {
    await isReady;
    await texts.settled();
    return await analysis.coverage(wanted, () => token.isCancellationRequested);
  });
  connection.onRequest(explainTestRequest, async ({ uri, test }, token) => {
    await isReady;
    await settled();
    return about(uri, token, null, (found) => explainTest(found, analysis.results(found.set.root), test));
  });

  connection.onShutdown(() => analysis.stop());
  documents.listen(connection);
  connection.listen();
}
