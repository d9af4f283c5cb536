import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Anchor } from './session-log';

/**
 * True if a session folder still holds the anchor's line, or if a newer log records that the anchor's log was removed
 * because it was older than logs are kept.
 * @param folder absolute
 */
export async function holdsAnchor(folder: string, anchor: Anchor): Promise<boolean> {
  const names = await logsIn(folder);
  if (names.includes(anchor.log)) {
    return (await lineHash(join(folder, anchor.log), anchor.lines)) === anchor.hash;
  }
  const newest = names.at(-1);
  return newest !== undefined && anchor.log <= (await retiredThrough(join(folder, newest)));
}

async function logsIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort();
  } catch {
    return [];
  }
}

/** SHA-256 of a line's bytes, by its number from 1; undefined if there is none. */
async function lineHash(path: string, line: number): Promise<string | undefined> {
  let number = 1;
  let hash = createHash('sha256');
  for await (const bytes of lineBytes(path)) {
    if (bytes === 'end') {
      if (number === line) {
        return hash.digest('hex');
      }
      number += 1;
      hash = createHash('sha256');
    } else if (number === line) {
      hash.update(bytes);
    }
  }
  return undefined;
}

async function retiredThrough(path: string): Promise<string> {
  const parts: Buffer[] = [];
  for await (const bytes of lineBytes(path)) {
    if (bytes === 'end') {
      break;
    }
    parts.push(bytes);
  }
  try {
    const first = JSON.parse(Buffer.concat(parts).toString('utf8')) as {
      retired?: { through?: unknown };
    } | null;
    const through = first?.retired?.through;
    return typeof through === 'string' ? through : '';
  } catch {
    return '';
  }
}

/** The bytes of a file's lines in pieces, and `end` after each line. */
async function* lineBytes(path: string): AsyncGenerator<Buffer | 'end'> {
  try {
    for await (const chunk of createReadStream(path)) {
      const bytes = chunk as Buffer;
      let start = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
        yield bytes.subarray(start, end);
        yield 'end';
        start = end + 1;
      }
      yield bytes.subarray(start);
    }
  } catch {
    // Gone, or unreadable: it holds nothing that was seen.
  }
}
