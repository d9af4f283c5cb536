/** Letters of other scripts that look like a Latin one. A name that only looks like another is read as that other. */
const lookAlikes: Readonly<Record<string, string>> = {
  а: 'a',
  в: 'b',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  ѐ: 'e',
  ё: 'e',
  һ: 'h',
  і: 'i',
  ї: 'i',
  ј: 'j',
  к: 'k',
  ӏ: 'l',
  м: 'm',
  н: 'h',
  о: 'o',
  р: 'p',
  ԛ: 'q',
  ѕ: 's',
  т: 't',
  ѵ: 'v',
  ѡ: 'w',
  х: 'x',
  у: 'y',
  ɑ: 'a',
  α: 'a',
  ε: 'e',
  η: 'n',
  ι: 'i',
  κ: 'k',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
  ѓ: 'r',
  г: 'r',
  ı: 'i',
  ɡ: 'g',
  ո: 'n',
  օ: 'o',
  ս: 'u',
  հ: 'h',
};

/** Longer texts are not names; what is beyond is not read. */
const longest = 256;

/**
 * Splits a name or a title into lower-case words: at case changes (`deleteItem`, `HTTPServer`), separators and digits.
 * Compatibility forms, accents and look-alike letters are folded to ASCII; invisible characters are dropped.
 */
export function wordsOf(name: string): readonly string[] {
  const folded = name
    .slice(0, longest)
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .replace(/[^\x00-\x7f]/gu, foldLetter);
  return (folded.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).map((word) => word.toLowerCase());
}

function foldLetter(letter: string): string {
  const lower = letter.toLowerCase();
  const latin = lookAlikes[lower] ?? ' ';
  return lower === letter ? latin : latin.toUpperCase();
}

/** An argument's name as tables of names have it: its letters, lower case, without separators and digits. */
export function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '');
}
