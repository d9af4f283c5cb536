/**
 * Lines as running text, for a screen reader: each is a sentence with one end. A line's own full stop stays the only
 * one, whoever wrote it.
 */
export function sentences(lines: readonly string[]): string {
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => (/[.!?…。！？]["'”’)\]]?$/u.test(line) ? line : `${line}.`))
    .join(' ');
}
