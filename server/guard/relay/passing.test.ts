import { describe, expect, test } from 'vitest';
import { harness, quiet } from '../../../test/support/guard/relay';

describe('what is not decided passes byte for byte', () => {
  test.each([
    '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    '{ "method" : "x/unknown" , "id" : "a" , "extra" : [1.0, 1e2, "\\u0041"] }',
    '{"jsonrpc":"2.0","method":"notifications/unknown","params":{"deep":{"a":1,"b":2}}}',
    '{"jsonrpc":"2.0","method":"positional","id":7,"params":[1,2]}',
    '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}',
    '{"jsonrpc":"2.0","id":1.5,"method":"ping"}',
    '{"jsonrpc":"2.0","method":"notifications/initialized","params":null}',
    '{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"ping"}',
    '{"jsonrpc":"2.0","id":-0.000001e-3,"method":"ping"}',
    '{"jsonrpc":"2.0","id":"","method":"ping"}',
    '[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/x"}]',
    '{"jsonrpc":"2.0","id":2,"method":"tasks/result","params":{"taskId":"t"}}',
    '{"jsonrpc":"2.0","id":2,"method":"notifications/message","params":{"data":"\u{2028}\u{1f600}\u{7f}"}}',
  ])('a message that is not decided passes byte for byte from either side: %s', async (line) => {
    const { client, upstream } = harness();
    await client.send(line);
    expect(upstream.take()).toEqual([line]);
    await upstream.send(line);
    expect(client.take()).toEqual([line]);
  });

  test('a message of five megabytes', async () => {
    const { client, upstream } = harness();
    const line = JSON.stringify({
      jsonrpc: '2.0',
      method: 'notifications/big',
      params: { text: 'é"\n'.repeat(1_250_000) },
    });
    await client.send(line);
    await expect.poll(() => upstream.text.length).toBe(line.length + 1);
    expect(upstream.text).toBe(`${line}\n`);
  });

  test('the CR of a CRLF is the end of the line, and not forwarded', async () => {
    const { client, upstream } = harness();
    await client.send('{"id":1,"method":"ping"}\r', '\r', '');
    expect(upstream.text).toBe('{"id":1,"method":"ping"}\n');
  });

  test('order is kept in each direction', async () => {
    const { client, upstream } = harness();
    const lines = Array.from({ length: 500 }, (_, n) => `{"method":"n","params":{"n":${n}}}`);
    await Promise.all([client.send(...lines), upstream.send(...lines.toReversed())]);
    await quiet();
    expect(upstream.take()).toEqual(lines);
    expect(client.take()).toEqual(lines.toReversed());
  });
});
