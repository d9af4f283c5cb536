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

/** Whether a string names a file by URI; also when a scheme is put before it (`view-source:file:…`). */
export function isFileUri(text: string): boolean {
  return /^([a-z][a-z0-9.-]*[+:])*file:/i.test(text);
}

/** Whether a string as a whole can only be meant as a path, whatever the argument's name. */
export function clearlyPath(text: string): boolean {
  const trimmed = text.trim();
  if (/[\r\n]/.test(trimmed)) {
    return false;
  }
  return (
    trimmed.startsWith('/') ||
    isFileUri(trimmed) ||
    [drive, home, unc, backslashRoot, encoded, variable, hidden].some((look) => look.test(trimmed)) ||
    (dots.test(trimmed) && !/\s/.test(trimmed))
  );
}

/** Whether a string may be a relative path: one word with a separator in it. */
export function relativeLook(text: string): boolean {
  const trimmed = text.trim();
  return (
    trimmed.length <= 4096 && /[\\/]/.test(trimmed) && !/[\r\n]/.test(trimmed) && !/^\S+\s\S+\s/.test(trimmed)
  );
}

/** Whether a string is a URI of a scheme that does not lead to files. */
export function otherScheme(text: string): boolean {
  return (
    /^\s*([a-z][a-z0-9+.-]+:\/\/|(data|mailto|urn|tel|javascript|blob|about):)/i.test(text) &&
    !fileUri.test(text)
  );
}

/**
 * Paths that stand among other text: the items of a list in one string (`list`), the words of a command line
 * (`command`), the value of a single option such as `--file=/etc/passwd` (`option`).
 */
export function embeddedPaths(text: string, kind: 'list' | 'command' | 'option'): readonly string[] {
  if (kind === 'option') {
    const value = /^--?[\w-]+=(.*)$/s.exec(text)?.[1];
    return value !== undefined && clearlyPath(value) ? [value] : [];
  }
  const list = isFileUri(text) ? /[\r\n,;|]/ : /[\r\n,;|:]|\s(?=[/~.\\])/;
  const separators = kind === 'list' ? list : /[\s'"`=,;|&<>()]+/;
  const parts = text.split(separators).filter((part) => part !== '' && part !== text);
  const uris = fileUri.test(text) ? (text.match(/file:[^\s'",;|)]*/gi) ?? []) : [];
  return [
    ...parts.filter((part) => clearlyPath(part) && part !== '/'),
    ...uris.filter((uri) => uri !== text),
  ];
}
