/*
 * Text from agents, servers, repositories and policies on its way to a terminal or a log. What a terminal would obey,
 * or nobody could see, is written as `\u001b`: JSON's form, so that escaping the text of a JSON value keeps its
 * meaning.
 */

/** ECMA-48 controls, and what reorders a line (UAX #9); not line feed and tab, which only place what follows. */
const obeyed = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/gu;

/** All that has no picture of its own, and private characters, whose picture a font may choose. */
const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** The text without anything that a terminal obeys but line feeds and tabs: the least that any output needs. */
export function inertText(text: string): string {
  return text.replace(obeyed, escaped);
}

/** The text with everything spelled out that can't be seen, except line feeds: for what a person decides on. */
export function visibleText(text: string): string {
  return text.replace(unseen, escaped);
}

/** As {@link visibleText}, in one line: names and messages that must not forge lines of their own. */
export function visibleLine(text: string): string {
  return visibleText(text).replaceAll('\n', '\\n');
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
