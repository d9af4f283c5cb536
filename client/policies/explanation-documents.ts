import { posix } from 'node:path';
import * as vscode from 'vscode';
import type { Explanation } from '../../server/protocol';

const scheme = 'gatehouse-explanation';
/** How many explanations are kept for editors that still show them. */
const mostKept = 50;

/** A file and a line, as explanations write it. */
const placePattern = /`([^`\n]+\.(?:ya?ml|json)):(\d+)`/gi;

/** Shows explanations rendered, one preview for all that have the same title; places in them are links. */
export class ExplanationDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #explanations = new Map<string, Explanation>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #disposables: readonly vscode.Disposable[];
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#disposables = [this.#changed, vscode.workspace.registerTextDocumentContentProvider(scheme, this)];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const explanation = this.#explanations.get(uri.toString());
    return explanation === undefined ? '' : withLinks(explanation);
  }

  async show(explanation: Explanation): Promise<void> {
    // The last segment becomes the editor's title.
    const uri = vscode.Uri.from({ scheme, path: `/${explanation.title.replaceAll('/', '∕')}.md` });
    this.#keep(uri.toString(), explanation);
    this.#changed.fire(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
    } catch {
      // VS Code's own preview may be disabled.
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #keep(key: string, explanation: Explanation): void {
    this.#explanations.delete(key);
    this.#explanations.set(key, explanation);
    const [oldest] = this.#explanations.keys();
    if (this.#explanations.size > mostKept && oldest !== undefined) {
      this.#explanations.delete(oldest);
    }
  }
}

function withLinks({ text, root }: Explanation): string {
  return text.replace(placePattern, (written, path: string, line: string) => {
    const link = linkTo(vscode.Uri.joinPath(vscode.Uri.parse(root), path));
    return link === undefined ? written : `[${written}](<${link}#L${line}>)`;
  });
}

/** A link to a file, which a preview takes if it begins in the workspace's first folder, wherever it leads from there. */
function linkTo({ scheme, authority, path }: vscode.Uri): string | undefined {
  const first = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (first?.scheme !== scheme || first.authority !== authority) {
    return undefined;
  }
  return encodeURI(`/${posix.relative(first.path, path)}`);
}
