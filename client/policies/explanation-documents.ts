import * as vscode from 'vscode';
import type { Explanation } from '../../server/protocol';

const scheme = 'gatehouse-explanation';

/** A file and a line, as explanations write it. */
const placePattern = /`([^`\n]+\.(?:ya?ml|json)):(\d+)`/gi;

/** Shows explanations as read-only Markdown, one editor for all that have the same title; places in it are links. */
export class ExplanationDocuments
  implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.Disposable
{
  readonly #explanations = new Map<string, Explanation>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #disposables: readonly vscode.Disposable[];
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#disposables = [
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.languages.registerDocumentLinkProvider({ scheme }, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === scheme) this.#explanations.delete(uri.toString());
      }),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#explanations.get(uri.toString())?.text ?? '';
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const root = this.#explanations.get(document.uri.toString())?.root;
    if (root === undefined) return [];
    return [...document.getText().matchAll(placePattern)].map(
      ({ index, 0: whole, 1: path = '', 2: line }) => {
        const range = new vscode.Range(
          document.positionAt(index + 1),
          document.positionAt(index + whole.length - 1),
        );
        const target = vscode.Uri.joinPath(vscode.Uri.parse(root), path).with({ fragment: `L${line}` });
        return new vscode.DocumentLink(range, target);
      },
    );
  }

  async show(explanation: Explanation): Promise<void> {
    // The last segment becomes the editor's title.
    const uri = vscode.Uri.from({ scheme, path: `/${explanation.title.replaceAll('/', '∕')}.md` });
    this.#explanations.set(uri.toString(), explanation);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}
