import { afterEach, describe, expect, test } from 'vitest';
import { openGuard } from './bundles';
import { fixture, startWire } from './wire';
import type { WireClient } from './wire';

const open: WireClient[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) {
    client.end();
    await client.ended;
  }
});

function guarded(server: string, ...options: readonly string[]): WireClient {
  const client = startWire([openGuard, ...options, '--', process.execPath, fixture(server)]);
  open.push(client);
  return client;
}

const say = (...lines: readonly string[]): object => ({ jsonrpc: '2.0', method: 'say', params: { lines } });
const echoed = (line: string): string => (JSON.parse(line) as { result: { line: string } }).result.line;

describe('messages through processes', () => {
  test.each([
    '{"method":"unknown/method","params":{"π":1.0,"x":1e2},"id":1.50}',
    '{"method":"ping","id":12345678901234567890123}',
    '{"method":"tools/call","params":{"name":"n","arguments":{"a" : [1.0, "\\u0041"]}},"id":1e3}',
    '{"method":"tools/call","params":{"name":"n","arguments":{"__proto__":{"x":1}},"_meta":{"a/b":1}},"id":"é\\u0000"}',
    '{"method":"tasks/get","params":{"taskId":"t"},"extension":{"x":[]},"id":-0.5}',
  ])('bytes and ids come back as they are: %s', async (line) => {
    const client = guarded('mirror');
    client.send(line);
    const [answer] = await client.lines(1);
    expect(echoed(answer!)).toBe(line);
    expect(answer!.slice(answer!.lastIndexOf('"id"'))).toBe(line.slice(line.lastIndexOf('"id"')));
  });

  test('what a server says unasked comes as it is, unknown notifications and errors without id, too', async () => {
    const lines = [
      '{"jsonrpc":"2.0","method":"notifications/never/heard/of","params":{"x":1.0}}',
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}',
      '{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"\u{2028}\u{202e}"}}',
      '{"jsonrpc":"2.0","id":"q","method":"roots/list"}',
      '[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b"}]',
    ];
    const client = guarded('mirror');
    client.send(say(...lines));
    expect(await client.lines(5)).toEqual(lines);
  });

  test('responses that nobody asked for do not come, nor does what is no JSON', async () => {
    const client = guarded('mirror');
    client.send(
      say(
        '{"jsonrpc":"2.0","id":1,"result":{}}',
        'console.log',
        '{"a":1}\r{"b":2}',
        '{"id":7,"id":8,"result":{}}',
      ),
    );
    client.send(say('{"jsonrpc":"2.0","method":"last"}'));
    expect(await client.lines(1)).toEqual(['{"jsonrpc":"2.0","method":"last"}']);
    expect(client.log()).toMatch(/refused a message from the upstream: .*\(at byte 0\)/);
  });

  test('a message of five megabytes, both ways', async () => {
    const client = guarded('mirror');
    const line = `{"method":"tools/call","params":{"name":"n","arguments":{"t":"${'ab\\n"é'.replace('"', '\\"').repeat(750_000)}"}},"id":1}`;
    client.send(line);
    const [answer] = await client.lines(1);
    expect(line.length).toBeGreaterThan(5_000_000);
    expect(echoed(answer!) === line).toBe(true);
  });

  test('a thousand calls at once are answered, each with its own answer', async () => {
    const client = guarded('mirror');
    const lines = Array.from(
      { length: 1_000 },
      (_, n) => `{"method":"tools/call","params":{"name":"n","arguments":{"n":${n}}},"id":${n}}`,
    );
    client.write(`${lines.join('\n')}\n`);
    expect((await client.lines(1_000)).map(echoed)).toEqual(lines);
  });

  test('the order of notifications is kept, both ways', async () => {
    const client = guarded('mirror');
    const lines = Array.from(
      { length: 2_000 },
      (_, n) => `{"jsonrpc":"2.0","method":"n","params":{"n":${n}}}`,
    );
    for (const line of lines) {
      client.send(say(line));
    }
    expect(await client.lines(2_000)).toEqual(lines);
  });

  test('a batch with a refused call: the rest is done, and all come back in one', async () => {
    const client = guarded('mirror', '--refuse', 'bad');
    client.send(
      '[{"method":"ping","id":1},{"method":"tools/call","params":{"name":"bad"},"id":2},{"method":"tools/call","params":{"name":"good"},"id":3}]',
    );
    const [line] = await client.lines(1);
    const answers = JSON.parse(line!) as { id: number; result: { isError?: boolean; line?: string } }[];
    expect(answers.map(({ id, result }) => [id, result.isError ?? result.line]).toSorted()).toEqual([
      [1, '{"method":"ping","id":1}'],
      [2, true],
      [3, '{"method":"tools/call","params":{"name":"good"},"id":3}'],
    ]);
  });

  test('the server’s log is marked line by line', async () => {
    const client = guarded('mirror');
    client.send({ method: 'log', params: { text: 'one\ntwo\n' } });
    await expect.poll(client.log).toBe('[fixture] one\n[fixture] two\n');
  });

  test('the guard ends with the server’s code, after all that the server said', async () => {
    const client = guarded('mirror');
    client.send(say('{"method":"before"}'));
    client.send({ method: 'exit', params: { code: 9 } });
    expect(await client.ended).toBe(9);
    expect(client.rest()).toBe('{"method":"before"}\n');
  });
});
