import * as vscode from 'vscode';
import type { ActivationReport, FileChange } from '../../server/protocol';

const scheme = 'gatehouse-activation';

function title(): string {
  return vscode.l10n.t('Gatehouse: in force ↔ edited');
}

/**
 * True if an editor shows the changes. Of an editor of several differences, VS Code's API has only the label and,
 * without a type yet, the differences that have two sides.
 */
export function isActivationDiff({ input, label }: vscode.Tab): boolean {
  const { textDiffs = [] } = (input ?? {}) as Differences;
  return (
    label.startsWith(title()) &&
    !(input instanceof vscode.TabInputText) &&
    textDiffs.every(({ modified }) => modified.scheme === scheme)
  );
}

interface Differences {
  readonly textDiffs?: readonly { readonly modified: vscode.Uri }[];
}

/**
 * Shows what is about to be activated, from the report and not from the files: what a person reads is, byte for byte,
 * what has the digest that they say yes to, whatever happens to the files meanwhile.
 */
export class ActivationDiff implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #provider: vscode.Disposable;

  constructor() {
    this.#provider = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** One editor with all differences; a file that is on one side only is shown against nothing. */
  async show({ changes, digest }: ActivationReport): Promise<void> {
    // Texts of an earlier report belong to documents that nobody says yes to any more.
    this.#texts.clear();
    const resources = changes.flatMap(({ files, layer }) =>
      files.map((file) => {
        const left = this.#document(file, `${digest}/active/${layer}`, file.activeText);
        const right = this.#document(file, `${digest}/edited/${layer}`, file.editedText);
        return [vscode.Uri.file(file.edited ?? file.active ?? file.path), left, right];
      }),
    );
    await vscode.commands.executeCommand('vscode.changes', title(), resources);
  }

  dispose(): void {
    this.#provider.dispose();
  }

  /** Of each text its own document: that of another report never takes its place. */
  #document({ path }: FileChange, query: string, text: string | undefined): vscode.Uri | undefined {
    if (text === undefined) {
      return undefined;
    }
    const uri = vscode.Uri.from({ scheme, path: `/${path}`, query });
    this.#texts.set(uri.toString(), text);
    return uri;
  }
}
