/** Headers that name a file: of `apply_patch`, Git, and unified and context diffs. */
const headers: readonly RegExp[] = [
  /^\*\*\* (?:Update|Add|Delete) File: (.+)$/,
  /^\*\*\* Move (?:File )?[Tt]o: (.+)$/,
  /^(?:---|\+\+\+|\*\*\*) ([^\t]+)/,
  /^(?:rename|copy) (?:from|to) (.+)$/,
  /^Index: (.+)$/,
];
const git = /^diff (?:--git|--cc|--combined|-\S+) (.+)$/;
const opening =
  /^(\*\*\* Begin Patch|\*\*\* (Update|Add|Delete) File: |diff --git |Index: \S|From [0-9a-f]{40} )/;
const longestHeader = 4200;
const mostFiles = 1_000;

/**
 * The files that a patch names, as written and without the first folder (`a/`, `b/`), which programs strip; undefined if
 * the text is no patch.
 * @param anywhere programs skip what stands before a patch; false: only a text that begins with one counts
 */
export function patchedFiles(text: string, anywhere: boolean): readonly string[] | undefined {
  // Most texts are none: that costs one pass.
  if (!/^(?:\*\*\* |diff |--- |Index: |<{7})/m.test(text)) {
    return undefined;
  }
  const lines = text.split(/\r\n|[\r\n]/);
  if (!(anywhere ? lines.some((_, at) => opens(lines, at)) : beginsWithPatch(lines))) {
    return undefined;
  }
  const files = new Set<string>();
  for (const [at, line] of lines.entries()) {
    for (const file of line.length > longestHeader ? [] : namedIn(line, lines[at + 1])) {
      if (files.size >= mostFiles) {
        return [...files];
      }
      files.add(file);
      files.add(file.replace(/^[^/\\]+[\\/]+/, ''));
    }
  }
  files.delete('');
  files.delete('/dev/null');
  files.delete('dev/null');
  return [...files];
}

function opens(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  return (
    opening.test(line) ||
    (/^(---|\*\*\*) \S/.test(line) && /^(\+\+\+|---) \S/.test(lines[at + 1] ?? '')) ||
    /^<{7} SEARCH/.test(line)
  );
}

function beginsWithPatch(lines: readonly string[]): boolean {
  let at = 0;
  while (
    at < lines.length &&
    /^\s*$|^\s*(`{3,}|~{3,})\w*\s*$|^(apply_patch|git apply|patch)\b/.test(lines[at] ?? '')
  ) {
    at += 1;
  }
  return opens(lines, at) || opens(lines, at + 1) || opens(lines, at + 2);
}

function namedIn(line: string, after: string | undefined): readonly string[] {
  // The name above a block that is searched and replaced, with or without a fence between.
  if (/^(<{7}|`{3,})/.test(after ?? '') && line.length < 512) {
    const name = line.replace(/^[#*`\s]+|[*`:\s]+$/g, '');
    return /\s/.test(name) ? [] : [name];
  }
  if (line.startsWith('Binary files ')) {
    return line
      .slice(13)
      .replace(/ differ$/, '')
      .split(' and ');
  }
  const both = git.exec(line)?.[1];
  if (both !== undefined) {
    return gitNames(both);
  }
  // A line of a hunk may look like a header: then something is looked at that need not be.
  const named = headers.map((header) => header.exec(line)?.[1]?.trim()).find((name) => name !== undefined);
  return named === undefined || /^(Begin|End) (Patch|of File)/.test(named) ? [] : [unquotedName(named)];
}

/** `a/x b/x`: names may have spaces, and then both halves are alike. */
function gitNames(both: string): readonly string[] {
  const quoted = both.match(/"(?:[^"\\]|\\.)*"/g);
  if (quoted !== null) {
    return quoted.map(unquotedName);
  }
  const words = both.split(' ');
  const middle = Math.floor(words.length / 2);
  return words.length % 2 === 0 ? [words.slice(0, middle).join(' '), words.slice(middle).join(' ')] : words;
}

/** Names with other characters are written as in C, with their bytes in octal. */
function unquotedName(name: string): string {
  if (!/^".*"$/.test(name)) {
    return name;
  }
  const bytes = name
    .slice(1, -1)
    .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8) & 0xff))
    .replace(/\\(["\\])/g, '$1');
  return /^[\x00-\xff]*$/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}
