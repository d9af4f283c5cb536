import { networkScheme } from '../schemes';

/**
 * The parts of a word without spaces that may be paths: the word, the items of a list in it, the value behind an
 * option's name (`--file=/etc/passwd`, `-O/etc/passwd`), after `@`, in a redirection or a substitution (`<(…`), after a
 * colon.
 */
export function piecesOf(word: string): readonly string[] {
  if (networkScheme(word)) {
    return [];
  }
  const pieces = [word, withoutOption(word)];
  if (!/^[+a-z.-]*file:/i.test(word)) {
    pieces.push(...word.split(/[=,;|:<>()&'"`]+/).map((piece) => withoutOption(piece).replace(/^@+/, '')));
  }
  const uri = /file:[^\s'",;|)]*/i.exec(word)?.[0];
  return [...new Set(uri === undefined ? pieces : [...pieces, uri])].filter((piece) => piece !== '');
}

function withoutOption(piece: string): string {
  return piece.replace(/^(-{1,2}[A-Za-z][\w-]*(?=[/~.\\])|@+)/, '');
}
