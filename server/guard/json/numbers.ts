/**
 * The exact value of a JSON number as text, so that two numbers are equal exactly if their texts are: sign, digits
 * without leading or trailing zeros, exponent of ten. `1`, `1.0` and `10e-1` are all `1e0`; zero is `0`, signed or not.
 * @param text a number as RFC 8259 writes it
 */
export function exactNumber(text: string): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (parts === null) {
    throw new TypeError(`not a JSON number: ${text.slice(0, 40)}`);
  }
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = `${whole}${fraction}`;
  const first = firstNonZero(digits);
  if (first === digits.length) {
    return '0';
  }
  const end = lastNonZero(digits) + 1;
  const shift = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - end);
  return `${sign}${digits.slice(first, end)}e${shift.toString()}`;
}

/**
 * True if a JavaScript number keeps the value of a JSON number's text: writing it again (shortest form, as
 * JSON.stringify does) gives the same value. So `0.1` is kept, and 9007199254740993 is not.
 */
export function survivesDouble(text: string): boolean {
  // Fifteen significant digits always survive (IEEE 754 binary64); longer texts are rare.
  if (text.length <= 15 && !/[eE]/.test(text)) {
    return true;
  }
  const value = Number(text);
  return Number.isFinite(value) && exactNumber(text) === exactNumber(JSON.stringify(value));
}

// Loops instead of patterns: a number may be megabytes long, and a pattern anchored at the end is quadratic.
function firstNonZero(digits: string): number {
  let at = 0;
  while (at < digits.length && digits[at] === '0') {
    at++;
  }
  return at;
}

function lastNonZero(digits: string): number {
  let at = digits.length - 1;
  while (at >= 0 && digits[at] === '0') {
    at--;
  }
  return at;
}
