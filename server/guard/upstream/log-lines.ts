import type { Readable } from 'node:stream';

/** A longer line is passed on in pieces, so that a server can't fill the guard's memory with one. */
const maxLineBytes = 64 * 1024;

/**
 * Passes a server's stderr on line by line, each with a prefix. Bytes are not changed; what a terminal makes of them
 * is the terminal's affair, as without a guard.
 * @param write takes one line; the stream is read no further before what it returns has resolved
 * @returns a promise for the end of the stream; never rejects
 */
export async function prefixLines(
  input: Readable,
  prefix: string,
  write: (line: Buffer) => Promise<void>,
): Promise<void> {
  const start = Buffer.from(prefix);
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of input) {
      rest = Buffer.concat([rest, chunk as Buffer]);
      let from = 0;
      for (let at = rest.indexOf(0x0a); at !== -1; at = rest.indexOf(0x0a, from)) {
        await write(Buffer.concat([start, rest.subarray(from, at + 1)]));
        from = at + 1;
      }
      rest = rest.subarray(from);
      if (rest.length > maxLineBytes) {
        await write(Buffer.concat([start, rest, Buffer.from('\n')]));
        rest = Buffer.alloc(0);
      }
    }
  } catch {
    // A log that can't be read any more ends here.
  }
  if (rest.length > 0) {
    await write(Buffer.concat([start, rest, Buffer.from('\n')]));
  }
}
