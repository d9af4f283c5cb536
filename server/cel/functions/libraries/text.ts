import { definer, overload } from '../define';
import type { FunctionDefinition, FunctionResult } from '../define';
import { occurs } from '../regex';

const define = definer('standard');

function matches(text: string, pattern: string): FunctionResult {
  return occurs(pattern, text);
}

/** The string functions of CEL itself. */
export const textFunctions: readonly FunctionDefinition[] = [
  define(
    'contains',
    [
      overload(
        'contains_string',
        'string.contains(part: string): bool',
        'Whether a text occurs in this one.',
        "'hello'.contains('ell') // true",
        (text: string, search: string) => text.includes(search),
      ),
    ],
    { mismatch: 'plain' },
  ),
  define(
    'endsWith',
    [
      overload(
        'ends_with_string',
        'string.endsWith(end: string): bool',
        'Whether this text ends with another.',
        "'hello'.endsWith('lo') // true",
        (text: string, end: string) => text.endsWith(end),
      ),
    ],
    { mismatch: 'plain' },
  ),
  define(
    'startsWith',
    [
      overload(
        'starts_with_string',
        'string.startsWith(start: string): bool',
        'Whether this text starts with another.',
        "'hello'.startsWith('he') // true",
        (text: string, start: string) => text.startsWith(start),
      ),
    ],
    { mismatch: 'plain' },
  ),
  define(
    'matches',
    [
      overload(
        'matches',
        'matches(text: string, pattern: string): bool',
        'Whether an RE2 regular expression matches somewhere in a text.',
        "matches('user-17', '[0-9]+$') // true",
        matches,
      ),
      overload(
        'matches_string',
        'string.matches(pattern: string): bool',
        'Whether an RE2 regular expression matches somewhere in this text. Anchor it with `^` and `$` to match all of it.',
        "'user-17'.matches('^user-[0-9]+$') // true",
        matches,
      ),
    ],
    { mismatch: 'name' },
  ),
];
