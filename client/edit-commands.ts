import { access, cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Home } from './home';

const emptyServers = `{
  // Servers that Gatehouse guards in all workspaces, as in VS Code's mcp.json. They run once you activate them.
  "servers": {}
}
`;

/**
 * *Edit My Guarded Servers* and *Edit My Policies…*: open the user's own files, and make them where there are none.
 * @param builtinPolicies folder of the built-in base policies
 */
export function registerEditCommands({ layout }: Home, builtinPolicies: string): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand('gatehouse.editServers', async () => {
      if (!(await exists(layout.servers))) {
        await writeFile(layout.servers, emptyServers, { mode: 0o600, flag: 'wx' });
      }
      await open(layout.servers);
    }),
    vscode.commands.registerCommand('gatehouse.editPolicies', async () => {
      await mkdir(layout.policies, { recursive: true, mode: 0o700 });
      let names = await policyFiles(layout.policies);
      if (names.length === 0) {
        if (!(await wantsCopy())) {
          return;
        }
        // With their tests and fixtures, so that a change that breaks them shows.
        await cp(builtinPolicies, layout.policies, { recursive: true });
        names = await policyFiles(layout.policies);
      }
      const [only] = names;
      const name =
        names.length === 1
          ? only
          : await vscode.window.showQuickPick(names, { title: vscode.l10n.t('Which of your policies?') });
      if (name !== undefined) {
        await open(join(layout.policies, name));
      }
    }),
  ];
}

async function wantsCopy(): Promise<boolean> {
  const { t } = vscode.l10n;
  const copy = t('Copy Built-in Policies');
  const detail = t(
    'The built-in policies are in force. Yours, once activated, take their place as a whole, so it is best to begin with a copy of them. The built-in guardrails stay in any case.',
  );
  const question = t('You have no policies of your own yet');
  return (await vscode.window.showInformationMessage(question, { modal: true, detail }, copy)) === copy;
}

async function policyFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /(?<!_test)\.(?:ya?ml|json)$/.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function open(path: string): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(path));
}
