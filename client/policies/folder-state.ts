import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** More entries than this are not looked at: what a person writes by hand stays far below. */
const mostEntries = 2_000;

/**
 * One text for what is in some files and folders, to tell whether anything changed: names, sizes and times of change.
 * Contents are not read, and links are not followed.
 * @param paths absolute paths of files and folders; those that are not there count as empty
 */
export async function stateOf(paths: readonly string[]): Promise<string> {
  const found: string[] = [];
  const waiting = [...paths];
  for (let path = waiting.pop(); path !== undefined && found.length < mostEntries; path = waiting.pop()) {
    try {
      const entry = await lstat(path);
      found.push(`${path} ${entry.size} ${entry.mtimeMs} ${entry.ctimeMs}`);
      if (entry.isDirectory()) {
        const folder = path;
        waiting.push(...(await readdir(folder)).map((name) => join(folder, name)));
      }
    } catch {
      // It is not there, or not any more.
    }
  }
  return found.sort().join('\n');
}
