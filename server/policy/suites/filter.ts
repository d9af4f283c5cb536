import { matchesGlob } from '../names/glob';
import type { SuiteFilter } from './types';

export const filterReasons = {
  suite: 'Suite did not match the test filter',
  test: 'Test did not match the test filter',
  principal: 'Principal did not match the test filter',
  resource: 'Resource did not match the test filter',
  action: 'No actions matched the test filter',
} as const;

type Dimension = keyof typeof filterReasons;

function isDimension(name: string): name is Dimension {
  return Object.hasOwn(filterReasons, name);
}

/** True if a name passes one dimension of a filter; a dimension without globs lets everything pass. */
export function passes(filter: SuiteFilter, dimension: Dimension, name: string): boolean {
  const globs = filter[dimension] ?? [];
  return globs.length === 0 || globs.some((glob) => matchesGlob(glob, name));
}

/**
 * Parses filters in the form of `cerbos compile --test-filter`: `suite=a*;test=b,c;action=view`. Several are combined.
 * @throws Error with the reason why one is invalid
 */
export function parseSuiteFilter(texts: readonly string[]): SuiteFilter {
  const filter: Partial<Record<Dimension, string[]>> = {};
  for (const text of texts) {
    if (text.trim() === '') {
      continue;
    }
    let globsSeen = false;
    for (const part of text.split(';').map((each) => each.trim())) {
      if (part === '') {
        continue;
      }
      const at = part.indexOf('=');
      if (at < 0) {
        throw new Error(`invalid filter dimension format "${part}": expected 'dimension=glob1,glob2'`);
      }
      const name = part.slice(0, at).trim().toLowerCase();
      if (!isDimension(name)) {
        const known = Object.keys(filterReasons).join(', ');
        throw new Error(`unknown filter dimension "${part.slice(0, at)}": valid dimensions are ${known}`);
      }
      const globs = part
        .slice(at + 1)
        .split(',')
        .map((glob) => glob.trim())
        .filter((glob) => glob !== '');
      globsSeen ||= globs.length > 0;
      filter[name] = [...(filter[name] ?? []), ...globs];
    }
    if (!globsSeen) {
      throw new Error('filter must contain at least one glob pattern in at least one dimension');
    }
  }
  return filter;
}
