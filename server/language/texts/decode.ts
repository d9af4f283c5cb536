import type { ForeignEncoding } from '../../policy';

/** The text of a file, and how it is stored if not in plain UTF-8. */
export interface FileText {
  readonly text: string;
  readonly encoding: ForeignEncoding | undefined;
}

/**
 * Decodes a file as editors do, so that a file has the same text whether it is open or closed: by its byte order mark
 * and, without one, as UTF-16 if every second byte of its beginning is NUL. What is no valid UTF-8 becomes U+FFFD.
 */
export function decode(bytes: Uint8Array): FileText {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) {
    return { text: text('utf-8', bytes), encoding: 'UTF-8 with a byte order mark' };
  }
  if (a === 0xff && b === 0xfe) {
    return { text: text('utf-16le', bytes), encoding: 'UTF-16' };
  }
  if (a === 0xfe && b === 0xff) {
    return { text: text('utf-16be', bytes), encoding: 'UTF-16' };
  }
  const guessed = guessUtf16(bytes);
  if (guessed !== undefined) {
    return { text: text(guessed, bytes), encoding: 'UTF-16' };
  }
  return { text: text('utf-8', bytes), encoding: undefined };
}

export function sameText(a: FileText | undefined, b: FileText | undefined): boolean {
  return a?.text === b?.text && a?.encoding === b?.encoding;
}

/** Takes a byte order mark off. */
function text(encoding: 'utf-8' | 'utf-16le' | 'utf-16be', bytes: Uint8Array): string {
  return new TextDecoder(encoding).decode(bytes);
}

/** How many bytes are looked at. */
const sample = 512;

function guessUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes.length < 2 || bytes.length % 2 !== 0) {
    return undefined;
  }
  let [little, big] = [true, true];
  for (let at = 0; at < Math.min(sample, bytes.length); at += 2) {
    const [first, second] = [bytes[at] === 0, bytes[at + 1] === 0];
    if (first || !second) {
      little = false;
    }
    if (!first || second) {
      big = false;
    }
  }
  return little ? 'utf-16le' : big ? 'utf-16be' : undefined;
}
