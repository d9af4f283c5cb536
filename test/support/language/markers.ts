/** A text with its markers taken out, and where they stood. */
interface Marked {
  readonly text: string;
  /** Offset of `‸`, if there is one. */
  readonly cursor: number | undefined;
  /** Offsets of what stood between `«` and `»`, in order. */
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
}

/** Reads a test's text: `‸` is the cursor, `«…»` a range. */
export function marked(source: string): Marked {
  const ranges: { start: number; end: number }[] = [];
  const open: number[] = [];
  let cursor: number | undefined;
  let text = '';
  for (const char of source) {
    if (char === '‸') {
      cursor = text.length;
    } else if (char === '«') {
      open.push(text.length);
    } else if (char === '»') {
      ranges.push({ start: open.pop() ?? 0, end: text.length });
    } else {
      text += char;
    }
  }
  return { text, cursor, ranges };
}
