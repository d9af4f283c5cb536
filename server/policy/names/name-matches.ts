import { compileGlob, isGlob } from './glob';

/**
 * Matches a name of a request against a name in a policy. The index of `cerbos 0.55` takes only names with a star for
 * globs.
 */
export function nameMatches(pattern: string, name: string): boolean {
  if (!isGlob(pattern)) {
    return pattern === name;
  }
  return compileGlob(pattern)?.matches(name) ?? false;
}
