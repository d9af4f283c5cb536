import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Home } from './home';
import { starterPolicy } from './policies/starter-policy';

const emptyServers = `{
  // Servers that Gatehouse guards in all workspaces, as in VS Code's mcp.json. They run once you activate them.
  "servers": {}
}
`;

/**
 * *Edit My Guarded Servers* and *Edit My Policies…*: open the user's own files, and make them where there are none.
 */
export function registerEditCommands({ layout }: Home): vscode.Disposable[] {
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
        await writeFile(join(layout.policies, starterPolicy.name), starterPolicy.text, {
          mode: 0o600,
          flag: 'wx',
        });
        names = [starterPolicy.name];
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
