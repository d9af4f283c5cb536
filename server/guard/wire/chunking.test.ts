import fc from 'fast-check';
import { expect, test } from 'vitest';
import { call, harness, quiet } from '../../../test/support/guard/relay';

/** Lines of a client, whole and broken. */
const lines = [
  JSON.stringify(call(1, 'read', { path: 'ä/😀' })),
  '{"jsonrpc":"2.0","id":1.5,"method":"ping"}',
  '{"jsonrpc":"2.0","method":"notifications/x","params":{"t":"\u{1f600}\u{2028}"}}\r',
  '[{"id":"b1","method":"ping"},{"id":"b2","method":"resources/read","params":{"uri":"x:y"}}]',
  '{"id":9,"id":9,"method":"ping"}',
  'not JSON',
  '',
  '[]',
];

test('however the bytes are cut, both peers get the same bytes', async () => {
  const relayed = async (chunks: readonly Buffer[]): Promise<readonly string[]> => {
    const { client, upstream } = harness();
    for (const chunk of chunks) {
      client.toRelay.write(chunk);
    }
    await quiet();
    return [client.text, upstream.text];
  };
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(lines, { minLength: 1 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      async (chosen, cuts) => {
        const whole = Buffer.from(`${chosen.join('\n')}\n`);
        const at = [
          0,
          ...cuts.map((cut) => cut % (whole.length + 1)).toSorted((a, b) => a - b),
          whole.length,
        ];
        const chunks = at.slice(1).map((end, n) => whole.subarray(at[n], end));
        expect(await relayed(chunks)).toEqual(await relayed([whole]));
      },
    ),
    { numRuns: 150 },
  );
});
