/**
 * The variables of an `envFile`: `NAME=value` lines, `#` comments, optional `export`, quotes around values; in double
 * quotes `\n` is a line break.
 */
export function parseEnvFile(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*?)\s*$/.exec(line);
    const [, name, raw] = match ?? [];
    if (name !== undefined && raw !== undefined) {
      variables[name] = unquoted(raw);
    }
  }
  return variables;
}

function unquoted(raw: string): string {
  const [, quote, inner] = /^(["'`])(.*)\1/.exec(raw) ?? [];
  if (quote !== undefined && inner !== undefined) {
    return quote === '"' ? inner.replaceAll('\\n', '\n') : inner;
  }
  return raw.replace(/\s+#.*$/, '');
}
