import { describe, expect, test } from 'vitest';
import type { CallDecision } from '../enforcer';
import { call, harness, quiet } from '../../../test/support/guard/relay';

describe('cancelling', () => {
  const cancel = (id: unknown): object => ({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: id, reason: 'x' },
  });

  test('a call that is being decided is withdrawn, and the upstream never hears of it', async () => {
    const { client, enforcer, upstream } = harness();
    let answer: (decision: CallDecision) => void = () => undefined;
    enforcer.decision = () => new Promise((resolve) => (answer = resolve));
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
      const atOnce = enforcer.decision;
      if (when === 'while it was being decided') {
        enforcer.decision = () => new Promise(() => undefined);
      }
      await client.send(call(1, 'first'));
      await client.send(cancel(1));
      upstream.take();
      enforcer.decision = atOnce;
      await client.send(call(1, 'second'));
      expect(upstream.takeJson()).toMatchObject([{ id: 1, params: { name: 'second' } }]);
      await upstream.send('{"id":1,"result":{"content":[]}}');
      expect(client.take()).toEqual(['{"id":1,"result":{"content":[]}}']);
    },
  );

  test('a server can cancel its question', async () => {
    const { client, enforcer, upstream } = harness();
    enforcer.decision = () => new Promise(() => undefined);
    await upstream.send({ jsonrpc: '2.0', id: 'q', method: 'elicitation/create', params: { message: 'x' } });
    await upstream.send(cancel('q'));
    expect(enforcer.asked[0]?.signal.aborted).toBe(true);
    expect(client.take()).toEqual([]);
  });

  test('one that says more than a cancellation has to say is refused', async () => {
    const { client, upstream } = harness();
    await client.send('{"method":"notifications/cancelled","params":{"requestId":1,"text":"what was read"}}');
    expect(upstream.take()).toEqual([]);
    expect(client.takeJson()).toMatchObject([{ error: { code: -32600 } }]);
  });

  test('one that names its request ambiguously is refused', async () => {
    const { client, upstream } = harness();
    await client.send('{"method":"notifications/cancelled","params":{"requestID":1}}');
    expect(upstream.take()).toEqual([]);
    expect(client.takeJson()).toMatchObject([{ error: { code: -32600 } }]);
  });
});
