/*
 * Text from agents, servers and repositories is shown as data: whatever a person could not see, or that could move
 * or hide what stands next to it, is written out as ‹U+202E›.
 */

/**
 * Characters without a picture of their own, and those that change how others are shown: controls, formats (bidi, zero
 * width), private use, …
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u;
const variationSelector16 = '\u{FE0F}';
/** Marks on one letter; more would be piled onto the lines around it. */
const mostMarks = 3;

function spelledOut(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}

/** The text in one line, with everything invisible or misleading spelled out. */
export function visible(text: string): string {
  let result = '';
  let previous = '';
  let marks = 0;
  for (const character of text) {
    marks = /\p{M}/u.test(character) ? marks + 1 : 0;
    const emojiStyle = character === variationSelector16 && /\p{Extended_Pictographic}/u.test(previous);
    const hidden = (invisible.test(character) && !emojiStyle) || marks > mostMarks;
    result += hidden ? spelledOut(character) : character;
    previous = character;
  }
  return result;
}

/** At most `length` UTF-16 units of the text, its beginning and its end, with the number of those left out. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) {
    return text;
  }
  const tail = Math.floor(length / 4);
  const head = length - tail;
  // A surrogate pair that would be cut in two is left out whole.
  const start = text.slice(0, head).replace(/[\uD800-\uDBFF]$/, '');
  const end = text.slice(text.length - tail).replace(/^[\uDC00-\uDFFF]/, '');
  return `${start} …(${text.length - start.length - end.length})… ${end}`;
}

/** Short and visible: cut first, since making megabytes visible would take its time. */
export function excerpt(text: string, length: number): string {
  return visible(shortened(text, length));
}

const plainName = /^[A-Za-z0-9_][A-Za-z0-9_./:@-]{0,63}$/;

/** A name for a headline: bare if it is one plain word, else quoted, visible and short. */
export function named(name: string): string {
  return plainName.test(name) ? name : quoted(name, 64);
}

/** Somebody else's words: visible, short, in quotation marks that they can't close themselves. */
export function quoted(text: string, length = 300): string {
  return `"${excerpt(text, length).replaceAll('"', "'")}"`;
}

/** JSON for a document: indented, and with whatever can't be seen as `\u…` escapes. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
    .split('\n')
    .map((line) =>
      Array.from(line, (character) => (invisible.test(character) ? escapes(character) : character)).join(''),
    )
    .join('\n');
}

function escapes(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
