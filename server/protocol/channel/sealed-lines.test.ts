import { randomBytes } from 'node:crypto';
import { Duplex, PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { JsonLines } from './json-lines';
import { SealedLines, SealError } from './sealed-lines';

const there = randomBytes(32);
const back = randomBytes(32);

/** The lines that one side writes for these values. */
async function sealed(values: readonly unknown[]): Promise<string[]> {
  const chunks: Buffer[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  const side = new SealedLines(new JsonLines(stream), { send: there, receive: back });
  for (const value of values) {
    await side.write(value);
  }
  return Buffer.concat(chunks).toString().split('\n').slice(0, -1);
}

/** The values that the other side reads, and the error with which it closes the connection. */
async function opened(
  lines: readonly string[],
  keys = { send: back, receive: there },
): Promise<{ values: unknown[]; error: Error }> {
  const stream = new PassThrough();
  const plain = new JsonLines(stream);
  plain.setLimit(64 * 1024 * 1024);
  const side = new SealedLines(plain, keys);
  const values: unknown[] = [];
  side.listen((value) => values.push(value));
  const closed = new Promise<Error>((resolve) => side.onClose(resolve));
  stream.end(lines.map((line) => `${line}\n`).join(''));
  return { values, error: await closed };
}

describe('sealed lines', () => {
  const messages = [{ a: 1 }, 'é😀\n', null, [true], { big: 'x'.repeat(100_000) }];

  test('sealed lines arrive as they were written, and hide their contents', async () => {
    const lines = await sealed(messages);
    const { error, values } = await opened(lines);
    expect(values).toEqual(messages);
    expect(error).not.toBeInstanceOf(SealError);
    expect(lines.join('')).not.toContain('xxxxxxxx');
  });

  test('sealed lines are never the same twice, even for the same value', async () => {
    expect(new Set(await sealed(['yes', 'yes', 'yes'])).size).toBe(3);
  });

  test('nothing arrives from the first sealed line that is out of order on', async () => {
    const lines = await sealed([0, 1, 2]);
    const orders = [[1], [2], [0, 0], [0, 2], [1, 0], [0, 1, 1], [0, 1, 0], [0, 2, 1]];
    for (const order of orders) {
      const { error, values } = await opened(order.map((index) => lines[index]!));
      const right = order.findIndex((index, place) => index !== place);
      expect(values).toEqual(order.slice(0, right));
      expect(error).toBeInstanceOf(SealError);
    }
  });

  test('sealed lines are refused by their own author', async () => {
    const { error, values } = await opened(await sealed(['yes']), { send: there, receive: back });
    expect(values).toEqual([]);
    expect(error).toBeInstanceOf(SealError);
  });

  test('sealed lines are refused with any one bit changed, however short they are, and with other base64 for the same bytes', async () => {
    const [line] = await sealed([{ outcome: 'denied' }]);
    const text = JSON.parse(line!) as string;
    const bytes = Buffer.from(text, 'base64');
    const forgeries = [
      ...Array.from({ length: bytes.length * 8 }, (_, bit) => {
        const copy = Buffer.from(bytes);
        copy[bit >> 3]! ^= 1 << (bit & 7);
        return copy.toString('base64');
      }),
      ...Array.from({ length: bytes.length }, (_, length) => bytes.subarray(0, length).toString('base64')),
      `${text}=`,
      `${text.slice(0, 4)}\n${text.slice(4)}`,
      text.replaceAll('=', ''),
      bytes.toString('base64url'),
    ].filter((forgery) => forgery !== text);
    for (const forgery of forgeries) {
      const { error, values } = await opened([JSON.stringify(forgery)]);
      expect(values, forgery).toEqual([]);
      expect(error).toBeInstanceOf(SealError);
    }
  });

  test.each(['{"jsonrpc":"2.0","id":1,"result":{"outcome":"granted"}}', 'null', '7', '[]', '""'])(
    'sealed lines are never plain ones: %s',
    async (line) => {
      const { error, values } = await opened([line]);
      expect(values).toEqual([]);
      expect(error).toBeInstanceOf(SealError);
    },
  );

  test('a sealed line that does not fit rejects its reader and all later ones', async () => {
    const stream = new PassThrough();
    const side = new SealedLines(new JsonLines(stream), { send: back, receive: there });
    const [, second] = await sealed([1, 2]);
    stream.write(`${second}\n`);
    await expect(side.read()).rejects.toBeInstanceOf(SealError);
    await expect(side.read()).rejects.toBeInstanceOf(SealError);
    await expect(side.write('more')).rejects.toBeInstanceOf(SealError);
    expect(stream.destroyed).toBe(true);
  });
});
