import type { InlayHint, Position, Range, TextEdit } from 'vscode-languageserver';
import { LineIndex } from '../../../server/policy';

interface Insertion {
  readonly at: Position;
  readonly text: string;
}

function insert(text: string, insertions: readonly Insertion[]): string {
  const lines = new LineIndex(text);
  let rendered = text;
  const offsets = insertions.map(({ at, text: inserted }) => ({ offset: lines.offset(at), inserted }));
  for (const { offset, inserted } of offsets.sort((a, b) => b.offset - a.offset)) {
    rendered = rendered.slice(0, offset) + inserted + rendered.slice(offset);
  }
  return rendered;
}

/** A text with hints shown in it, as an editor would: `name‹ ✓ 3›`. */
export function withHints(text: string, hints: readonly InlayHint[]): string {
  return insert(
    text,
    hints.map(({ position, label }) => ({
      at: position,
      text: `‹${typeof label === 'string' ? label : label.map(({ value }) => value).join('')}›`,
    })),
  );
}

/** The text that ranges are about, each with what is said about it. */
export function underlined(
  text: string,
  found: readonly { readonly range: Range; readonly says: string }[],
): string[] {
  const lines = new LineIndex(text);
  return found.map(
    ({ range, says }) =>
      `${range.start.line + 1}: ${text.slice(lines.offset(range.start), lines.offset(range.end))} ← ${says}`,
  );
}

/** A text after an edit. */
export function edited(text: string, { range, newText }: TextEdit): string {
  const lines = new LineIndex(text);
  return text.slice(0, lines.offset(range.start)) + newText + text.slice(lines.offset(range.end));
}
