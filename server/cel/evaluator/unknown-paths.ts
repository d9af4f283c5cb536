import type { CelValue } from '../values/value';

/** A path of names from `request`, or another variable, to what is unknown. */
export type UnknownPath = readonly string[];

/** Whether reading `path` touches something unknown: one path begins with the other. */
export function touchesUnknown(path: UnknownPath, unknowns: readonly UnknownPath[]): boolean {
  return unknowns.some((unknown) => {
    const shared = Math.min(path.length, unknown.length);
    for (let index = 0; index < shared; index++) {
      if (path[index] !== unknown[index]) {
        return false;
      }
    }
    return true;
  });
}

/** A key as a part of a path. */
export function pathPart(key: CelValue): string {
  return typeof key === 'bigint' || typeof key === 'number'
    ? String(key)
    : typeof key === 'string'
      ? key
      : '';
}
