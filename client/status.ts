import * as vscode from 'vscode';
import type { SessionCounts } from '../server/protocol';
import { excerpt } from './approvals/visible-text';
import { countsText } from './audit/call-words';
import { sentences } from './sentences';

/** The facts that the status bar item shows, the most urgent first. */
interface Status {
  /** Names of guarded servers that have an unguarded twin. */
  readonly twins: readonly string[];
  /** The reason why Gatehouse does not work. */
  readonly trouble?: string | undefined;
  /** Why the session is halted. */
  readonly halted?: string | undefined;
  /** Something was edited that is not in force yet. */
  readonly changes: boolean;
  readonly counts: SessionCounts;
}

/** The item in the status bar. */
export class StatusItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('gatehouse.status', vscode.StatusBarAlignment.Left, 10);

  constructor() {
    this.#item.name = 'Gatehouse';
    this.#item.show();
  }

  show(status: Status): void {
    const { t } = vscode.l10n;
    const counts = countsText(status.counts, t);
    const item = this.#item;
    item.backgroundColor = undefined;
    item.command = 'gatehouse.decisions.focus';
    item.text = `$(shield) ${counts}`;
    const lines = [t('Gatehouse: {0} in this session', counts)];
    if (status.changes) {
      item.text += ' $(bell-dot)';
      item.command = 'gatehouse.activateChanges';
      lines.unshift(t('Gatehouse: policies or servers were changed and wait for you to activate them'));
    }
    if (status.halted !== undefined) {
      item.text = `$(debug-pause) ${t('session halted')} · ${counts}`;
      item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
      item.command = 'gatehouse.decisions.focus';
      lines.unshift(t('Gatehouse: the session is halted: {0}', excerpt(status.halted, 200)));
    }
    const twins = status.twins.map((name) => excerpt(name, 40)).join(', ');
    if (status.twins.length > 0) {
      item.text = `$(warning) ${t('{0} also unguarded', twins)} · ${counts}`;
      item.backgroundColor = new vscode.ThemeColor('statusBarItem.errorBackground');
      item.command = 'gatehouse.fixTwins';
      lines.unshift(t('Gatehouse: agents can use {0} without a guard. Select to fix it.', twins));
    }
    if (status.trouble !== undefined) {
      item.text = `$(error) Gatehouse`;
      item.backgroundColor = new vscode.ThemeColor('statusBarItem.errorBackground');
      item.command = 'gatehouse.showLog';
      lines.unshift(t('Gatehouse does not work: {0}', excerpt(status.trouble, 300)));
    }
    item.tooltip = lines.join('\n');
    item.accessibilityInformation = { label: sentences(lines) };
  }

  dispose(): void {
    this.#item.dispose();
  }
}
