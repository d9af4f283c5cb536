import * as vscode from 'vscode';
import type { Needs } from '../needs/needs';
import type { ServerStore } from './server-store';

const needId = 'trust';

/** In Restricted Mode, says what waits for the workspace's trust, and leads to where that is given. */
export class TrustReminder implements vscode.Disposable {
  readonly #needs: Needs;
  readonly #granted: vscode.Disposable;

  constructor(needs: Needs, store: ServerStore) {
    this.#needs = needs;
    this.#granted = vscode.workspace.onDidGrantWorkspaceTrust(() => needs.remove(needId));
    if (!vscode.workspace.isTrusted && store.current.servers.length > 0) {
      this.#remind();
    }
  }

  /** A person wanted something that needs trust. */
  async ask(): Promise<void> {
    const { t } = vscode.l10n;
    this.#remind();
    const manage = t('Manage Workspace Trust');
    const text = t('Servers of this workspace can be guarded once you trust it.');
    if ((await vscode.window.showWarningMessage(text, manage)) === manage) {
      await manageTrust();
    }
  }

  dispose(): void {
    this.#granted.dispose();
  }

  #remind(): void {
    const { t } = vscode.l10n;
    this.#needs.set({
      id: needId,
      kind: 'trust',
      label: t('Restricted Mode: decide whether you trust this workspace'),
      detail: [
        t('Until then VS Code starts no guarded server, and no server of the workspace can be guarded.'),
      ],
      open: manageTrust,
      putOff: () => this.#needs.remove(needId),
    });
  }
}

async function manageTrust(): Promise<void> {
  await vscode.commands.executeCommand('workbench.trust.manage');
}
