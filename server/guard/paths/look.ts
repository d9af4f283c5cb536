const drive = /^[A-Za-z]:[\\/]/;
const home = /^~([\\/]|$)|^~[A-Za-z_][\w.-]*[\\/]/;
const unc = /^\\\\[^\\\s]/;
/** A path from the root of the current drive; but `\d+\.\d+` is a regular expression. */
const backslashRoot = /^\\[\w$.-]+(\\[\w$. -]+)+\\?$/;
const dots = /(^|[\\/])\.\.?([\\/]|$)/;
const encoded = /^(%2f|%5c|%7e|%2e%2e)|(^|[\\/]|%2f|%5c)(\.|%2e){2}([\\/]|%2f|%5c|$)/i;
const variable = /^(\$\{?[A-Za-z_]\w*\}?|%[A-Za-z_][\w()]*%|\$env:\w+)([\\/]|$)/;
const fileUri = /(^|[\s+:'"(])file:/i;
const hidden = /^\.[\w-][^\s\\/]*[\\/]\S/;

/** True for a `file:` URI, also behind other schemes, as in `view-source:file:…`. */
export function isFileUri(text: string): boolean {
  return /^([a-z][a-z0-9.-]*[+:])*file:/i.test(text);
}

/**
 * True if a whole string has the form of a path whatever the argument's name: `/a`, `C:\a`, `~/a`, `$HOME/a`, `../a`.
 */
export function clearlyPath(text: string): boolean {
  const bare = unquoted(text.trim());
  if (/[\r\n]/.test(bare) || otherScheme(bare)) {
    return false;
  }
  return (
    bare.startsWith('/') ||
    isFileUri(bare) ||
    [drive, home, unc, backslashRoot, encoded, variable, hidden, dots].some((look) => look.test(bare))
  );
}

/** True for a string with a separator and at most one space between words: it may be a relative path. */
export function relativeLook(text: string): boolean {
  return hasSeparator(text) && !/^\S+\s\S+\s/.test(text.trim());
}

/** True for a single line of at most 4,096 characters with a slash or backslash in it. */
export function hasSeparator(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length <= 4096 && /[\\/]/.test(trimmed) && !/[\r\n]/.test(trimmed);
}

/** A string without the quotes around it. */
export function unquoted(text: string): string {
  return /^(["'`])(.*)\1$/s.exec(text)?.[2] ?? text;
}

/**
 * True for a URI of a scheme that does not lead to files. As a path it would lead into a folder such as `https:`, so it
 * counts as one only if that is there; with anything in it that could lead elsewhere it is a path.
 */
export function otherScheme(text: string): boolean {
  const uri = /^\s*([a-z][a-z0-9+.-]+:\/\/|(data|mailto|urn|tel|javascript|blob|about):)/i;
  return uri.test(text) && !fileUri.test(text) && !/(^|[\\/])\.\.([\\/]|$)|%2e|%5c|%00|\\|\0/i.test(text);
}

/** The items of a list of paths in one string. */
export function embeddedPaths(text: string): readonly string[] {
  const separators = isFileUri(text) ? /[\r\n,;|]/ : /[\r\n,;|:]|\s(?=[/~.\\])/;
  const parts = text.split(separators).filter((part) => part !== '' && part !== text);
  const uris = fileUri.test(text) ? (text.match(/file:[^\s'",;|)]*/gi) ?? []) : [];
  return [
    ...parts.filter((part) => clearlyPath(part) && part !== '/'),
    ...uris.filter((uri) => uri !== text),
  ];
}
