/** Thrown where a text leaves the common form, always the same one. */
export class Uncommon extends Error {}

export const uncommon = new Uncommon();

export const lineBreak = 0x0a;
export const blank = 0x20;
export const doubleQuote = 0x22;
export const hash = 0x23;
export const singleQuote = 0x27;
export const comma = 0x2c;
export const dash = 0x2d;
export const colon = 0x3a;
export const openBracket = 0x5b;
export const backslash = 0x5c;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const bar = 0x7c;
export const closeBrace = 0x7d;
export const greater = 0x3e;

/** True for the end of a text or line, and for a space. */
export function isEndOrBlank(code: number): boolean {
  return code === blank || code === lineBreak || Number.isNaN(code);
}

/** True for a bracket, a brace or a comma. */
export function isFlowIndicator(code: number): boolean {
  return (
    code === comma ||
    code === openBracket ||
    code === closeBracket ||
    code === openBrace ||
    code === closeBrace
  );
}

/** Characters that may not begin unquoted text, or only before certain others. */
const indicators = new Set(Array.from('?:,[]{}#&*!|>\'"%@`', (char) => char.charCodeAt(0)));

/** True if unquoted text may begin with a character that another follows. */
export function mayBegin(code: number, next: number): boolean {
  return !indicators.has(code) && !(code === dash && isEndOrBlank(next)) && !isEndOrBlank(code);
}
