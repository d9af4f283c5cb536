import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { explainTestRequest, messageOf, testCommands } from '../../server/protocol';
import type { ExplainTestParams, RunTestsParams } from '../../server/protocol';
import { ExplanationDocuments } from './explanation-documents';
import { TestExplorer } from './test-explorer';

/**
 * Starts the language server for policies, in a process of its own, and shows what it says: diagnostics, completion and
 * the like through VS Code's own client, tests in the Test Explorer. It looks at YAML and JSON only; whether a file is a policy
 * is the server's to say.
 * @param serverScript absolute path of `dist/language-server.js`
 */
export function startLanguageClient(serverScript: string, log: vscode.LogOutputChannel): vscode.Disposable {
  const module = { module: serverScript, transport: TransportKind.ipc };
  const client = new LanguageClient(
    'gatehouse',
    'Gatehouse',
    { run: module, debug: { ...module, options: { execArgv: ['--nolazy', '--inspect=6011'] } } },
    {
      documentSelector: [
        { scheme: 'file', language: 'yaml' },
        { scheme: 'file', pattern: '**/*.{yaml,yml}' },
        { scheme: 'file', language: 'json' },
      ],
      outputChannel: log,
      initializationOptions: vscode.workspace.getConfiguration('gatehouse'),
    },
  );
  const explorer = new TestExplorer(client);
  const explanations = new ExplanationDocuments();
  const disposables = [
    explorer,
    explanations,
    vscode.commands.registerCommand(testCommands.run, (params: RunTestsParams) => explorer.run(params)),
    vscode.commands.registerCommand(testCommands.explain, async (params: ExplainTestParams) => {
      const explanation = await client.sendRequest(explainTestRequest, params);
      if (explanation !== null) {
        await explanations.show(explanation);
      }
    }),
  ];
  client.start().catch((error: unknown) => {
    log.error(error instanceof Error ? error : String(error));
    void vscode.window.showErrorMessage(
      vscode.l10n.t('The policy editor of Gatehouse can not start: {0}', messageOf(error)),
    );
  });
  return vscode.Disposable.from(...disposables, { dispose: () => void client.dispose() });
}
