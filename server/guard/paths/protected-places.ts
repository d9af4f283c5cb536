import { protectedTable } from './protected-table';

/** Folders that hold much besides: they are not *above* a protected place by themselves. */
const shared: ReadonlySet<string> = new Set([
  '.config',
  '.local',
  'application support',
  'appdata',
  '.github',
  '.aws',
  'documents',
]);

interface Place {
  readonly parts: readonly string[];
  readonly folder: boolean;
}

const parsed: readonly Place[] = protectedTable
  .flatMap((row) => row.places)
  .map((text) => {
    const folder = text.endsWith('/');
    return { parts: text.toLowerCase().replace(/\/$/, '').split('/'), folder };
  });

/** By their first part, so that a path is compared only with those that may begin there. */
const byName = new Map<string, Place[]>();
const byPattern: Place[] = [];
for (const place of parsed) {
  const first = place.parts[0] ?? '';
  if (first.includes('*')) {
    byPattern.push(place);
  } else {
    byName.set(first, [...(byName.get(first) ?? []), place]);
  }
}

/** More patterns in one path than anybody writes in earnest; each would be compared with every place. */
export const mostGlobs = 64;

const longestPattern = 1024;

/**
 * The position of a path: `inside` a protected place; `above` one, so that removing, moving or replacing this folder
 * changes what is protected; or `clear` of them.
 * @param path absolute
 * @param globs take `*`, `?`, `[…]` and `{…}` in the path as patterns
 */
export function placeOf(path: string, globs: boolean): 'inside' | 'above' | 'clear' {
  const parts = path
    .split(/[\\/]/)
    .filter((part) => part !== '')
    .map(foldedName)
    .filter((part) => part !== '');
  const patterns = globs ? parts.filter(hasGlob).length : 0;
  if (patterns > mostGlobs) {
    return 'inside';
  }
  let above = false;
  for (let start = 0; start < parts.length; start += 1) {
    for (const place of placesFrom(parts[start] ?? '', patterns > 0)) {
      const matched = matchLength(place.parts, parts, start, globs);
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
  return plainFiles;
}

const plainFiles: readonly string[] = parsed
  .filter(({ folder, parts }) => !folder && !parts.some((part) => part.includes('*')))
  .map(({ parts }) => parts.join('/'));

function placesFrom(part: string, globs: boolean): readonly Place[] {
  if (globs && hasGlob(part)) {
    return parsed;
  }
  const named = byName.get(part);
  const pattern = byPattern.filter((place) => partMatches(part, place.parts[0] ?? '', false));
  return named === undefined ? pattern : [...named, ...pattern];
}

function matchLength(
  place: readonly string[],
  path: readonly string[],
  start: number,
  globs: boolean,
): number {
  let length = 0;
  while (length < place.length) {
    const wanted = place[length] ?? '';
    const given = path[start + length];
    if (given === undefined || !partMatches(given, wanted, globs)) {
      break;
    }
    length += 1;
  }
  return length;
}

/**
 * Compares one part of a path with one of a protected place. With `globs`, the path's part may itself be a pattern.
 */
function partMatches(given: string, wanted: string, globs: boolean): boolean {
  if (wanted === '*') {
    return true;
  }
  if (globs && hasGlob(given)) {
    return globMatches(given, wanted);
  }
  return wanted.startsWith('*') ? given.endsWith(wanted.slice(1)) : given === wanted;
}

/** True if a name contains `*`, `?`, brackets or braces, which some programs expand. */
export function hasGlob(text: string): boolean {
  return /[*?[\]{}]/.test(text);
}

/**
 * Matches one part of a glob pattern with a name, as shells do. A pattern too long or complex to match counts as a
 * match.
 */
export function globMatches(part: string, name: string): boolean {
  if (name.startsWith('.') && /^[*?]/.test(part)) {
    return false;
  }
  // More would let a pattern backtrack for seconds; nobody writes such a one in earnest.
  if (part.length > longestPattern || (part.match(/[*?[{]/g) ?? []).length > 6) {
    return true;
  }
  // Braces around separators (`{.vscode/settings.json,x}`) leave halves, which can't be read by themselves.
  if (!isBalanced(part)) {
    return part.includes(name);
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

function isBalanced(part: string): boolean {
  const count = (character: string): number => part.split(character).length;
  return count('{') === count('}') && count('[') === count(']');
}

/**
 * A name as the most forgiving file system reads it: without case, compatibility forms, invisible characters,
 * trailing dots and spaces, and an alternate stream.
 */
export function foldedName(name: string): string {
  if (/^\.?[\w-]+(\.[\w-]+)*$/.test(name)) {
    return name.toLowerCase();
  }
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .replace(/(.)(:.*)$/, '$1')
    .replace(/(?<=[^. ])[. ]+$/, '');
}
