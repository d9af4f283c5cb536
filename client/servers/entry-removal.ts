import { applyEdits } from 'jsonc-parser';
import * as vscode from 'vscode';
import { named } from '../approvals/visible-text';
import { closeTabs } from '../needs/needs';
import type { Needs } from '../needs/needs';
import { removalEdits } from './mcp-config';
import type { FoundTwin, TwinWatcher } from './twin-watcher';

const scheme = 'gatehouse-edit';
const needId = 'disable';

/**
 * Disables an unguarded server by taking its entry out of its file. The edit is shown first, as a diff whose title has
 * the button that makes it; VS Code lets no extension disable another's server.
 */
export class EntryRemoval implements vscode.Disposable {
  readonly #needs: Needs;
  readonly #watcher: TwinWatcher;
  readonly #texts = new Map<string, string>();
  readonly #provider: vscode.Disposable;
  #count = 0;

  constructor(needs: Needs, watcher: TwinWatcher) {
    this.#needs = needs;
    this.#watcher = watcher;
    this.#provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: (uri) => this.#texts.get(uri.toString()) ?? '',
    });
  }

  /** Shows the edit, and asks for it in the title of the diff and in the view. */
  async show(twin: FoundTwin): Promise<void> {
    const { t } = vscode.l10n;
    await this.#close();
    const document = await vscode.workspace.openTextDocument(twin.file.path);
    const text = without(document, twin.name);
    this.#count += 1;
    const edited = document.uri.with({ scheme, authority: '', query: String(this.#count) });
    this.#texts.set(edited.toString(), text);
    const what = t('{0}: without {1}', twin.file.shown, named(twin.name));
    const open = (): Thenable<unknown> =>
      vscode.commands.executeCommand('vscode.diff', document.uri, edited, what);
    this.#needs.set({
      id: needId,
      kind: 'disable',
      label: t('Disable {0} in {1}?', named(twin.name), twin.file.shown),
      detail: [t('Saves the file without this entry; Undo brings it back.')],
      open,
      putOff: () => this.#close(),
      question: { yes: () => this.#remove(twin, text), isAskedIn },
    });
    await open();
  }

  dispose(): void {
    this.#provider.dispose();
  }

  async #remove(twin: FoundTwin, shown: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(twin.file.path);
    if (without(document, twin.name) !== shown) {
      await this.show(twin);
      return;
    }
    const edit = new vscode.WorkspaceEdit();
    for (const { content, length, offset } of removalEdits(document.getText(), twin.name)) {
      const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
      edit.replace(document.uri, range, content);
    }
    await this.#close();
    await vscode.window.showTextDocument(document);
    await vscode.workspace.applyEdit(edit);
    await document.save();
    await this.#watcher.refresh();
  }

  async #close(): Promise<void> {
    this.#needs.remove(needId);
    await closeTabs(isAskedIn);
    this.#texts.clear();
  }
}

function without(document: vscode.TextDocument, name: string): string {
  const text = document.getText();
  return applyEdits(text, [...removalEdits(text, name)]);
}

function isAskedIn({ input }: vscode.Tab): boolean {
  return input instanceof vscode.TabInputTextDiff && input.modified.scheme === scheme;
}
