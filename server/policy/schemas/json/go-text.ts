// How Go, which the messages of Cerbos are printed by, writes values into text.

/** `%v` of a float64: the shortest digits, with an exponent from 1e6 on and below 1e-4. */
export function goFloat(value: number): string {
  if (Object.is(value, -0)) {
    return '-0';
  }
  if (!Number.isFinite(value)) {
    return value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN';
  }
  const scientific = value.toExponential();
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1));
  if (exponent >= -4 && exponent < 6) {
    return String(value);
  }
  return scientific.replace(/e([+-])(\d)$/, 'e$10$2');
}

const escapes: Readonly<Partial<Record<string, string>>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** `%q`: in double quotes, with escapes for what cannot be printed. */
export function goQuote(text: string): string {
  let quoted = '"';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const escape = escapes[character];
    if (escape !== undefined) {
      quoted += escape;
    } else if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) {
      quoted += character;
    } else if (code < 0x20 || code === 0x7f) {
      quoted += `\\x${hex(code, 2)}`;
    } else {
      quoted += code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
    }
  }
  return `${quoted}"`;
}

/** In single quotes, as the messages of `cerbos 0.55`'s schema library have names and values. */
export function quote(text: string): string {
  // The order of the steps shows in texts that end in a backslash.
  const quoted = goQuote(text).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${quoted.slice(1, -1)}'`;
}

/**
 * The result of Go's `fmt.Sprintf` for a format without arguments: `cerbos 0.55` prints the message about an enum so.
 */
export function goFormatWithoutArguments(format: string): string {
  return format.replace(/%[+\-# 0]*\d*(?:\.\d*)?(.)?/gsu, (_, verb: string | undefined) =>
    verb === undefined ? '%!(NOVERB)' : verb === '%' ? '%' : `%!${verb}(MISSING)`,
  );
}

/** One token of a JSON pointer, with everything escaped that a segment of a URL's path must not hold. */
export function pointerToken(name: string): string {
  const escaped = name.replaceAll('~', '~0').replaceAll('/', '~1');
  return Array.from(escaped)
    .map((character) => (/[\w.~$&+=:@-]/.test(character) ? character : percentEncode(character)))
    .join('');
}

function percentEncode(character: string): string {
  return [...Buffer.from(character, 'utf8')].map((byte) => `%${hex(byte, 2).toUpperCase()}`).join('');
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
