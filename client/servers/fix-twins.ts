import * as vscode from 'vscode';
import { excerpt, named } from '../approvals/visible-text';
import { removalEdits } from './mcp-config';
import type { FoundTwin, TwinWatcher } from './twin-watcher';

type Fix = 'list' | 'disabled' | 'remove' | 'open' | 'stop';

/** Lets the person do something about each unguarded twin. */
export async function fixTwins(watcher: TwinWatcher): Promise<void> {
  const { t } = vscode.l10n;
  await watcher.refresh();
  const { twins } = watcher;
  if (twins.length === 0) {
    void vscode.window.showInformationMessage(t('No guarded server has an unguarded twin.'));
    return;
  }
  const items = twins.flatMap((twin) => fixesOf(twin));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Unguarded twins: agents can use these servers without asking'),
    placeHolder: t('What shall happen with them?'),
    matchOnDescription: true,
  });
  if (picked !== undefined && 'fix' in picked) {
    await apply(picked.twin, picked.fix, watcher);
    await watcher.refresh();
  }
}

type FixItem = vscode.QuickPickItem & { readonly twin: FoundTwin; readonly fix: Fix };

function fixesOf(twin: FoundTwin): (FixItem | vscode.QuickPickItem)[] {
  const { t } = vscode.l10n;
  const name = named(twin.name);
  const likeness = {
    name: t('the same name as'),
    command: t('the same command as'),
    url: t('the same URL as'),
  }[twin.likeness];
  return [
    {
      label: t('{0} in {1}: {2} {3}', name, twin.file.shown, likeness, excerpt(twin.guarded, 64)),
      kind: vscode.QuickPickItemKind.Separator,
    },
    {
      label: t('$(circle-slash) Disable {0}…', name),
      detail: t(
        'Opens the list of servers: choose Disable in its menu, then come back here. No file changes.',
      ),
      twin,
      fix: 'list',
    },
    {
      label: t('$(check) I have disabled {0}', name),
      detail: t('VS Code does not tell extensions. You are warned again when its entry changes.'),
      twin,
      fix: 'disabled',
    },
    {
      label: t('$(trash) Remove {0} from {1}', name, twin.file.shown),
      detail: t('Saves the file without this entry; Undo brings it back.'),
      twin,
      fix: 'remove',
    },
    {
      label: t('$(go-to-file) Open the entry of {0}', name),
      description: twin.file.shown,
      twin,
      fix: 'open',
    },
    {
      label: t('$(debug-stop) Stop {0} for now', name),
      detail: t('It can be started again.'),
      twin,
      fix: 'stop',
    },
  ];
}

async function apply(twin: FoundTwin, fix: Fix, watcher: TwinWatcher): Promise<void> {
  switch (fix) {
    case 'list':
      await vscode.commands.executeCommand('workbench.mcp.showInstalledServers');
      break;
    case 'disabled':
      await watcher.trustDisabled(twin);
      break;
    case 'open': {
      const document = await vscode.workspace.openTextDocument(twin.file.path);
      const position = document.positionAt(twin.offset);
      await vscode.window.showTextDocument(document, { selection: new vscode.Range(position, position) });
      break;
    }
    case 'remove':
      await removeEntry(twin);
      break;
    case 'stop':
      await vscode.commands.executeCommand('workbench.mcp.stopServer', twin.file.serverId(twin.name));
      break;
  }
}

/** By an edit in the open document, so that the person sees it and can take it back. */
async function removeEntry({ file, name }: FoundTwin): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file.path);
  const edit = new vscode.WorkspaceEdit();
  for (const { content, length, offset } of removalEdits(document.getText(), name)) {
    const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
    edit.replace(document.uri, range, content);
  }
  await vscode.window.showTextDocument(document);
  await vscode.workspace.applyEdit(edit);
  await document.save();
}
