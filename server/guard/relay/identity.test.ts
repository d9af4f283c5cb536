import { describe, expect, test } from 'vitest';
import { call, harness, quiet } from '../../../test/support/guard/relay';

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
