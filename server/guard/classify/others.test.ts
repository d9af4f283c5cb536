import { describe, expect, test } from 'vitest';
import { harness, quiet } from '../../../test/support/guard/relay';

const secret = 'what was read';

describe('what a client says undecided has no room for what was read', () => {
  test.each([
    [
      'completion/complete',
      { ref: { type: 'ref/prompt', name: 'a' }, argument: { name: 'b', value: secret } },
    ],
    ['resources/subscribe', { uri: `a:${secret}` }],
    ['resources/unsubscribe', { uri: `a:${secret}` }],
  ])('%s is decided by rules of its own', async (method, params) => {
    const { client, enforcer, upstream } = harness();
    enforcer.decision = () => enforcer.refuse();
    await client.send({ jsonrpc: '2.0', id: 1, method, params });
    expect(upstream.take()).toEqual([]);
    expect(enforcer.asked).toMatchObject([{ method, params }]);
    expect(client.takeJson()).toMatchObject([{ id: 1, error: { code: -32050 } }]);
  });

  test.each<[string, unknown]>([
    ['x/unknown', { text: secret }],
    ['x/unknown', [secret]],
    ['ping', { text: secret }],
    ['initialize', { protocolVersion: '1', capabilities: {}, clientInfo: {}, text: secret }],
    ['server/discover', { text: secret }],
    ['tools/list', { cursor: 'a', text: secret }],
    ['tools/list', { cursor: { text: secret } }],
    ['resources/list', { cursor: secret.repeat(1_000) }],
    ['logging/setLevel', { level: secret }],
    ['subscriptions/listen', { notifications: { resourceSubscriptions: [`a:${secret}`] } }],
    ['subscriptions/listen', { notifications: { toolsListChanged: secret } }],
    ['tasks/get', { taskId: 't', text: secret }],
    ['notifications/initialized', { text: secret }],
    ['resources/subscribed', { uri: secret }],
    ['sampling/createMessage', { text: secret }],
    ['__proto__', { text: secret }],
    ['ping', { toString: secret }],
  ])('%s with %j is decided as another method', async (method, params) => {
    const { client, enforcer, upstream } = harness();
    enforcer.decision = () => enforcer.refuse();
    await client.send({ jsonrpc: '2.0', id: 1, method, params });
    expect(upstream.take()).toEqual([]);
    expect(enforcer.asked).toMatchObject([{ method: 'other', other: { method, isNotification: false } }]);
    expect(client.takeJson()).toMatchObject([{ id: 1, error: { code: -32050 } }]);
  });

  test.each<[string, unknown]>([
    ['notifications/unknown', { text: secret }],
    ['notifications/initialized', { text: secret }],
    ['notifications/roots/list_changed', { text: secret }],
    ['notifications/progress', { progressToken: 1, progress: 1, text: secret }],
    ['notifications/progress', { progressToken: 1, progress: secret }],
    ['notifications/tasks/status', { taskId: 't', status: 'working', text: secret }],
    ['ping', { text: secret }],
  ])('the notification %s with %j is decided, too, and dropped if it is refused', async (method, params) => {
    const { client, enforcer, log, upstream } = harness();
    const message = { jsonrpc: '2.0', method, params };
    await client.send(message);
    expect(upstream.takeJson()).toEqual([message]);
    expect(enforcer.asked).toMatchObject([
      { method: 'other', other: { method, isNotification: true }, params },
    ]);
    expect(enforcer.outcomes).toEqual([['d1', 'ok']]);
    enforcer.decision = () => enforcer.refuse('not now');
    await client.send(message);
    expect(upstream.take()).toEqual([]);
    expect(client.take()).toEqual([]);
    expect(log).toEqual(['dropped a notification: not now']);
  });

  test.each([
    '{"jsonrpc":"2.0","id":1,"method":"x/unknown"}',
    '{"jsonrpc":"2.0","id":1,"method":"x/unknown","params":{}}',
    '{"jsonrpc":"2.0","id":1,"method":"x/unknown","params":null}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"progressToken":1}}}',
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"a","version":"1"}}}',
    '{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{}}}',
    '{"jsonrpc":"2.0","id":1,"method":"resources/templates/list","params":{"cursor":"next"}}',
    '{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"debug"}}',
    '{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true}}}',
    '{"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"taskId":"t"}}',
    '{"jsonrpc":"2.0","id":1,"method":"tasks/update","params":{"taskId":"t","inputResponses":{}}}',
    '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9,"reason":"too slow"}}',
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":0.5,"total":1,"message":"half"}}',
    '{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{"taskId":"t","status":"working","ttl":null}}',
  ])('%s passes undecided', async (line) => {
    const { client, enforcer, upstream } = harness();
    await client.send(line);
    expect(upstream.take()).toEqual([line]);
    expect(enforcer.asked).toEqual([]);
  });

  test('what a server says by such methods is not decided: nothing leaves with it', async () => {
    const { client, enforcer, upstream } = harness();
    const line = '{"jsonrpc":"2.0","method":"notifications/x","params":{"deep":{"a":1,"A":2}}}';
    await upstream.send(line);
    expect(client.take()).toEqual([line]);
    expect(enforcer.asked).toEqual([]);
  });

  test.each(['Tools/List', 'tools/list\0', ' initialize', 'PROMPTS/GET'])(
    'a request by the name %j is refused: a lenient server would answer it unchanged',
    async (method) => {
      const { client, upstream } = harness();
      await client.send({ jsonrpc: '2.0', id: 1, method });
      expect(upstream.take()).toEqual([]);
      expect(client.takeJson()).toMatchObject([{ id: 1, error: { code: -32600 } }]);
    },
  );

  test('requests in a batch are decided each by itself', async () => {
    const { client, enforcer, upstream } = harness();
    enforcer.decision = ({ other }) =>
      other?.isNotification === true ? enforcer.refuse() : enforcer.forward();
    await client.send(
      '[{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":1}},{"jsonrpc":"2.0","method":"n","params":{"a":1}},{"jsonrpc":"2.0","id":2,"method":"ping"}]',
    );
    await quiet();
    expect(upstream.takeJson().map(({ method }) => method)).toEqual(expect.arrayContaining(['x', 'ping']));
    expect(enforcer.asked.map(({ other }) => other?.method)).toEqual(['x', 'n']);
    await upstream.send({ jsonrpc: '2.0', id: 1, result: {} }, { jsonrpc: '2.0', id: 2, result: {} });
    expect(client.takeJson()).toHaveLength(1);
  });
});
