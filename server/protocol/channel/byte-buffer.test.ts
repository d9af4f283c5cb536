import { describe, expect, test } from 'vitest';
import { ByteBuffer } from './byte-buffer';

describe('bytes that come in pieces', () => {
  test('pieces of bytes are put together in order, and can be taken once', () => {
    const buffer = new ByteBuffer();
    for (const piece of ['a', '', 'bc', 'd'.repeat(1_000), 'e']) {
      buffer.append(Buffer.from(piece));
    }
    expect(buffer.length).toBe(1_004);
    expect(buffer.take().toString()).toBe(`abc${'d'.repeat(1_000)}e`);
    expect([buffer.length, buffer.capacity]).toEqual([0, 0]);
  });

  test('the buffer takes at most twice the number of its bytes, however small the pieces are', () => {
    const buffer = new ByteBuffer();
    const piece = Buffer.from('x');
    for (let count = 1; count <= 1_000_000; count++) {
      buffer.append(piece);
      if (buffer.capacity > Math.max(256, 2 * count)) {
        expect.fail(`${buffer.capacity} bytes are held for ${count}`);
      }
    }
  });

  test('bytes belong to the reader once they are taken', () => {
    const buffer = new ByteBuffer();
    buffer.append(Buffer.from('first'));
    const first = buffer.take();
    buffer.append(Buffer.from('other'));
    expect(first.toString()).toBe('first');
  });
});
