import * as vscode from 'vscode';
import { excerpt, named } from '../approvals/visible-text';
import type { EntryRemoval } from './entry-removal';
import type { FoundTwin, TwinWatcher } from './twin-watcher';

type Fix = 'list' | 'disabled' | 'remove' | 'open' | 'stop';

/** Lets the person do something about each unguarded twin. */
export async function fixTwins(watcher: TwinWatcher, removal: EntryRemoval): Promise<void> {
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
    await apply(picked.twin, picked.fix, { watcher, removal });
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
      detail: t('Shows its entry taken out of {0}; the file changes when you say so.', twin.file.shown),
      twin,
      fix: 'remove',
    },
    {
      label: t("$(list-unordered) Disable {0} in VS Code's list…", name),
      detail: t('Choose Disable in its menu there, then come back here. No file changes.'),
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

async function apply(
  twin: FoundTwin,
  fix: Fix,
  { removal, watcher }: { readonly watcher: TwinWatcher; readonly removal: EntryRemoval },
): Promise<void> {
  switch (fix) {
    case 'list':
      // A search that was left in the view would hide the list of servers.
      await vscode.commands.executeCommand('workbench.extensions.search', '');
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
      await removal.show(twin);
      break;
    case 'stop':
      await vscode.commands.executeCommand('workbench.mcp.stopServer', twin.file.serverId(twin.name));
      break;
  }
}
