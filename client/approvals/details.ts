import * as vscode from 'vscode';
import type { ApprovalRequest } from '../../server/protocol';
import type { Needs } from '../needs/needs';
import { named, visibleJson } from './visible-text';

const scheme = 'gatehouse-request';
const needId = 'request';
/** True while a request's details are open, so that the editor's title offers to go back. */
const openContext = 'gatehouse.detailsOpen';

/** Shows whole requests in a read-only document, until the person leaves it. */
export class RequestDetails implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #disposables: vscode.Disposable[];
  readonly #needs: Needs;
  #leave: (() => void) | undefined;
  #count = 0;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#disposables = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.commands.registerCommand('gatehouse.answerRequest', () => this.#leave?.()),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** Opens the requests, and resolves when another editor has the focus, the document was closed, or by the button. */
  async show(requests: readonly ApprovalRequest[]): Promise<void> {
    this.#count += 1;
    const uri = vscode.Uri.from({ scheme, path: `/request-${this.#count}.json` });
    const whole = requests.map(({ changes, request }) =>
      changes === undefined ? request : { changedSinceAccepted: changes, request },
    );
    this.#texts.set(uri.toString(), visibleJson(whole.length === 1 ? whole[0] : whole));
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false });
    await vscode.commands.executeCommand('setContext', openContext, true);
    this.#showNeed(requests);
    const listeners: vscode.Disposable[] = [];
    try {
      await new Promise<void>((resolve) => {
        this.#leave = resolve;
        listeners.push(
          vscode.window.onDidChangeActiveTextEditor((editor) => {
            if (editor?.document.uri.toString() !== uri.toString()) {
              resolve();
            }
          }),
          vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
            if (closed.some((tab) => isTabOf(tab, uri))) {
              resolve();
            }
          }),
        );
      });
    } finally {
      this.#leave = undefined;
      this.#needs.remove(needId);
      for (const listener of listeners) {
        listener.dispose();
      }
      await vscode.commands.executeCommand('setContext', openContext, false);
    }
  }

  #showNeed([first, ...others]: readonly ApprovalRequest[]): void {
    const { t } = vscode.l10n;
    if (first === undefined) {
      return;
    }
    const call = t('{0} of {1}', named(first.tool.name), named(first.server.name));
    this.#needs.set({
      id: needId,
      kind: 'request',
      label:
        others.length === 0
          ? t('Answer the request for {0}', call)
          : t('Answer the {0} requests that wait', others.length + 1),
      detail: [t('The agent waits while you read.')],
      open: () => this.#leave?.(),
    });
  }

  /** Closes what is still open. */
  async close(): Promise<void> {
    const tabs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
    await vscode.window.tabGroups.close(
      tabs.filter(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === scheme),
    );
    this.#texts.clear();
  }

  dispose(): void {
    this.#leave?.();
    for (const disposable of this.#disposables) {
      disposable.dispose();
    }
  }
}

function isTabOf({ input }: vscode.Tab, uri: vscode.Uri): boolean {
  return input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
}
