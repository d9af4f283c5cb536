import * as vscode from 'vscode';
import type { Progress } from './progress';

const chosenKey = 'gatehouse.promptsChosen';

/**
 * *Choose Who Asks…*: the person says whether VS Code's own question before a tool runs is kept. Keeping the default is
 * a choice, too, which the setting alone would not show.
 */
export function registerChoosePrompts(memento: vscode.Memento, progress: Progress): vscode.Disposable {
  const done = (): void => {
    if (memento.get(chosenKey) === true) {
      progress.done('prompts');
    }
  };
  done();
  return vscode.commands.registerCommand('gatehouse.choosePrompts', async () => {
    const { t } = vscode.l10n;
    const settings = vscode.workspace.getConfiguration('gatehouse');
    const chosen = settings.get<string>('vscodePrompts');
    const items = [
      {
        label: t('Both ask'),
        detail: t(
          "VS Code asks as the tools' own annotations make it, and Gatehouse where policies want a human.",
        ),
        value: 'keep',
      },
      {
        label: t('Only Gatehouse asks'),
        detail: t('Policies decide, and Gatehouse asks where they want a human.'),
        value: 'replace',
      },
    ].map((item) => ({ ...item, description: item.value === chosen ? t('now') : '' }));
    const picked = await vscode.window.showQuickPick(items, {
      title: t('Who asks before a tool of a guarded server runs?'),
    });
    if (picked !== undefined) {
      await settings.update('vscodePrompts', picked.value, vscode.ConfigurationTarget.Global);
      await memento.update(chosenKey, true);
      done();
    }
  });
}
