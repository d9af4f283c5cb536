import { compileGlob, isGlob } from '../glob';

/** Whether a name in a policy means a name in a request; only names with a star are globs to `cerbos 0.55`'s index. */
export function nameMatches(pattern: string, name: string): boolean {
  if (!isGlob(pattern)) return pattern === name;
  return compileGlob(pattern)?.matches(name) ?? false;
}
