import type { Readable } from 'node:stream';
import { ByteBuffer, visibleLine } from '../../protocol';

/** A longer line is passed on in pieces, so that a server can't fill the guard's memory with one. */
const maxLineBytes = 64 * 1024;

/**
 * Passes a server's stderr on line by line, each with a prefix. What a terminal would obey, or nobody could see, is
 * spelled out: a log in a terminal could otherwise hide lines, forge them, or fill the clipboard.
 * @param write takes one line; the stream is read no further before what it returns has resolved
 * @returns a promise for the end of the stream; never rejects
 */
export async function prefixLines(
  input: Readable,
  prefix: string,
  write: (line: Buffer) => Promise<void>,
): Promise<void> {
  const rest = new ByteBuffer();
  const writeLine = (end: Uint8Array): Promise<void> => {
    rest.append(end);
    const text = rest.take().toString('utf8').replace(/\r$/, '');
    // Tabs line columns up, and do nothing else.
    return write(Buffer.from(`${prefix}${text.split('\t').map(visibleLine).join('\t')}\n`));
  };
  try {
    for await (const chunk of input) {
      let left = chunk as Buffer;
      for (let at = left.indexOf(0x0a); at !== -1; at = left.indexOf(0x0a)) {
        await writeLine(left.subarray(0, at));
        left = left.subarray(at + 1);
      }
      while (rest.length + left.length > maxLineBytes) {
        const cut = characterStart(left, maxLineBytes - rest.length);
        await writeLine(left.subarray(0, cut));
        left = left.subarray(cut);
      }
      rest.append(left);
    }
  } catch {
    // A log that can't be read any more ends here.
  }
  if (rest.length > 0) {
    await writeLine(Buffer.alloc(0));
  }
}

/** The last offset up to this one at which no UTF-8 character is cut in two. */
function characterStart(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (at > 0 && at > offset - 4 && ((bytes[at] ?? 0) & 0xc0) === 0x80) {
    at--;
  }
  return at;
}
