import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A symbolic link that leads out of the folder it must stay in. What it leads to was not read. */
interface StrayLink {
  /** Relative to the folder that was looked through, `/` between the parts; empty for that folder itself. */
  readonly path: string;
}

/**
 * The symbolic links in a folder that lead out of `within`, or nowhere. Looks at names only: no file is read. Where the
 * folder itself lies outside, by a link at it or above it, that is all that is found.
 * @param folder absolute; may be a file, or missing
 * @param within absolute; where links may lead to
 * @param matters whether a file of this path, relative to `folder`, would be read
 */
export function strayLinks(
  folder: string,
  within: string,
  matters: (path: string) => boolean,
): readonly StrayLink[] {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) {
    return [];
  }
  const home = realpathSync.native(within);
  if (!leadsInto(folder, home)) {
    return [{ path: '' }];
  }
  const real = realpathSync.native(folder);
  return lstatSync(real).isDirectory() ? linksBelow(real, '', home).filter(({ path }) => matters(path)) : [];
}

function linksBelow(root: string, prefix: string, home: string): readonly StrayLink[] {
  return readdirSync(join(root, prefix), { withFileTypes: true }).flatMap((entry): readonly StrayLink[] => {
    const path = `${prefix}${entry.name}`;
    if (entry.isSymbolicLink()) {
      return leadsInto(join(root, path), home) ? [] : [{ path }];
    }
    return entry.isDirectory() ? linksBelow(root, `${path}/`, home) : [];
  });
}

function leadsInto(path: string, home: string): boolean {
  let real: string;
  try {
    real = realpathSync.native(path);
  } catch {
    return false;
  }
  const way = relative(home, real);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !/^([A-Za-z]:|[\\/])/.test(way));
}
