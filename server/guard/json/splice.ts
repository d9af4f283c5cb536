import type { JsonValue } from '../../protocol';
import { elementSpans, memberSpans } from './spans';
import type { ByteSpan } from './strict';

/** A value within a JSON text, and what stands there instead. */
interface Splice {
  /** Names of members and indexes of items, from the text's own value on. */
  readonly at: readonly (string | number)[];
  readonly value: JsonValue;
}

/**
 * A JSON text with some of its values replaced, all else byte for byte as it was.
 * @param bytes strictly parsed JSON without space around its tokens but single spaces
 * @throws RangeError if there is no such value
 */
export function spliced(bytes: Buffer, splices: readonly Splice[]): Buffer {
  const placed = splices
    .map(({ at, value }) => ({ span: spanOf(bytes, at), text: Buffer.from(JSON.stringify(value)) }))
    .sort((a, b) => a.span.start - b.span.start);
  const parts: Buffer[] = [];
  let done = 0;
  for (const { span, text } of placed) {
    if (span.start < done) {
      throw new RangeError('the values to be replaced overlap');
    }
    parts.push(bytes.subarray(done, span.start), text);
    done = span.end;
  }
  return Buffer.concat([...parts, bytes.subarray(done)]);
}

function spanOf(bytes: Buffer, at: readonly (string | number)[]): ByteSpan {
  let span: ByteSpan = { start: 0, end: bytes.length };
  for (const step of at) {
    const inner: ByteSpan | undefined =
      typeof step === 'number'
        ? bytes[span.start] === 0x5b
          ? elementSpans(bytes, span.start)[step]
          : undefined
        : bytes[span.start] === 0x7b
          ? memberSpans(bytes, span.start).get(step)
          : undefined;
    if (inner === undefined) {
      throw new RangeError(`there is nothing at ${JSON.stringify(at)}`);
    }
    span = inner;
  }
  return span;
}
