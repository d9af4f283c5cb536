import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { ChannelError, JsonLines, messageLimits } from './json-lines';

function linesOver(): { stream: PassThrough; lines: JsonLines } {
  const stream = new PassThrough();
  return { stream, lines: new JsonLines(stream) };
}

describe('JsonLines', () => {
  test('values arrive in order, however they were cut into chunks', async () => {
    const { stream, lines } = linesOver();
    for (const chunk of ['{"a"', ':1}\n{"b":', '2}\n', '"\u{1f600}"\n']) {
      stream.write(chunk);
    }
    expect([await lines.read(), await lines.read(), await lines.read()]).toEqual([{ a: 1 }, { b: 2 }, '😀']);
  });

  test('a character that was cut in two is put together', async () => {
    const { stream, lines } = linesOver();
    const bytes = Buffer.from('"é"\n');
    stream.write(bytes.subarray(0, 2));
    stream.write(bytes.subarray(2));
    expect(await lines.read()).toBe('é');
  });

  test('values that arrive before somebody listens are kept', async () => {
    const { stream, lines } = linesOver();
    stream.write('1\n2\n3\n');
    expect(await lines.read()).toBe(1);
    const seen: unknown[] = [];
    lines.listen((value) => seen.push(value));
    stream.write('4\n');
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([2, 3, 4]);
  });

  test('the stream is destroyed at the first line that is not JSON, and nothing after it is handed on', async () => {
    const { stream, lines } = linesOver();
    const seen: unknown[] = [];
    lines.listen((value) => seen.push(value));
    const closed = new Promise<Error>((resolve) => lines.onClose(resolve));
    stream.write('1\nnot json\n2\n');
    expect(await closed).toBeInstanceOf(ChannelError);
    expect(seen).toEqual([1]);
    expect(stream.destroyed).toBe(true);
  });

  test('the stream is destroyed when a line grows too long, before it ends', async () => {
    const { stream, lines } = linesOver();
    const reading = lines.read();
    stream.write('"'.padEnd(messageLimits.handshake - 10, 'x'));
    stream.write('x'.repeat(11));
    await expect(reading).rejects.toThrow(/more than 4096 bytes/);
    expect(stream.destroyed).toBe(true);
  });

  test('a line of exactly the limit is accepted, and longer ones once the limit is raised', async () => {
    const { stream, lines } = linesOver();
    const exact = 'x'.repeat(messageLimits.handshake - 2);
    stream.write(`"${exact}"\n`);
    expect(await lines.read()).toBe(exact);
    lines.setLimit(2 * messageLimits.handshake);
    stream.write(`"${exact}y"\n`);
    expect(await lines.read()).toBe(`${exact}y`);
  });

  test('whoever reads gets an error when the other side hangs up', async () => {
    const { stream, lines } = linesOver();
    const reading = lines.read();
    stream.end('{"half":');
    await expect(reading).rejects.toThrow(/hung up/);
    await expect(lines.read()).rejects.toThrow(/hung up/);
    await expect(lines.write(1)).rejects.toThrow(/hung up/);
  });
});
