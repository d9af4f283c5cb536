import { expect, test } from 'vitest';
import { call, harness, quiet } from '../../../test/support/guard/relay';

test('what the decision put in place of a string is forwarded, and all else byte for byte', async () => {
  const { client, enforcer, upstream } = harness();
  enforcer.decision = () => ({
    kind: 'forward',
    id: 'd1',
    replacements: [{ at: ['path'], sent: 'in/a', forwarded: '/ws/a' }],
  });
  const sent =
    '{"jsonrpc":"2.0", "id":1,"method":"tools/call","params":{"name":"read","arguments":{"n":1.00,"path":"in\\u002fa"}}}';
  await client.send(sent);
  expect(upstream.text).toBe(`${sent.replace('"in\\u002fa"', '"/ws/a"')}\n`);
});

test('a call whose replacement has no place is not forwarded, is answered, and is noted as lost', async () => {
  const { client, enforcer, log, upstream } = harness();
  enforcer.decision = () => ({
    kind: 'forward',
    id: 'd1',
    replacements: [{ at: ['other'], sent: 'in/a', forwarded: '/ws/a' }],
  });
  await client.send(call(1, 'read', { path: 'in/a' }));
  await quiet();
  expect(upstream.text).toBe('');
  expect(client.takeJson()).toMatchObject([
    { id: 1, error: { message: expect.stringContaining('Not forwarded') as string } },
  ]);
  expect(enforcer.outcomes.map(([id, status]) => [id, status])).toEqual([['d1', 'lost']]);
  expect(log.join()).toContain('not forwarded');
});
