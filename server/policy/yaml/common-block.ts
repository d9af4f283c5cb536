import { bar, blank, uncommon } from './common-text';

/** The value of a block, and the offset behind its last line break. */
interface Block {
  readonly value: string;
  readonly end: number;
}

/**
 * Reads a literal or folded block whose header is at most a `-`, and whose first line is not blank.
 * @param at the offset of its `|` or `>`
 * @param parentIndent the column of what it belongs to
 */
export function commonBlock(text: string, at: number, parentIndent: number): Block {
  const isLiteral = text.charCodeAt(at) === bar;
  const header = text.slice(at + 1, endOfLine(text, at));
  if (header !== '' && header !== '-') {
    throw uncommon;
  }
  const first = at + header.length + 2;
  const indent = indentation(text, first);
  if (indent <= parentIndent || first + indent === endOfLine(text, first)) {
    throw uncommon;
  }
  let value = '';
  let end = first;
  /** Line breaks since the last line with content. */
  let breaks = 0;
  let wasIndented = false;
  for (let start = first; start < text.length;) {
    const column = indentation(text, start);
    const lineEnd = endOfLine(text, start);
    if (start === lineEnd) {
      breaks++;
    } else if (column < indent) {
      break;
    } else {
      const isIndented = column > indent;
      if (
        text.charCodeAt(lineEnd - 1) === blank ||
        (breaks > 1 && !isLiteral && (isIndented || wasIndented))
      ) {
        throw uncommon;
      }
      const isFolded = !isLiteral && !isIndented && !wasIndented;
      value += lineBreaks(breaks, isFolded) + text.slice(start + indent, lineEnd);
      breaks = 1;
      wasIndented = isIndented;
      end = lineEnd + 1;
    }
    start = lineEnd + 1;
  }
  // At the end of a file, what belongs to a block depends on the reader.
  if (end > text.length || (breaks > 1 && end + breaks - 1 === text.length)) {
    throw uncommon;
  }
  return { value: header === '-' ? value : `${value}\n`, end };
}

/** The line breaks between two lines. One is a space where the block is folded. */
function lineBreaks(count: number, isFolded: boolean): string {
  if (!isFolded || count === 0) {
    return '\n'.repeat(count);
  }
  return count === 1 ? ' ' : '\n'.repeat(count - 1);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function indentation(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === blank) {
    at++;
  }
  return at - from;
}
