import { describe, expect, test } from 'vitest';
import type { Ruling } from '../enforcer';
import { call, harness, quiet } from './relay.harness';

describe('what is not decided passes byte for byte', () => {
  test.each([
    '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    '{ "method" : "x/unknown" , "id" : "a" , "extra" : [1.0, 1e2, "\\u0041"] }',
    '{"jsonrpc":"2.0","method":"notifications/unknown","params":{"deep":{"a":1,"A":2}}}',
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
  ])('from either side: %s', async (line) => {
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
  ])('%s', async (_, line, id, code) => {
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

  test('bytes that are no UTF-8', async () => {
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
    const { client, upstream } = harness({ limits: { maxLineBytes: 100, maxDepth: 10 } });
    await client.send(
      `{"id":1,"method":"${'x'.repeat(200)}"}`,
      '{"id":2,"method":"ping"}',
      `"${'['.repeat(50)}"`,
    );
    expect(upstream.take()).toEqual(['{"id":2,"method":"ping"}']);
    expect(client.takeJson()).toMatchObject([{ id: null, error: { code: -32700 } }, { id: null }]);
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

describe('answers', () => {
  test('to what was never asked are dropped, from both sides', async () => {
    const { client, upstream } = harness();
    await upstream.send(
      '{"jsonrpc":"2.0","id":1,"result":{}}',
      '{"jsonrpc":"2.0","id":"1","error":{"code":1,"message":""}}',
    );
    await client.send('{"jsonrpc":"2.0","id":1,"result":{}}');
    expect([client.take(), upstream.take()]).toEqual([[], []]);
  });

  test('pass once', async () => {
    const { client, upstream } = harness();
    await client.send('{"id":1,"method":"ping"}');
    await upstream.send('{"id":1,"result":{}}', '{"id":1,"result":{}}');
    expect(client.take()).toEqual(['{"id":1,"result":{}}']);
  });

  test('a number is no text', async () => {
    const { client, upstream } = harness();
    await client.send('{"id":"1","method":"ping"}');
    await upstream.send('{"id":1,"result":{}}');
    expect(client.take()).toEqual([]);
  });

  test('one to a call that is still being decided is nobody’s', async () => {
    const { client, enforcer, upstream } = harness();
    enforcer.decide = () => new Promise(() => undefined);
    await client.send(call(1));
    await upstream.send('{"jsonrpc":"2.0","id":1,"result":{"content":[]}}');
    expect(client.take()).toEqual([]);
  });

  test('an upstream that keeps ids as doubles finds its request, as long as only one can be meant', async () => {
    const { client, upstream } = harness();
    await client.send(
      '{"id":9007199254740993,"method":"ping"}',
      '{"id":0.1000000000000000055,"method":"ping"}',
    );
    upstream.take();
    await upstream.send('{"id":9007199254740992,"result":{}}');
    expect(client.take()).toEqual(['{"id":9007199254740992,"result":{}}']);
    await client.send('{"id":0.10000000000000000001,"method":"ping"}');
    await upstream.send('{"id":0.1,"result":{}}');
    expect(client.take()).toEqual([]);
  });

  test('ids that only doubles confuse are kept apart', async () => {
    const { client, upstream } = harness();
    await client.send('{"id":9007199254740993,"method":"a"}', '{"id":9007199254740992,"method":"b"}');
    expect(upstream.take()).toHaveLength(2);
    await upstream.send(
      '{"id":9007199254740992,"result":{"b":1}}',
      '{"id":9007199254740993,"result":{"a":1}}',
    );
    expect(client.take()).toHaveLength(2);
  });

  test('an id in flight can’t be used again, before it can', async () => {
    const { client, upstream } = harness();
    await client.send('{"id":1,"method":"a"}', '{"id":1.0,"method":"b"}');
    expect(upstream.take()).toEqual(['{"id":1,"method":"a"}']);
    expect(client.takeJson()).toMatchObject([{ id: null, error: { code: -32600 } }]);
    await upstream.send('{"id":1,"result":{}}');
    await client.send('{"id":1,"method":"c"}');
    expect(upstream.take()).toEqual(['{"id":1,"method":"c"}']);
  });

  test('a page that an error asks to open is not supported yet', async () => {
    const { client, upstream } = harness();
    await client.send(call(1));
    const data = { elicitations: [{ mode: 'url', url: 'https://example.com', message: 'Sign in' }] };
    await upstream.send({ jsonrpc: '2.0', id: 1, error: { code: -32042, message: 'Needed', data } });
    expect(client.takeJson()).toMatchObject([{ id: 1, error: { code: -32052 } }]);
    expect(client.text).not.toContain('example.com');
  });

  test('questions inside a result are not supported yet', async () => {
    const { client, enforcer, upstream } = harness();
    await client.send(call(1));
    const result = { resultType: 'input_required', inputRequests: { q: { method: 'elicitation/create' } } };
    await upstream.send({ jsonrpc: '2.0', id: 1, result });
    const [answer] = client.takeJson();
    expect(answer).toMatchObject({ id: 1, error: { code: -32052 } });
    expect((answer?.['error'] as { message: string }).message).toMatch(/^not-supported-yet/);
    expect(enforcer.outcomes).toHaveLength(1);
  });
});

describe('calls', () => {
  test('an allowed call passes byte for byte, and its outcome is noted', async () => {
    const { client, enforcer, upstream } = harness();
    const line = '{"params" : {"arguments":{"n":1.0},"name":"read"},"method":"tools/call","id":"a\\u0062"}';
    await client.send(line);
    expect(upstream.take()).toEqual([line]);
    expect(enforcer.asked).toMatchObject([
      { method: 'tools/call', params: { name: 'read', arguments: { n: 1 } }, agent: { verified: false } },
    ]);
    await upstream.send('{"jsonrpc":"2.0","id":"ab","result":{"content":[]}}');
    expect(client.take()).toEqual(['{"jsonrpc":"2.0","id":"ab","result":{"content":[]}}']);
    expect(enforcer.outcomes).toEqual([['d1', 'ok', undefined]]);
  });

  test('a refused call is a result that the model reads', async () => {
    const { client, enforcer, upstream } = harness();
    enforcer.decide = () => enforcer.refuse('Ask first.');
    await client.send(call(1));
    expect(upstream.take()).toEqual([]);
    expect(client.takeJson()).toEqual([
      {
        jsonrpc: '2.0',
        id: 1,
        result: {
          content: [{ type: 'text', text: 'Ask first.' }],
          isError: true,
          _meta: { 'gatehouse/decision': { id: 'd1', effect: 'deny', rule: 'a-rule', policy: 'a-policy' } },
        },
      },
    ]);
  });

  test.each([
    ['client', 'resources/read', { uri: 'file:///x' }],
    ['client', 'prompts/get', { name: 'x' }],
    ['upstream', 'sampling/createMessage', { messages: [], maxTokens: 1 }],
    ['upstream', 'elicitation/create', { message: 'Password?', requestedSchema: {} }],
  ] as const)(
    'another request that is refused (%s: %s) gets an error with the same data',
    async (side, method, params) => {
      const { enforcer, ...ends } = harness();
      enforcer.decide = () => enforcer.refuse('No.');
      const [sender, receiver] =
        side === 'client' ? [ends.client, ends.upstream] : [ends.upstream, ends.client];
      await sender.send({ jsonrpc: '2.0', id: 1, method, params });
      expect(receiver.take()).toEqual([]);
      const data = { id: 'd1', effect: 'deny', rule: 'a-rule', policy: 'a-policy' };
      expect(sender.takeJson()).toEqual([
        { jsonrpc: '2.0', id: 1, error: { code: -32050, message: 'No.', data } },
      ]);
      enforcer.decide = () => enforcer.forward();
      await sender.send({ jsonrpc: '2.0', id: 2, method, params });
      expect(receiver.takeJson()).toEqual([{ jsonrpc: '2.0', id: 2, method, params }]);
    },
  );

  test('a call with a task is a call', async () => {
    const { client, enforcer } = harness();
    await client.send({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'x', task: { ttl: 1 } },
    });
    expect(enforcer.asked).toHaveLength(1);
  });

  test('an enforcer that fails refuses', async () => {
    const { client, enforcer, upstream } = harness();
    enforcer.decide = () => {
      throw new Error('disk full');
    };
    await client.send(call(1));
    expect(upstream.take()).toEqual([]);
    expect(client.takeJson()).toMatchObject([{ id: 1, result: { isError: true } }]);
  });

  test('a slow decision holds nothing else up', async () => {
    const { client, enforcer, upstream } = harness();
    const answers: ((ruling: Ruling) => void)[] = [];
    enforcer.decide = ({ params }) =>
      params['name'] === 'slow' ? new Promise((resolve) => answers.push(resolve)) : enforcer.forward();
    await client.send(call(1, 'slow'), call(2, 'fast'), '{"id":3,"method":"ping"}');
    await upstream.send('{"method":"notifications/x"}');
    expect(client.take()).toEqual(['{"method":"notifications/x"}']);
    expect(upstream.takeJson().map(({ id }) => id)).toEqual([3, 2]);
    answers[0]?.(enforcer.forward());
    await quiet();
    expect(upstream.takeJson().map(({ id }) => id)).toEqual([1]);
  });

  test('a thousand at once are decided and answered each', async () => {
    const { client, enforcer, upstream } = harness();
    enforcer.decide = async ({ params }) => {
      await quiet();
      return (params['arguments'] as { n: number }).n % 2 === 0 ? enforcer.forward() : enforcer.refuse();
    };
    await client.send(...Array.from({ length: 1_000 }, (_, n) => call(n, 'x', { n })));
    await expect.poll(() => upstream.text.split('\n').length).toBe(501);
    const forwarded = upstream.takeJson();
    expect(forwarded.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, n) => 2 * n));
    await upstream.send(...forwarded.map(({ id }) => ({ jsonrpc: '2.0', id, result: {} })));
    await expect.poll(() => client.text.split('\n').length).toBe(1_001);
    expect(new Set(client.takeJson().map(({ id }) => id)).size).toBe(1_000);
  });

  test('numbers that the parsed copy rounds are told', async () => {
    const { client, enforcer } = harness();
    await client.send(
      '{"id":1,"method":"tools/call","params":{"name":"x","arguments":{"n":9007199254740993}}}',
    );
    expect(enforcer.asked[0]?.inexactNumbers).toEqual(['9007199254740993']);
  });

  test('an error is an outcome, whichever way the upstream says it', async () => {
    const { client, enforcer, upstream } = harness();
    await client.send(call(1), call(2));
    await upstream.send(
      { jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'Unknown tool' } },
      { jsonrpc: '2.0', id: 2, result: { content: [], isError: true } },
    );
    expect(enforcer.outcomes).toEqual([
      ['d1', 'error', 'Unknown tool'],
      ['d2', 'error', undefined],
    ]);
  });
});

describe('cancelling', () => {
  const cancel = (id: unknown): object => ({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: id, reason: 'x' },
  });

  test('a call that is being decided is withdrawn, and the upstream never hears of it', async () => {
    const { client, enforcer, upstream } = harness();
    let answer: (ruling: Ruling) => void = () => undefined;
    enforcer.decide = () => new Promise((resolve) => (answer = resolve));
    await client.send(call(1));
    await client.send(cancel(1));
    expect(enforcer.asked[0]?.signal.aborted).toBe(true);
    answer(enforcer.forward());
    await quiet();
    expect([client.take(), upstream.take()]).toEqual([[], []]);
    expect(enforcer.outcomes).toMatchObject([['d1', 'cancelled', expect.any(String)]]);
  });

  test('a call that was forwarded is cancelled at the upstream', async () => {
    const { client, enforcer, upstream } = harness();
    await client.send(call(1));
    upstream.take();
    await client.send(cancel(1));
    expect(upstream.takeJson()).toEqual([cancel(1)]);
    expect(enforcer.outcomes).toEqual([['d1', 'cancelled', undefined]]);
    await upstream.send('{"id":1,"result":{}}');
    expect(client.take()).toHaveLength(1);
    expect(enforcer.outcomes).toHaveLength(1);
  });

  test.each(['while it was being decided', 'after it was forwarded'])(
    '%s, its id is free again',
    async (when) => {
      const { client, enforcer, upstream } = harness();
      const atOnce = enforcer.decide;
      if (when === 'while it was being decided') {
        enforcer.decide = () => new Promise(() => undefined);
      }
      await client.send(call(1, 'first'));
      await client.send(cancel(1));
      upstream.take();
      enforcer.decide = atOnce;
      await client.send(call(1, 'second'));
      expect(upstream.takeJson()).toMatchObject([{ id: 1, params: { name: 'second' } }]);
      await upstream.send('{"id":1,"result":{"content":[]}}');
      expect(client.take()).toEqual(['{"id":1,"result":{"content":[]}}']);
    },
  );

  test('a server can cancel its question', async () => {
    const { client, enforcer, upstream } = harness();
    enforcer.decide = () => new Promise(() => undefined);
    await upstream.send({ jsonrpc: '2.0', id: 'q', method: 'elicitation/create', params: { message: 'x' } });
    await upstream.send(cancel('q'));
    expect(enforcer.asked[0]?.signal.aborted).toBe(true);
    expect(client.take()).toEqual([]);
  });

  test('one that names its request ambiguously is refused', async () => {
    const { client, upstream } = harness();
    await client.send('{"method":"notifications/cancelled","params":{"requestID":1}}');
    expect(upstream.take()).toEqual([]);
    expect(client.takeJson()).toMatchObject([{ error: { code: -32600 } }]);
  });
});

describe('while a human is asked', () => {
  test('a caller with a progress token hears every five seconds, until it is over', async () => {
    const { client, enforcer, timers } = harness();
    let answer: (ruling: Ruling) => void = () => undefined;
    enforcer.decide = () => new Promise((resolve) => (answer = resolve));
    await client.send(call(1, 'x', {}, { progressToken: 'p' }), call(2, 'y'));
    timers.pass(4_999);
    await quiet();
    expect(client.take()).toEqual([]);
    timers.pass(5_001);
    await quiet();
    const told = client.takeJson();
    expect(told).toMatchObject([
      { method: 'notifications/progress', params: { progressToken: 'p', progress: 1e-6 } },
      { method: 'notifications/progress', params: { progressToken: 'p', progress: 2e-6 } },
    ]);
    answer(enforcer.refuse());
    timers.pass(60_000);
    await quiet();
    expect(client.takeJson().filter(({ method }) => method === 'notifications/progress')).toHaveLength(12);
  });

  test('nothing follows once it was cancelled', async () => {
    const { client, enforcer, timers } = harness();
    enforcer.decide = () => new Promise(() => undefined);
    await client.send(call(1, 'x', {}, { progressToken: 1 }));
    await client.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    timers.pass(60_000);
    await quiet();
    expect(client.take()).toEqual([]);
  });
});

describe('batches', () => {
  test('with a call are taken apart, and answered as one', async () => {
    const { client, enforcer, upstream } = harness();
    enforcer.decide = ({ params }) => (params['name'] === 'bad' ? enforcer.refuse() : enforcer.forward());
    await client.send([
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      call(2, 'bad'),
      { jsonrpc: '2.0', method: 'notifications/x' },
      call(3, 'good'),
      5,
    ]);
    expect(upstream.takeJson().map(({ id, method }) => [id, method])).toEqual([
      [1, 'ping'],
      [undefined, 'notifications/x'],
      [3, 'tools/call'],
    ]);
    await upstream.send('{"jsonrpc":"2.0","id":3,"result":{"content":[]}}');
    expect(client.take()).toEqual([]);
    await upstream.send('{"jsonrpc":"2.0","id":1,"result":{}}');
    const [answers] = client.takeJson() as unknown as { id: unknown }[][];
    expect(answers?.map(({ id }) => id).toSorted()).toEqual([1, 2, 3, null]);
  });

  test('a cancelled call leaves a gap', async () => {
    const { client, enforcer, upstream } = harness();
    enforcer.decide = ({ params }) =>
      params['name'] === 'slow' ? new Promise(() => undefined) : enforcer.forward();
    await client.send([call(1, 'slow'), call(2, 'fast')]);
    await client.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    await upstream.send('{"id":2,"result":{}}');
    expect(client.take()).toEqual(['[{"id":2,"result":{}}]']);
  });

  test('a call of an open id does not slip in', async () => {
    const { client, enforcer, upstream } = harness();
    await client.send([{ id: 1, method: 'ping' }, call(1)]);
    expect(enforcer.asked).toEqual([]);
    expect(upstream.take()).toEqual(['{"id":1,"method":"ping"}']);
  });

  test('answers in a batch pass as they are; those that nobody asked for do not', async () => {
    const { client, upstream } = harness();
    const both = '[{"id":1,"method":"a"}, {"id":2,"method":"b"}]';
    await client.send(both);
    expect(upstream.take()).toEqual([both]);
    await upstream.send('[{"id":1, "result":{}}, {"id":9,"result":{}}, {"id":2,"result":{}}]');
    expect(client.take()).toEqual(['[{"id":1, "result":{}},{"id":2,"result":{}}]']);
    await client.send(both);
    await upstream.send('[ {"id":1,"result":{}} ,{"id":2,"result":{}}]');
    expect(client.take()).toEqual(['[ {"id":1,"result":{}} ,{"id":2,"result":{}}]']);
  });

  test('a server’s question in a batch is decided', async () => {
    const { client, enforcer, upstream } = harness();
    enforcer.decide = () => enforcer.refuse('No.');
    await upstream.send([{ jsonrpc: '2.0', id: 1, method: 'elicitation/create', params: { message: 'x' } }]);
    expect(client.take()).toEqual([]);
    expect(upstream.takeJson()).toMatchObject([[{ id: 1, error: { message: 'No.' } }]]);
  });
});

describe('who and where', () => {
  const initialize = (capabilities: object = {}): object => ({
    jsonrpc: '2.0',
    id: 'init',
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'Some Agent', version: '2' } },
  });

  test('the agent is who it claims to be, unless the launch knows better', async () => {
    const claimed = harness();
    await claimed.client.send(initialize(), call(1, 'x', {}, { 'vscode.conversationId': 'c1' }));
    expect(claimed.enforcer.asked[0]?.agent).toEqual({
      name: 'Some Agent',
      version: '2',
      verified: false,
      conversationId: 'c1',
    });
    const known = harness({ agent: { name: 'Visual Studio Code', verified: true } });
    await known.client.send(initialize(), call(1));
    expect(known.enforcer.asked[0]?.agent).toEqual({ name: 'Visual Studio Code', verified: true });
  });

  test('the upstream’s answer to initialize is shown to the enforcer and passes', async () => {
    const { client, enforcer, upstream } = harness();
    await client.send(initialize());
    const answer =
      '{"jsonrpc":"2.0","id":"init","result":{"instructions":"Be nice.","serverInfo":{"name":"s","version":"1"}}}';
    await upstream.send(answer);
    expect(client.take()).toEqual([answer]);
    expect(enforcer.initializeResults).toMatchObject([{ instructions: 'Be nice.' }]);
  });

  test('roots are asked for when a decision needs them, once, until they change', async () => {
    const { client, enforcer, upstream } = harness();
    await client.send(initialize({ roots: {} }), call(1));
    const [question] = client.takeJson();
    expect(question).toMatchObject({ method: 'roots/list', id: 'gatehouse-random-1' });
    expect(enforcer.asked).toEqual([]);
    const roots = [{ uri: 'file:///work/a%20b' }, { uri: 'https://x/' }, { uri: 'file://host/x%2f' }, 5];
    await client.send({ jsonrpc: '2.0', id: question?.['id'], result: { roots } });
    expect(enforcer.asked[0]?.roots).toEqual(['/work/a b']);
    expect(upstream.takeJson().map(({ method }) => method)).toEqual(['initialize', 'tools/call']);
    await client.send(call(2));
    expect(client.take()).toEqual([]);
    await client.send({ jsonrpc: '2.0', method: 'notifications/roots/list_changed' }, call(3));
    expect(client.takeJson()).toMatchObject([{ method: 'roots/list' }]);
  });

  test('roots are not asked for where the workspace is known from the launch', async () => {
    const { client, enforcer } = harness({ askRoots: false });
    await client.send(initialize({ roots: {} }), call(1));
    expect(enforcer.asked).toHaveLength(1);
    expect(enforcer.asked[0]?.roots).toBeUndefined();
    expect(client.take()).toEqual([]);
  });

  test('a call that is cancelled before the roots are known is not decided', async () => {
    const { client, enforcer, timers, upstream } = harness();
    await client.send(initialize({ roots: {} }), call(1));
    await client.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    timers.pass(3_000);
    await quiet();
    expect(enforcer.asked).toEqual([]);
    expect(upstream.takeJson()).toHaveLength(1);
  });

  test('roots are learned from what the client tells the upstream', async () => {
    const { client, enforcer, upstream } = harness();
    await client.send(initialize({ roots: {} }));
    await upstream.send({ jsonrpc: '2.0', id: 0, method: 'roots/list' });
    await client.send({ jsonrpc: '2.0', id: 0, result: { roots: [{ uri: 'file:///w' }] } }, call(1));
    expect(enforcer.asked[0]?.roots).toEqual(['/w']);
    expect(client.takeJson()).toHaveLength(1);
  });

  test('a client that does not tell its roots has none', async () => {
    const { client, enforcer, timers } = harness();
    await client.send(initialize({ roots: {} }), call(1));
    timers.pass(3_000);
    await quiet();
    expect(enforcer.asked[0]?.roots).toEqual([]);
  });

  test('the guard’s own ids can’t be taken', async () => {
    const { client, upstream } = harness();
    await client.send(initialize({ roots: {} }), call(1));
    await upstream.send({ jsonrpc: '2.0', id: 'gatehouse-random-1', method: 'roots/list' });
    expect(client.takeJson()).toHaveLength(1);
    expect(upstream.takeJson().at(-1)).toMatchObject({ id: 'gatehouse-random-1', error: { code: -32600 } });
  });
});

describe('lists of tools', () => {
  const list = (id: number, cursor?: string): object => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/list',
    ...(cursor !== undefined && { params: { cursor } }),
  });
  const answer = (id: number, more = ''): string =>
    `{"jsonrpc":"2.0", "id":${id}, "result":{"tools" : [{"name":"a","x":1.0}, {"name":"b"}]${more}}}`;

  test('pass byte for byte if nothing changes', async () => {
    const { client, enforcer, upstream } = harness();
    await client.send(list(1));
    await upstream.send(answer(1, ',"nextCursor":"n"'));
    expect(client.take()).toEqual([answer(1, ',"nextCursor":"n"')]);
    expect(enforcer.lists).toEqual([[{ name: 'a', x: 1 }, { name: 'b' }]]);
  });

  test('are changed as the enforcer says; the rest keeps its bytes', async () => {
    const { client, enforcer, upstream } = harness();
    enforcer.show = (tools) =>
      tools.filter(({ name }) => name !== 'b').concat([{ name: 'c', annotations: {} }]);
    await client.send(list(1));
    await upstream.send(answer(1, ', "_meta":{}'));
    expect(client.take()).toEqual([
      '{"jsonrpc":"2.0", "id":1, "result":{"tools" : [{"name":"a","x":1.0},{"name":"c","annotations":{}}], "_meta":{}}}',
    ]);
  });

  test('the same list again costs the enforcer nothing, another one does', async () => {
    const { client, enforcer, upstream } = harness();
    enforcer.show = (tools) => tools.slice(0, 1);
    const ask = async (id: number, more?: string): Promise<string[]> => {
      await client.send(list(id));
      await upstream.send(answer(id, more));
      return client.take();
    };
    const first = await ask(1);
    expect(first).toEqual(['{"jsonrpc":"2.0", "id":1, "result":{"tools" : [{"name":"a","x":1.0}]}}']);
    expect(await ask(2)).toEqual(first.map((line) => line.replace('"id":1', '"id":2')));
    expect(enforcer.lists).toHaveLength(1);
    await ask(3, ',"nextCursor":"x"');
    await ask(4);
    expect(enforcer.lists).toHaveLength(3);
    await upstream.send({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    await ask(5);
    expect(enforcer.lists).toHaveLength(4);
    enforcer.policyChanged();
    await ask(6);
    expect(enforcer.lists).toHaveLength(5);
  });

  test('of a shape that clients may read differently are an error', async () => {
    const { client, upstream } = harness();
    await client.send(list(1), list(2));
    await upstream.send(
      '{"id":1,"result":{"tools":[],"Tools":[{"name":"x"}]}}',
      '{"id":2,"result":{"tools":[5]}}',
    );
    expect(client.takeJson()).toMatchObject([
      { id: 1, error: { code: -32051 } },
      { id: 2, error: { code: -32051 } },
    ]);
  });

  test('a change of policy is told only to a client that can expect it', async () => {
    const { client, enforcer, upstream } = harness();
    const start = async (id: number, tools: object): Promise<void> => {
      await client.send({ jsonrpc: '2.0', id, method: 'initialize', params: {} });
      await upstream.send({ jsonrpc: '2.0', id, result: { capabilities: { tools } } });
      await client.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
      client.take();
      enforcer.policyChanged();
      await quiet();
    };
    await start(1, {});
    expect(client.take()).toEqual([]);
    await start(2, { listChanged: true });
    expect(client.takeJson()).toEqual([{ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }]);
  });

  test('the guard fetches all pages by itself, once for all who ask, until they may have changed', async () => {
    const { client, relay, upstream } = harness();
    const both = Promise.all([relay.tools(), relay.tools()]);
    await quiet();
    const [first] = upstream.takeJson();
    expect(first).toEqual({ jsonrpc: '2.0', id: 'gatehouse-random-1', method: 'tools/list' });
    await upstream.send({
      jsonrpc: '2.0',
      id: 'gatehouse-random-1',
      result: { tools: [{ name: 'a' }], nextCursor: 'n' },
    });
    expect(upstream.takeJson()).toMatchObject([{ id: 'gatehouse-random-2', params: { cursor: 'n' } }]);
    await upstream.send({ jsonrpc: '2.0', id: 'gatehouse-random-2', result: { tools: [{ name: 'b' }] } });
    const [tools, again] = await both;
    expect(tools).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(again).toBe(tools);
    expect(await relay.tools()).toBe(tools);
    expect(client.take()).toEqual([]);
    await upstream.send({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    void relay.tools();
    await quiet();
    expect(upstream.takeJson()).toMatchObject([{ method: 'tools/list' }]);
  });

  test.each<[string, object]>([
    ['an error', { error: { code: 1, message: 'No tools here.' } }],
    ['no list', { result: {} }],
    ['a tool that is none', { result: { tools: ['x'] } }],
    ['pages without end', { result: { tools: [], nextCursor: 'same' } }],
  ])('the guard’s own question answered with %s fails', async (_, given) => {
    const { relay, upstream } = harness();
    const tools = relay.tools();
    const failure = expect(tools).rejects.toThrow();
    for (let page = 0; page < 3; page++) {
      await quiet();
      for (const { id } of upstream.takeJson()) {
        await upstream.send({ jsonrpc: '2.0', id, ...given });
      }
    }
    await failure;
  });

  test('and so does one without an answer', async () => {
    const { relay, timers } = harness();
    const failure = expect(relay.tools()).rejects.toThrow('no answer within 30 s');
    timers.pass(30_000);
    await failure;
  });
});

describe('the end', () => {
  test('whoever waits is told, and the audit knows what was lost', async () => {
    const { client, enforcer, relay, upstream } = harness();
    enforcer.decide = ({ params }) =>
      params['name'] === 'slow' ? new Promise(() => undefined) : enforcer.forward();
    await client.send(call(1), call(2, 'slow'), '{"id":3,"method":"ping"}');
    upstream.take();
    await relay.close('The server ended with code 1.');
    expect(client.takeJson().map(({ error, id }) => [id, (error as { message: string }).message])).toEqual([
      [1, 'The server ended with code 1.'],
      [2, 'The server ended with code 1.'],
      [3, 'The server ended with code 1.'],
    ]);
    expect(enforcer.outcomes).toEqual([['d1', 'lost', 'The server ended with code 1.']]);
    expect(enforcer.asked[1]?.signal.aborted).toBe(true);
  });

  test('a call that is allowed when the upstream is gone is answered', async () => {
    const { client, enforcer, upstream } = harness();
    let answer: (ruling: Ruling) => void = () => undefined;
    enforcer.decide = () => new Promise((resolve) => (answer = resolve));
    await client.send(call(1));
    upstream.fromRelay.destroy();
    await quiet();
    answer(enforcer.forward());
    await quiet();
    expect(client.takeJson()).toMatchObject([{ id: 1, error: { code: -32051 } }]);
    expect(enforcer.outcomes).toMatchObject([['d1', 'lost', expect.any(String)]]);
  });

  test('back-pressure: a client that does not read stops the upstream', async () => {
    const { client, upstream } = harness();
    client.fromRelay.removeAllListeners('data');
    client.fromRelay.pause();
    const line = `{"method":"n","params":{"x":"${'x'.repeat(10_000)}"}}\n`;
    let sent = 0;
    while (sent < 1_000 && upstream.toRelay.write(line)) {
      sent++;
      await quiet();
    }
    expect(sent).toBeLessThan(30);
  });
});
