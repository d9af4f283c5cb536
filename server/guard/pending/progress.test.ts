import { describe, expect, test } from 'vitest';
import type { CallDecision } from '../enforcer';
import { call, harness, quiet } from '../../../test/support/guard/relay';

describe('while a human is asked', () => {
  test('a caller with a progress token hears every five seconds, until it is over', async () => {
    const { client, enforcer, timers } = harness();
    let answer: (decision: CallDecision) => void = () => undefined;
    enforcer.decision = () => new Promise((resolve) => (answer = resolve));
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
    enforcer.decision = () => new Promise(() => undefined);
    await client.send(call(1, 'x', {}, { progressToken: 1 }));
    await client.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    timers.pass(60_000);
    await quiet();
    expect(client.take()).toEqual([]);
  });
});
