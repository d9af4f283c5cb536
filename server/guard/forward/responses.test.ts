import { describe, expect, test } from 'vitest';
import { call, harness } from '../../../test/support/guard/relay';

describe('answers', () => {
  test('responses to what was never asked are dropped, from both sides', async () => {
    const { client, upstream } = harness();
    await upstream.send(
      '{"jsonrpc":"2.0","id":1,"result":{}}',
      '{"jsonrpc":"2.0","id":"1","error":{"code":1,"message":""}}',
    );
    await client.send('{"jsonrpc":"2.0","id":1,"result":{}}');
    expect([client.take(), upstream.take()]).toEqual([[], []]);
  });

  test('responses pass once', async () => {
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
    enforcer.decision = () => new Promise(() => undefined);
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
