import type { CelValue } from '../values/value';

/** A path of names from `request`, or another variable, to what is unknown. */
export type UnknownPath = readonly string[];

const roots = new Map<string, readonly string[]>([
  ['R', ['request', 'resource']],
  ['resource', ['request', 'resource']],
  ['P', ['request', 'principal']],
  ['principal', ['request', 'principal']],
  ['V', ['variables']],
  ['C', ['constants']],
  ['G', ['globals']],
]);

const fieldNames = new Map([
  ['aux_data', 'auxData'],
  ['policy_version', 'policyVersion'],
  ['effective_derived_roles', 'effectiveDerivedRoles'],
]);

/** Reads a path such as `R.attr.arguments`. Short names become long ones. */
export function parseUnknownPath(path: string): UnknownPath {
  return canonicalPath(path.split('.'));
}

/** One spelling for all ways to write the same path. */
export function canonicalPath(parts: readonly string[]): UnknownPath {
  const [first = '', ...rest] = parts;
  const full = [...(roots.get(first) ?? [first]), ...rest];
  // Only fields of Cerbos' own objects have two names; attributes are data.
  const fixed = full[0] === 'request' ? 3 : 2;
  return full.map((part, index) => (index > 0 && index < fixed ? (fieldNames.get(part) ?? part) : part));
}

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
