/** So much of a text tells what it is. */
const sample = 4096;
const plainWord = /^["'“”‘’«(*_`[]*\p{L}[\p{L}\p{M}’'-]*["'“”‘’»)*_`\]]*[.,;:!?…]*$/u;
const anyLetter = /[\p{L}\p{N}]/u;
/** Ends and beginnings of lines that are common in program code and rare elsewhere. */
const codeLine =
  /[;{}]$|^[A-Z]{3,} \S|^(\/\/|\/\*|\*|#include|#\[|import\b|from\b.*\bimport\b|export\b|const\b|let\b|var\b|def\b|function\b|class\b|return\b|if\b|for\b|@\w|<[a-z!/])|=>|\s=\s|\):?$/;

/**
 * True if a text reads like sentences: several words, most of them plain. Such a text mentions paths, but passes none.
 * Texts that are written without spaces (Chinese, Japanese, Thai) are told by their letters.
 */
export function isProse(text: string): boolean {
  const words = text
    .slice(0, sample)
    // Tags are no words, and neither are the bars of tables.
    .replace(/<[^<>]*>/g, ' ')
    .split(/\s+/)
    .filter((word) => anyLetter.test(word));
  const plain = words.filter((word) => plainWord.test(word)).length;
  return (words.length >= 3 && plain * 2 >= words.length) || isUnspaced(text.slice(0, sample));
}

/**
 * True if at least a third of several lines reads like program code or markup, which mentions paths but passes none.
 */
export function isCode(text: string): boolean {
  const lines = text
    .slice(0, sample)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const code = lines.filter((line) => codeLine.test(line)).length;
  return lines.length > 1 && code * 3 >= lines.length;
}

function isUnspaced(text: string): boolean {
  const letters =
    text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu)?.length ?? 0;
  return (
    letters >= 4 && letters * 2 >= text.replace(/[\x20-\x7e]+/g, '').length && letters * 6 >= text.length
  );
}
