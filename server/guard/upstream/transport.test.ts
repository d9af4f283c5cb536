// The contract of UpstreamTransport. A new transport joins `transports` and must pass all of it.
import { afterEach, describe, expect, test } from 'vitest';
import { maxLineBytes, transports } from '../../../test/support/guard/transports';
import type { OpenTransport, PeerBehaviour } from '../../../test/support/guard/transports';
import { framed } from '../wire/lines';
import type { Line } from '../wire/lines';
import type { UpstreamTransport } from './transport';

const opened: UpstreamTransport[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((transport) => transport.close('terminate')));
});

const message = (value: object): Buffer => framed(Buffer.from(JSON.stringify(value)));

/** Texts of the messages that arrive, or the kind and length of one that is no line. */
async function* textsOf(transport: UpstreamTransport): AsyncGenerator<string> {
  for await (const lines of transport.receive()) {
    for (const line of lines) {
      yield wordsOf(line);
    }
  }
}

function wordsOf(line: Line): string {
  return line.kind === 'line' ? line.bytes.toString('latin1') : `${line.kind} ${line.length}`;
}

async function take(texts: AsyncGenerator<string>, count: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < count) {
    const next = await texts.next();
    if (next.done === true) {
      break;
    }
    taken.push(next.value);
  }
  return taken;
}

async function all(texts: AsyncGenerator<string>): Promise<string[]> {
  const taken: string[] = [];
  for await (const text of texts) {
    taken.push(text);
  }
  return taken;
}

/** Resolves with a number once it has not changed for a while. */
async function settled(read: () => number): Promise<number> {
  for (let [last, same] = [read(), 0]; ;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = read();
    same = now === last && now > 0 ? same + 1 : 0;
    last = now;
    if (same === 15) {
      return now;
    }
  }
}

/** True if a promise is settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const turn = new Promise((resolve) => setImmediate(() => resolve(pending)));
  return (await Promise.race([promise, turn])) !== pending;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.each(transports)('$name', ({ open: make }) => {
  const open = (behaviour: PeerBehaviour): OpenTransport => {
    const transport = make(behaviour);
    opened.push(transport.transport);
    return transport;
  };
  const start = async (behaviour: PeerBehaviour): Promise<OpenTransport> => {
    const far = open(behaviour);
    await far.transport.start();
    return far;
  };

  test('messages go there and back in order', async () => {
    const { transport } = await start('echoes');
    const sent = Array.from({ length: 2_000 }, (_, n) => message({ n }));
    sent.forEach((line) => transport.send(line));
    const received = await take(textsOf(transport), sent.length);
    expect(received.join('\n')).toBe(Buffer.concat(sent).toString().trimEnd());
  });

  test('messages keep their bytes', async () => {
    const { transport } = await start('echoes');
    const odd = ' { "b" : 1.0e2 ,"a":"\\u00e9 é \\ud83d"} ';
    transport.send(framed(Buffer.from(odd)));
    expect(await take(textsOf(transport), 1)).toEqual([Buffer.from(odd).toString('latin1')]);
  });

  test('a message of several megabytes arrives whole', async () => {
    const { transport } = await start('echoes');
    const large = message({ text: 'x'.repeat(6 * 2 ** 20) });
    transport.send(large);
    transport.send(message({ after: true }));
    const [first, second] = await take(textsOf(transport), 2);
    expect(first).toHaveLength(large.length - 1);
    expect(second).toBe('{"after":true}');
  });

  test('what comes before anybody receives is kept', async () => {
    const { hasSpoken, transport } = await start('speaksFirst');
    await expect.poll(hasSpoken).toBe(true);
    transport.send(message({ n: 3 }));
    expect(await take(textsOf(transport), 3)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
  });

  test('the upstream is held up when nobody takes what it sends', async () => {
    const { flooded, transport } = await start('floods');
    const texts = textsOf(transport);
    expect(await take(texts, 1)).toHaveLength(1);
    expect(await settled(flooded)).toBeLessThan(48);
    expect(await take(texts, 63)).toHaveLength(63);
    await expect.poll(flooded).toBe(64);
  });

  test('an upstream that takes nothing holds up whoever asks for room, until it takes something', async () => {
    const { taken, transport, wake } = await start('readsLater');
    const line = message({ text: 'x'.repeat(2 ** 20) });
    for (let count = 0; count < 8; count++) {
      transport.send(line);
    }
    expect(transport.waiting).toBeGreaterThan(4 * 2 ** 20);
    const ready = transport.ready();
    expect(await isSettled(ready)).toBe(false);
    wake();
    await ready;
    await expect.poll(() => taken().length, { timeout: 60_000 }).toBe(8 * line.length);
    expect(transport.waiting).toBe(0);
  });

  test('garbage arrives as it is, and what follows it too', async () => {
    const { transport } = await start('babbles');
    expect(await take(textsOf(transport), 6)).toEqual([
      '\xff\xfe',
      'no JSON',
      '{"n":1}',
      `too-long ${maxLineBytes + 1}`,
      '{"n":2}',
      'unfinished 5',
    ]);
  });

  test('the last words of an upstream arrive whole, and then its end', async () => {
    const { transport } = await start('quits');
    expect(transport.closed).toBe(false);
    transport.send(message({}));
    const texts = await all(textsOf(transport));
    expect(texts.map((text) => (JSON.parse(text) as { n: number }).n)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
    expect(await transport.end).toMatchObject({ code: 7, bySignal: false });
    await transport.gone;
    expect(transport.closed).toBe(true);
  });

  test('sending to an upstream that is gone, and waiting for its room, does nothing', async () => {
    const { transport } = await start('quits');
    transport.send(message({}));
    await all(textsOf(transport));
    await transport.end;
    transport.send(message({ text: 'x'.repeat(2 ** 20) }));
    await transport.ready();
    expect(transport.closed).toBe(true);
  });

  test('closing lets an upstream end by itself, and sends nothing any more', async () => {
    const { transport } = await start('echoes');
    transport.send(message({ n: 1 }));
    const texts = textsOf(transport);
    expect(await take(texts, 1)).toEqual(['{"n":1}']);
    const closing = transport.close();
    transport.send(message({ n: 2 }));
    expect(await closing).toEqual(await transport.end);
    expect(await closing).toMatchObject({ code: 0, bySignal: false });
    expect(await all(texts)).toEqual([]);
    expect(transport.closed).toBe(true);
  });

  test('closing delivers what was sent before, as far as the upstream takes it', async () => {
    const { taken, transport, wake } = await start('readsLater');
    const line = message({ text: 'x'.repeat(2 ** 19) });
    transport.send(line);
    const closing = transport.close();
    wake();
    await closing;
    expect(line.toString().startsWith(taken())).toBe(true);
  });

  test('closing while an upstream takes nothing does not wait for it for ever', async () => {
    const { transport } = await start('readsLater');
    transport.send(message({ text: 'x'.repeat(4 * 2 ** 20) }));
    const ready = transport.ready();
    await transport.close();
    await ready;
    expect(transport.closed).toBe(true);
  });

  test.each(['wait', 'terminate'] as const)(
    'closing with %s ends an upstream that does not end by itself, and what it has started',
    async (how) => {
      const { processes, transport } = await start('stubborn');
      await expect.poll(() => processes().length).toBe(2);
      await transport.close(how);
      await expect.poll(() => processes().some(isAlive)).toBe(false);
      expect(await all(textsOf(transport))).toEqual([]);
    },
  );

  test('closing twice is closing once', async () => {
    const { transport } = await start('echoes');
    const [first, second] = await Promise.all([transport.close(), transport.close('terminate')]);
    expect(first).toBe(second);
  });

  test('killing ends an upstream that nothing else ends, and what it has started', async () => {
    const { processes, transport } = await start('stubborn');
    await expect.poll(() => processes().length).toBe(2);
    transport.kill();
    await transport.end;
    await transport.gone;
    await expect.poll(() => processes().some(isAlive)).toBe(false);
    transport.kill();
  });

  test('starting twice starts once', async () => {
    const { transport } = open('echoes');
    expect(transport.start()).toBe(transport.start());
    await transport.start();
    transport.send(message({ n: 1 }));
    expect(await take(textsOf(transport), 1)).toEqual(['{"n":1}']);
  });

  test('an upstream that can’t be had is an error of starting, and an end', async () => {
    const { transport } = open('missing');
    await expect(transport.start()).rejects.toThrow(/can't be/);
    await expect(transport.start()).rejects.toThrow(/can't be/);
    expect(await transport.end).toMatchObject({ bySignal: false });
    expect((await transport.end).code).not.toBe(0);
    await transport.gone;
    expect(transport.closed).toBe(true);
    transport.send(message({}));
    expect(await all(textsOf(transport))).toEqual([]);
    expect(await transport.close()).toEqual(await transport.end);
    transport.kill();
  });

  test('an upstream that is closed before it was started never starts', async () => {
    const { transport } = open('echoes');
    await transport.close();
    await expect(transport.start()).rejects.toThrow(/before it was started/);
    expect((await transport.end).code).not.toBe(0);
  });

  test('an upstream that is closed while it starts ends', async () => {
    const { transport } = open('stubborn');
    const starting = transport.start();
    await transport.close('terminate');
    await starting.catch(() => undefined);
    expect(await isSettled(transport.end)).toBe(true);
  });
});
