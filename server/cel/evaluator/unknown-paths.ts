import type { CelValue } from '../values/value';

/** Names from `request`, or another variable, on. */
type Path = readonly string[];

/** Unknown paths, and the paths within them whose values are known nevertheless. */
export interface UnknownPaths {
  readonly unknown: readonly Path[];
  readonly known: readonly Path[];
}

/** True if `path` is within an unknown path or has one within it, unless a known path begins it. */
export function touchesUnknown(path: Path, { unknown, known }: UnknownPaths): boolean {
  return (
    unknown.some((each) => beginsWith(path, each) || beginsWith(each, path)) &&
    !known.some((each) => beginsWith(path, each))
  );
}

function beginsWith(path: Path, beginning: Path): boolean {
  return path.length >= beginning.length && beginning.every((part, index) => path[index] === part);
}

/** A key as a part of a path. */
export function pathPart(key: CelValue): string {
  return typeof key === 'bigint' || typeof key === 'number'
    ? String(key)
    : typeof key === 'string'
      ? key
      : '';
}
