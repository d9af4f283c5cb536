/**
 * A test for folder globs: `**` is any number of segments, `*` and `?` stay within one, `{a,b}` is either. Hidden
 * folders match like any other. A glob may begin with `/` or `./`, and end with `/`.
 */
export function folderGlob(glob: string): (path: string) => boolean {
  const trimmed = glob.replace(/^\.?\//, '').replace(/\/(\*\*)?$/, '');
  const alternatives = expandBraces(trimmed).map((each) => each.split('/'));
  return (path) => {
    const segments = path.split('/');
    return alternatives.some((pattern) => matches(pattern, segments));
  };
}

/** The most alternatives that braces may make. */
const maxAlternatives = 64;

function expandBraces(glob: string): string[] {
  let expanded = [glob];
  for (let round = 0; round < 8; round++) {
    const next = expanded.flatMap((each) => {
      const braces = /\{([^{}]*)\}/.exec(each);
      if (braces === null) {
        return [each];
      }
      const before = each.slice(0, braces.index);
      const after = each.slice(braces.index + braces[0].length);
      return (braces[1] ?? '').split(',').map((choice) => before + choice + after);
    });
    if (next.length > maxAlternatives || next.every((each, at) => each === expanded[at])) {
      break;
    }
    expanded = next;
  }
  return expanded;
}

/** Remembers, for each segment of the pattern, which lengths of the path can be matched up to it: no backtracking. */
function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  let reached = new Set([0]);
  for (const part of pattern) {
    const next = new Set<number>();
    for (const at of reached) {
      if (part === '**') {
        for (let to = at; to <= segments.length; to++) {
          next.add(to);
        }
      } else if (at < segments.length && segmentMatches(part, segments[at] ?? '')) {
        next.add(at + 1);
      }
    }
    reached = next;
  }
  return reached.has(segments.length);
}

function segmentMatches(pattern: string, text: string): boolean {
  let at = 0;
  let position = 0;
  let star = -1;
  let resume = 0;
  while (position < text.length) {
    const expected = pattern[at];
    if (expected === '*') {
      star = at++;
      resume = position;
    } else if (expected === '?' || expected === text[position]) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') {
    at++;
  }
  return at === pattern.length;
}
