import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PolicyRequest } from '../guard/request/request-model';
import { command } from './explain-call';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-explain-'));
  writeFileSync(
    join(folder, 'tool.json'),
    JSON.stringify({
      name: 'run_query',
      annotations: { readOnlyHint: true },
      inputSchema: { type: 'object', properties: { sql: { type: 'string' } } },
    }),
  );
  writeFileSync(join(folder, 'list.json'), '[]');
  writeFileSync(join(folder, 'nameless.json'), '{}');
});

afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]): Promise<string> {
  const stdout = new PassThrough();
  const stdin = new PassThrough();
  const stderr = new PassThrough();
  await command.run(args, { stdin, stdout, stderr, env: {}, cwd: folder });
  stdout.end();
  return text(stdout);
}

describe('gatehouse explain-call', () => {
  test('it prints the request with effect, evidence, unexpected arguments and classified paths', async () => {
    const args = JSON.stringify({ sql: 'DELETE FROM orders', path: '.env' });
    const request = JSON.parse(await run('--tool', 'tool.json', '--arguments', args)) as PolicyRequest;
    expect(request).toMatchObject({
      principal: { roles: ['agent'], attr: { approval: { level: 0 } } },
      resource: {
        kind: 'mcp:tool',
        id: 'server/run_query',
        attr: {
          annotations: { readOnlyHint: true },
          unexpected: ['path'],
          effect: {
            kinds: ['delete'],
            destructive: true,
            contradicts: true,
            evidence: [{ kind: 'delete', from: 'sql', text: 'SQL that deletes all rows' }],
            targets: [{ type: 'table', name: 'orders' }],
          },
          paths: [{ argument: 'path', inWorkspace: true, protected: false, class: 'secret' }],
        },
      },
      actions: ['run_query'],
    });
  });

  test.each([
    [[], '--tool FILE is missing.'],
    [['--tool', 'missing.json'], 'The tool definition cannot be read'],
    [['--tool', 'list.json'], 'The file list.json must be a JSON object.'],
    [['--tool', 'nameless.json'], 'The file nameless.json is no tool definition: it has no "name".'],
    [['--tool', 'tool.json', '--arguments', '{'], '--arguments is not JSON'],
    [['--tool', 'tool.json', '--arguments', '1'], '--arguments must be a JSON object.'],
    [['--frobnicate'], "Unknown option '--frobnicate'"],
  ])('the command line %j is answered with what is wrong', async (args, message) => {
    await expect(async () => run(...args)).rejects.toThrow(message);
  });
});
