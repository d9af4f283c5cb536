import { describe, expect, test } from 'vitest';
import { call, harness } from '../../../test/support/guard/relay';

describe('batches', () => {
  test('batches with a call are taken apart, and answered as one', async () => {
    const { client, enforcer, upstream } = harness();
    enforcer.decision = ({ params }) => (params['name'] === 'bad' ? enforcer.refuse() : enforcer.forward());
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
    enforcer.decision = ({ params }) =>
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

  test('responses in a batch pass as they are; those that nobody asked for do not', async () => {
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
    enforcer.decision = () => enforcer.refuse('No.');
    await upstream.send([{ jsonrpc: '2.0', id: 1, method: 'elicitation/create', params: { message: 'x' } }]);
    expect(client.take()).toEqual([]);
    expect(upstream.takeJson()).toMatchObject([[{ id: 1, error: { message: 'No.' } }]]);
  });
});
