import { describe, expect, test } from 'vitest';
import type { CallDecision } from '../enforcer';
import { call, harness, quiet } from '../../../test/support/guard/relay';

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
    enforcer.decision = () => enforcer.refuse('Ask first.');
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
      enforcer.decision = () => enforcer.refuse('No.');
      const [sender, receiver] =
        side === 'client' ? [ends.client, ends.upstream] : [ends.upstream, ends.client];
      await sender.send({ jsonrpc: '2.0', id: 1, method, params });
      expect(receiver.take()).toEqual([]);
      const data = { id: 'd1', effect: 'deny', rule: 'a-rule', policy: 'a-policy' };
      expect(sender.takeJson()).toEqual([
        { jsonrpc: '2.0', id: 1, error: { code: -32050, message: 'No.', data } },
      ]);
      enforcer.decision = () => enforcer.forward();
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
    enforcer.decision = () => {
      throw new Error('disk full');
    };
    await client.send(call(1));
    expect(upstream.take()).toEqual([]);
    expect(client.takeJson()).toMatchObject([{ id: 1, result: { isError: true } }]);
  });

  test('a slow decision holds nothing else up', async () => {
    const { client, enforcer, upstream } = harness();
    const answers: ((decision: CallDecision) => void)[] = [];
    enforcer.decision = ({ params }) =>
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
    enforcer.decision = async ({ params }) => {
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
