import type { CelValue } from '../values/value';

/** Names from `request`, or another variable, on. */
type Path = readonly string[];

/** What is not known, and what within that is known all the same. */
export interface UnknownPaths {
  readonly unknown: readonly Path[];
  readonly known: readonly Path[];
}

/** Whether reading `path` touches something unknown: one path begins with the other, and no known one begins it. */
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
