import { CompletionItemKind, InsertTextFormat, InsertTextMode, MarkupKind } from 'vscode-languageserver';
import type { CompletionItem, Range } from 'vscode-languageserver';

/** A completion item without the range that it replaces. */
export interface Proposal {
  readonly label: string;
  readonly kind: CompletionItemKind;
  /** The text that replaces the word. Default: the label. */
  readonly insert?: string;
  /** The same with placeholders, for clients that know them. */
  readonly snippet?: string;
  readonly detail?: string | undefined;
  /** Markdown. */
  readonly documentation?: string | undefined;
  /** Sorts before or after the others, which have 5. */
  readonly rank?: number;
  /** The text that the client compares the word with. Default: the label. */
  readonly filter?: string;
}

export function item(proposal: Proposal, range: Range, snippets: boolean): CompletionItem {
  const { label, kind, insert = label, snippet, detail, documentation, rank = 5, filter } = proposal;
  const asSnippet = snippets && snippet !== undefined;
  return {
    label,
    kind,
    sortText: `${rank}${label}`,
    textEdit: { range, newText: asSnippet ? snippet : insert },
    insertTextFormat: asSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    // Indentation is already right: it must not be adjusted once more.
    insertTextMode: InsertTextMode.asIs,
    ...(filter !== undefined && { filterText: filter }),
    ...(detail !== undefined && { detail }),
    ...(documentation !== undefined &&
      documentation !== '' && { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
  };
}

/** Text that stands for itself in a snippet. */
export function escapeSnippet(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

export { CompletionItemKind };
