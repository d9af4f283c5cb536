import { describe, expect, test } from 'vitest';
import type { CallDecision } from '../enforcer';
import { call, harness, quiet } from '../../../test/support/guard/relay';

describe('the end', () => {
  test('whoever waits is told, and the audit knows what was lost', async () => {
    const { client, enforcer, relay, upstream } = harness();
    enforcer.decision = ({ params }) =>
      params['name'] === 'slow' ? new Promise(() => undefined) : enforcer.forward();
    await client.send(call(1), call(2, 'slow'), '{"id":3,"method":"ping"}');
    upstream.take();
    relay.close('The server ended with code 1.');
    await quiet();
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
    let answer: (decision: CallDecision) => void = () => undefined;
    enforcer.decision = () => new Promise((resolve) => (answer = resolve));
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
