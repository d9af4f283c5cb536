/**
 * A path with its dots taken by name, as `path.posix.normalize` does, but in linear time for every text (that one
 * copies what it has for each `..`). Trailing separators are dropped.
 * @param text with `/` as separator
 */
export function normalized(text: string): string {
  const absolute = text.startsWith('/');
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '' || part === '.') {
      continue;
    }
    if (part !== '..') {
      parts.push(part);
    } else if (parts.length > 0 && parts.at(-1) !== '..') {
      parts.pop();
    } else if (!absolute) {
      parts.push(part);
    }
  }
  return (absolute ? '/' : '') + parts.join('/') || '.';
}
