import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { UsageError } from './command';
import { runEval } from './eval';

/** Runs the command on lines, and gives the answers. */
async function answers(lines: readonly string[], args: readonly string[] = []): Promise<unknown[]> {
  const stdout = new PassThrough();
  const output = text(stdout);
  const code = await runEval(args, { stdin: Readable.from(lines.map((line) => `${line}\n`)), stdout });
  stdout.end();
  expect(code).toBe(0);
  return (await output)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

const request = {
  principal: { id: 'alice', roles: ['editor'], attr: { level: 3 } },
  resource: { kind: 'document', id: '1', attr: { owner: 'alice', __proto__: null } },
};

describe('gatehouse eval', () => {
  test('eval answers each line with the value of its expression, in order', async () => {
    const lines = [
      'R.attr.owner == P.id',
      'P.attr.level + 1.0',
      '[1, 2].map(x, x * 2)',
      "'editor' in P.roles",
    ];
    expect(await answers(lines.map((expr) => JSON.stringify({ expr, request })))).toEqual([
      { value: true },
      { value: 4 },
      { value: [2, 4] },
      { value: true },
    ]);
  });

  test('eval says why an expression has no value', async () => {
    expect(
      await answers([
        JSON.stringify({ expr: 'R.attr.missing', request }),
        JSON.stringify({ expr: '1 +' }),
        JSON.stringify({ expr: 'P.attrs' }),
      ]),
    ).toEqual([
      { error: 'no such key: missing' },
      { error: expect.stringContaining("4: Syntax error: mismatched input '<EOF>'") as string },
      { error: "2: undefined field 'attrs'" },
    ]);
  });

  test('eval never stops at a bad line', async () => {
    expect(
      await answers([
        'not json',
        '[]',
        '{"expr": 1}',
        '{"expr": "1", "request": {"principal": 5}}',
        '{"expr": "1"}',
      ]),
    ).toEqual([
      { error: 'the line is not JSON.' },
      { error: 'a line must be a JSON object.' },
      { error: 'expr must be a string.' },
      { error: 'request.principal must be a JSON object.' },
      { value: 1 },
    ]);
  });

  test('eval takes the present from --now', async () => {
    expect(await answers(['{"expr": "now().getFullYear()"}'], ['--now', '2001-02-03T04:05:06Z'])).toEqual([
      { value: 2001 },
    ]);
    await expect(answers(['{"expr": "1"}'], ['--now', 'yesterday'])).rejects.toThrow(UsageError);
  });
});
