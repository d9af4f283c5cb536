import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../json/limits';
import { call, harness, quiet } from '../../../test/support/guard/relay';

describe('what is not one strict JSON value is refused to its sender', () => {
  test.each<[string, string, unknown, number]>([
    ['no JSON', 'Starting server…', null, -32700],
    [
      'a lone CR that others take for the end of a line',
      '{"id":1,"method":"ping"}\r{"id":2,"method":"ping"}',
      null,
      -32700,
    ],
    ['two values', '{"id":1,"method":"ping"} {"id":2,"method":"ping"}', null, -32700],
    [
      'a duplicate member deep in the arguments',
      '{"id":1,"method":"tools/call","params":{"name":"a","arguments":{"x":{"p":1,"p":2}}}}',
      1,
      -32600,
    ],
    [
      'arguments that are nested too deeply',
      `{"id":1,"method":"tools/call","params":{"name":"a","arguments":{"x":${'[{"y":'.repeat(500)}"]"${'}]'.repeat(500)}}}}`,
      1,
      -32600,
    ],
    [
      'arguments that are nested too deeply, before the id',
      `{"method":"tools/call","params":{"name":"a","arguments":{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}},"id":1}`,
      1,
      -32600,
    ],
    [
      'arguments that are nested too deeply, without an end',
      `{"id":1,"method":"tools/call","params":{"name":"a","arguments":{"x":${'['.repeat(50_000)}`,
      null,
      -32700,
    ],
    ['two methods', '{"id":1,"method":"ping","method":"tools/call"}', null, -32600],
    ['two methods, one escaped', '{"id":1,"method":"ping","\\u006dethod":"tools/call"}', null, -32600],
    ['two ids', '{"id":1,"id":2,"method":"ping"}', null, -32600],
    [
      'two params',
      '{"id":1,"method":"tools/call","params":{"name":"a"},"params":{"name":"b"}}',
      null,
      -32600,
    ],
    ['a method in another case', '{"id":1,"Method":"tools/call","method":"ping"}', null, -32600],
    ['only a method in another case', '{"id":1,"METHOD":"tools/call","result":{}}', null, -32600],
    [
      'params in another case',
      '{"id":1,"method":"tools/call","params":{"name":"a"},"Params":{"name":"b"}}',
      null,
      -32600,
    ],
    ['a NUL in the envelope', '{"id":1,"method":"ping","method\\u0000":"tools/call"}', null, -32600],
    [
      'names in params that differ in case',
      '{"id":1,"method":"x","params":{"name":"a","NAME":"b"}}',
      1,
      -32600,
    ],
    [
      'names in params that differ by the Kelvin sign',
      '{"id":1,"method":"x","params":{"k":"a","\u{212a}":"b"}}',
      1,
      -32600,
    ],
    ['a name in params with a NUL', '{"id":1,"method":"x","params":{"name\\u0000":"b"}}', 1, -32600],
    [
      'the only name of a tool in another case',
      '{"id":1,"method":"tools/call","params":{"Name":"b"}}',
      1,
      -32600,
    ],
    [
      'arguments in another case',
      '{"id":1,"method":"tools/call","params":{"name":"b","Arguments":{}}}',
      1,
      -32600,
    ],
    [
      "names in a prompt's arguments that differ in case",
      '{"id":1,"method":"prompts/get","params":{"name":"b","arguments":{"a":"1","A":"2"}}}',
      1,
      -32600,
    ],
    [
      'names deep in the params of a method that nobody knows',
      '{"id":1,"method":"x","params":{"deep":[{"a":1,"A":2}]}}',
      1,
      -32600,
    ],
    [
      "names in a call's task that differ in case",
      '{"id":1,"method":"tools/call","params":{"name":"b","task":{"deep":[{"ttl":1,"TTL":2}]}}}',
      1,
      -32600,
    ],
    [
      'half a surrogate pair in a call',
      '{"id":1,"method":"tools/call","params":{"name":"b\\ud800"}}',
      1,
      -32600,
    ],
    ['a call with positional params', '{"id":1,"method":"tools/call","params":["b"]}', 1, -32600],
    ['a call in another case', '{"id":1,"method":"Tools/Call","params":{"name":"b"}}', 1, -32600],
    ['a call with a NUL', '{"id":1,"method":"tools/call\\u0000","params":{"name":"b"}}', 1, -32600],
    ['a call with a blank', '{"id":1,"method":" tools/call","params":{"name":"b"}}', 1, -32600],
    ['a call without an id', '{"method":"tools/call","params":{"name":"b"}}', null, -32600],
    ['a call whose id is null', '{"id":null,"method":"tools/call","params":{"name":"b"}}', null, -32600],
    ['a request whose id is an object', '{"id":{},"method":"ping"}', null, -32600],
    ['a method that is no string', '{"id":5,"method":["tools/call"]}', 5, -32600],
    ['request and answer in one', '{"id":1,"method":"ping","result":{}}', null, -32600],
    ['result and error', '{"id":1,"result":{},"error":{"code":1,"message":""}}', null, -32600],
    ['nothing', '{}', null, -32600],
    ['a number', '5', null, -32600],
    ['an empty batch', '[]', null, -32600],
    ['a duplicate in a batch', '[{"id":1,"method":"ping","a":{"b":1,"b":1}}]', null, -32600],
  ])('a line that is not one strict JSON value is refused to its sender: %s', async (_, line, id, code) => {
    const { client, enforcer, upstream } = harness();
    await client.send(line);
    expect(upstream.take()).toEqual([]);
    expect(enforcer.asked).toEqual([]);
    expect(client.takeJson()).toMatchObject([{ id, error: { code } }]);
  });

  test('the error says what is wrong, and where', async () => {
    const { client } = harness();
    await client.send('{"id":"x","method":"ping","params":{"a":1,"a":1}}');
    expect(client.takeJson()).toEqual([
      {
        jsonrpc: '2.0',
        id: 'x',
        error: {
          code: -32600,
          message: 'Gatehouse does not forward this message: the member "a" is there twice (at byte 42)',
        },
      },
    ]);
  });

  test('bytes that are no UTF-8 are refused to their sender', async () => {
    const { client, upstream } = harness();
    client.toRelay.write(Buffer.from([0x22, 0xff, 0x22, 0x0a]));
    await quiet();
    expect(upstream.text).toBe('');
    expect(client.takeJson()).toMatchObject([{ id: null, error: { code: -32700 } }]);
  });

  test('an id whose exact value would take long to compare is no id', async () => {
    const { client } = harness();
    await client.send(
      `{"id":1e${'9'.repeat(200_000)},"method":"ping"}`,
      `{"id":1.${'9'.repeat(2_000)},"method":"ping"}`,
    );
    expect(client.takeJson()).toMatchObject([{ id: null }, { id: null }]);
  });

  test('what a server writes in the wrong place is told to whoever reads the log', async () => {
    const { log, upstream } = harness();
    await upstream.send('Listening on port 3000');
    expect(log).toEqual([
      'refused a message from the upstream: a value is expected (at byte 0): Listening on port 3000',
    ]);
  });

  test('a line that is too long is refused when it ends, and the next one passes', async () => {
    const { client, upstream } = harness({ limits: { ...defaultLimits, maxLineBytes: 100, maxDepth: 10 } });
    await client.send(
      `{"id":1,"method":"${'x'.repeat(200)}"}`,
      '{"id":2,"method":"ping"}',
      `"${'['.repeat(50)}"`,
    );
    expect(upstream.take()).toEqual(['{"id":2,"method":"ping"}']);
    expect(client.takeJson()).toMatchObject([{ id: null, error: { code: -32700 } }, { id: null }]);
  });

  test('an answer with too many values is refused, and whoever waits for it is told', async () => {
    const { client, upstream } = harness({ limits: { ...defaultLimits, maxValues: 1_000 } });
    await client.send({ jsonrpc: '2.0', id: 1, method: 'x' });
    upstream.take();
    await upstream.send(`{"jsonrpc":"2.0","result":{"rows":[${'0,'.repeat(2_000)}0]},"id":1}`);
    expect(client.takeJson()).toMatchObject([
      { id: 1, error: { message: expect.stringContaining('more than 1000 values') as unknown } },
    ]);
  });

  test('a call with more values than can be decided at once is refused, and a small one beside it goes', async () => {
    const { client, enforcer, upstream } = harness({ limits: { ...defaultLimits, maxDecidedValues: 100 } });
    const large = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, 0]));
    await client.send([call(1, 'large', large), call(2)], call(3, 'large', large), call(4));
    await client.send({
      jsonrpc: '2.0',
      id: 5,
      method: 'tasks/update',
      params: { taskId: 't', inputResponses: large },
    });
    expect(enforcer.asked.map(({ params }) => params['name'])).toEqual(['read', 'read']);
    expect(upstream.takeJson().map(({ id }) => id)).toEqual([2, 4, 5]);
    expect(client.takeJson()).toMatchObject([
      { id: 3, error: { message: expect.stringContaining('more than 100 values') as unknown } },
    ]);
  });

  test('a line without an end is no message', async () => {
    const { client, ends, log, upstream } = harness();
    client.toRelay.end('{"id":1,"method":"ping"}');
    await ends.clientEnded;
    expect(upstream.text).toBe('');
    expect(log).toEqual(['the client ended within a line; its 24 bytes are no message']);
  });

  test('who waits for an answer that is refused is told', async () => {
    const { client, enforcer, upstream } = harness();
    await client.send(call(1));
    upstream.take();
    await upstream.send('{"jsonrpc":"2.0","id":1,"result":{"content":[],"x":1,"x":2}}');
    expect(upstream.takeJson()).toMatchObject([{ id: null, error: { code: -32600 } }]);
    expect(client.takeJson()).toMatchObject([{ id: 1, error: { code: -32051 } }]);
    expect(enforcer.outcomes).toEqual([['d1', 'error', 'the member "x" is there twice (at byte 53)']]);
  });
});
