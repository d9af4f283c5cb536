const surrogate = /[\ud800-\udfff]/;

/** True if every UTF-16 unit is a code point, so that offsets need no conversion. */
export function isSimple(text: string): boolean {
  return !surrogate.test(text);
}

export function codePointCount(text: string): number {
  if (isSimple(text)) {
    return text.length;
  }
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // A pair counts once: its second half is skipped.
    if (code >= 0xd800 && code < 0xdc00 && at + 1 < text.length) {
      const next = text.charCodeAt(at + 1);
      if (next >= 0xdc00 && next <= 0xdfff) {
        at++;
      }
    }
    count++;
  }
  return count;
}

/** Splits a text into its code points, each a string. */
export function codePoints(text: string): readonly string[] {
  return isSimple(text) ? text.split('') : Array.from(text);
}

/** Compares as Go does, by UTF-8 bytes, which is by code points. */
export function compareText(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) {
      // Surrogates stand for code points above every other unit.
      const leftPair = left >= 0xd800 && left <= 0xdfff;
      const rightPair = right >= 0xd800 && right <= 0xdfff;
      return leftPair === rightPair ? left - right : leftPair ? 1 : -1;
    }
  }
  return a.length - b.length;
}
