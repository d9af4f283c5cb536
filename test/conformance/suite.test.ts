import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, vscodeNode } from '../tools';
import { openGuard } from './bundles';
import { bridge } from './http-bridge';
import { fixture } from './wire';

const suite = join(root, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');

/** Runs the whole suite against a server over stdio; returns how each check of each scenario came out. */
async function checks(args: readonly string[]): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-suite-'));
  const server = await bridge(args);
  try {
    // It needs Node.js 22, which Gatehouse does not.
    const given = ['server', '--url', server.url, '--suite', 'all', '--output-dir', folder];
    const child = spawn(vscodeNode(), [suite, ...given], { stdio: 'ignore' });
    await new Promise((resolve) => child.once('exit', resolve));
    const results = new Map<string, string>();
    for (const name of readdirSync(folder)) {
      const scenario = name.replace(/^server-|-\d{4}-\d\d-\d\dT.*$/g, '');
      const text = readFileSync(join(folder, name, 'checks.json'), 'utf8');
      for (const { id, status } of JSON.parse(text) as { id: string; status: string }[]) {
        results.set(`${scenario}: ${id}`, status);
      }
    }
    return results;
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

test(
  'the protocol’s conformance suite sees no difference through a guard',
  { timeout: 180_000 },
  async () => {
    const direct = await checks([fixture('checked')]);
    const guarded = await checks([openGuard, '--', process.execPath, fixture('checked')]);
    expect(guarded).toEqual(direct);
    const failed = [...direct].filter(([, status]) => status === 'FAILURE');
    expect(failed).toEqual([]);
    expect([...direct.values()].filter((status) => status === 'SUCCESS').length).toBeGreaterThanOrEqual(44);
  },
);
