import { encodeBase64 } from '../../values/bytes';
import { fail } from '../../values/failure';
import { definer, overload } from '../define';
import type { FunctionDefinition, FunctionResult } from '../define';

const define = definer('encoders');

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Reads base64 with or without padding (RFC 4648, section 4). Line ends are skipped, as Go does. */
function decodeBase64(text: string): FunctionResult {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  const corrupt = (at: number): FunctionResult => fail(`illegal base64 data at input byte ${at}`);
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\n' || character === '\r') {
      continue;
    }
    if (character === '=') {
      const rest = text.slice(at).replace(/[\r\n]/g, '');
      const wanted = count % 4 === 2 ? '==' : count % 4 === 3 ? '=' : '';
      if (rest !== wanted) {
        return corrupt(at);
      }
      return Uint8Array.from(bytes);
    }
    const value = alphabet.indexOf(character);
    if (value < 0) {
      return corrupt(at);
    }
    bits = ((bits << 6) | value) & 0xffffff;
    count++;
    if (count % 4 !== 1) {
      bytes.push((bits >> (6 - 2 * ((count - 1) % 4))) & 0xff);
    }
  }
  return count % 4 === 1 ? corrupt(text.length - 1) : Uint8Array.from(bytes);
}

/** The library of encodings (cel-go `ext.Encoders`). */
export const encoderFunctions: readonly FunctionDefinition[] = [
  define('base64.decode', [
    overload(
      'base64_decode_string',
      'base64.decode(text: string): bytes',
      'The bytes that a base64 text stands for; padding may be missing.',
      "base64.decode('aGVsbG8=') // b'hello'",
      decodeBase64,
    ),
  ]),
  define('base64.encode', [
    overload(
      'base64_encode_bytes',
      'base64.encode(bytes: bytes): string',
      'Bytes in base64, with padding.',
      "base64.encode(b'hello') // 'aGVsbG8='",
      encodeBase64,
    ),
  ]),
];
