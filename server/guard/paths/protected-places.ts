/**
 * What an agent must not touch to free itself, as the last parts of a path, wherever it lies: a folder of the
 * workspace may be opened as a workspace of its own, and home folders have many places. `*` stands for one part;
 * a `/` at the end means the folder and all that is in it.
 */
const places: readonly string[] = [
  // Gatehouse itself.
  '.gatehouse/',
  // VS Code's settings and its list of MCP servers, in workspaces and for users.
  '.vscode/settings.json',
  '.vscode/mcp.json',
  '*.code-workspace',
  ...['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf'].flatMap((name) => [
    `.config/${name}/User/`,
    `Application Support/${name}/User/`,
    `AppData/Roaming/${name}/User/`,
  ]),
  '.local/share/code-server/User/',
  '.local/share/code-server/extensions/',
  ...['.vscode-server', '.vscode-server-insiders', '.cursor-server', '.vscode-remote'].map(
    (name) => `${name}/data/`,
  ),
  ...['.vscode', '.vscode-insiders', '.vscode-oss', '.cursor', '.vscode-server'].map(
    (name) => `${name}/extensions/`,
  ),
  // Agents' lists of MCP servers, their permissions and hooks.
  '.mcp.json',
  '.claude.json',
  '.claude/settings.json',
  '.claude/settings.local.json',
  '.claude/hooks/',
  'claude_desktop_config.json',
  '.cursor/mcp.json',
  '.cursor/permissions.json',
  '.codex/config.toml',
  '.gemini/settings.json',
  'opencode.json',
  'opencode.jsonc',
  '.opencode/',
  '.config/opencode/',
  '.windsurf/mcp_config.json',
  '.codeium/windsurf/mcp_config.json',
  '.roo/mcp.json',
  '.kiro/settings/mcp.json',
  '.amazonq/mcp.json',
  '.zed/settings.json',
  '.config/zed/settings.json',
  '.continue/config.yaml',
  '.continue/config.json',
  '.copilot/mcp-config.json',
  // Programs that Git runs.
  '.git/hooks/',
  '.git/config',
  '.git/config.worktree',
  // Makes Git read its configuration from elsewhere.
  '.git/commondir',
  // Of submodules, whose names may have separators in them, and of other working trees.
  '.git/modules/',
  '.git/worktrees/',
  '.gitconfig',
  '.config/git/config',
];

/** Folders that hold much besides: they are not *above* a protected place by themselves. */
const shared: ReadonlySet<string> = new Set(['.config', '.local', 'application support', 'appdata']);

interface Place {
  readonly parts: readonly string[];
  readonly folder: boolean;
}

const parsed: readonly Place[] = places.map((text) => {
  const folder = text.endsWith('/');
  return { parts: text.toLowerCase().replace(/\/$/, '').split('/'), folder };
});

/**
 * What the call does with a path: `inside` a protected place; `above` one, so that removing, moving or replacing
 * this folder changes what is protected; or `clear` of them.
 * @param path absolute
 * @param globs take `*`, `?`, `[…]` and `{…}` in the path as patterns
 */
export function placeOf(path: string, globs: boolean): 'inside' | 'above' | 'clear' {
  const parts = path
    .split(/[\\/]/)
    .map(foldedName)
    .filter((part) => part !== '');
  const matchers = parts.map((part) => (globs ? partMatcher(part) : exactly(part)));
  let above = false;
  for (const place of parsed) {
    for (let start = 0; start < parts.length; start += 1) {
      const matched = matchLength(place.parts, matchers, start);
      if (matched === place.parts.length) {
        if (place.folder || start + matched === parts.length) {
          return 'inside';
        }
      } else if (matched > (shared.has(place.parts[0] ?? '') ? 1 : 0) && start + matched === parts.length) {
        above = true;
      }
    }
  }
  return above ? 'above' : 'clear';
}

/** The names of a workspace's or home folder's protected files, for comparing identities. */
export function protectedFiles(): readonly string[] {
  return parsed
    .filter(({ folder, parts }) => !folder && !parts.some((part) => part.includes('*')))
    .map(joined);
}

function joined({ parts }: Place): string {
  return parts.join('/');
}

function matchLength(place: readonly string[], path: readonly Matcher[], start: number): number {
  let length = 0;
  while (length < place.length) {
    const wanted = place[length] ?? '';
    const given = path[start + length];
    if (!given?.(wanted)) {
      break;
    }
    length += 1;
  }
  return length;
}

/** Whether a part of the path may be the wanted part of a place. */
type Matcher = (wanted: string) => boolean;

function exactly(part: string): Matcher {
  return (wanted) => {
    if (wanted === '*') {
      return true;
    }
    return wanted.startsWith('*') ? part.endsWith(wanted.slice(1)) : part === wanted;
  };
}

function partMatcher(part: string): Matcher {
  return hasGlob(part) ? (wanted) => wanted === '*' || globMatches(part, wanted) : exactly(part);
}

/** Whether a name has characters that make it a pattern for programs that take patterns. */
export function hasGlob(text: string): boolean {
  return /[*?[\]{}]/.test(text);
}

/** Whether one part of a pattern matches a name. `*` and `?` at its start do not match a dot, as in shells. */
export function globMatches(part: string, name: string): boolean {
  if (name.startsWith('.') && /^[*?]/.test(part)) {
    return false;
  }
  // More would let a pattern backtrack for seconds; nobody writes such a one in earnest.
  if ((part.match(/[*?[{]/g) ?? []).length > 6) {
    return true;
  }
  const source = part
    .replace(/[.+^$()|\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\[!/g, '[^')
    .replace(/,(?=[^{}]*\})/g, '|')
    .replace(/\{/g, '(?:')
    .replace(/\}/g, ')');
  try {
    return new RegExp(`^(?:${source})$`).test(name);
  } catch {
    return true;
  }
}

/**
 * A name as the most forgiving file system reads it: without case, compatibility forms, invisible characters,
 * trailing dots and spaces, and an alternate stream.
 */
export function foldedName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .replace(/(.)(:.*)$/, '$1')
    .replace(/(?<=[^. ])[. ]+$/, '');
}
