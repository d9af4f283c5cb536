import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { prefixLines } from './log-lines';

async function prefixed(...chunks: readonly string[]): Promise<string> {
  const input = new PassThrough();
  let out = '';
  const done = prefixLines(input, '[x] ', (line) => {
    out += line.toString();
    return Promise.resolve();
  });
  for (const chunk of chunks) {
    input.write(chunk);
  }
  input.end();
  await done;
  return out;
}

test('every line is marked, however it comes, the last one too', async () => {
  expect(await prefixed('a\nb', 'c\n\n', 'é')).toBe('[x] a\n[x] bc\n[x] \n[x] é\n');
});

test('nothing in a line acts on a terminal: it is shown instead', async () => {
  const conceal = '\u001b[8mhidden\u001b[0m';
  const clipboard = '\u001b]52;c;cm0gLXJmIH4=\u0007';
  expect(await prefixed(`${conceal}${clipboard}\u009b2J\u202e\n`)).toBe(
    '[x] \\u001b[8mhidden\\u001b[0m\\u001b]52;c;cm0gLXJmIH4=\\u0007\\u009b2J\\u202e\n',
  );
});

test('a line can not be written over', async () => {
  expect(await prefixed('error\rfine \n\tat x\r\n')).toBe('[x] error\\u000dfine \n[x] \tat x\n');
});

test('bytes that are no UTF-8 do not get through as controls of eight bits', async () => {
  const input = new PassThrough();
  const lines: Buffer[] = [];
  const done = prefixLines(input, '', (line) => Promise.resolve(void lines.push(line)));
  input.end(Buffer.from([0x61, 0x9b, 0x32, 0x4a, 0x0a]));
  await done;
  expect(Buffer.concat(lines).toString('utf8')).toBe('a\u{fffd}2J\n');
});

test('a character is not cut in two where a long line is', async () => {
  expect(await prefixed(`x${'é'.repeat(40_000)}\n`)).not.toContain('\u{fffd}');
});

test('a line without end does not fill the memory', async () => {
  const input = new PassThrough();
  const lengths: number[] = [];
  const done = prefixLines(input, '', (line) => {
    lengths.push(line.length);
    return Promise.resolve();
  });
  for (let part = 0; part < 50; part++) {
    input.write('y'.repeat(10_000));
    await new Promise((resolve) => setImmediate(resolve));
  }
  input.end();
  await done;
  expect(Math.max(...lengths)).toBeLessThan(100_000);
  // Nothing is lost; each piece got an end.
  expect(lengths.reduce((sum, length) => sum + length - 1, 0)).toBe(500_000);
});

test('reading waits for whoever writes', async () => {
  const input = new PassThrough();
  void prefixLines(input, '', () => new Promise(() => undefined));
  let sent = 0;
  while (sent < 1_000 && input.write(`${'y'.repeat(1_000)}\n`)) {
    sent++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(sent).toBeLessThan(50);
});
