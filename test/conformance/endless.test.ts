import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cli } from './bundles';
import { fixture, startWire } from './wire';

const home = mkdtempSync(join(tmpdir(), 'gatehouse-endless-'));
afterAll(() => rmSync(home, { recursive: true }));

/** The most memory that a process has had at once, in MB (proc_pid_status(5)); 0 where there is no such file. */
function peakMemory(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  } catch {
    return 0;
  }
}

describe('a real guard of a server whose list of tools has no end', () => {
  test.each([
    ['bytes', 'more than 32 MB'],
    ['tools', 'more than 5000 tools'],
    ['values', 'more than 1000000 values'],
    ['pages', 'more than 1000 pages'],
  ])(
    'a guard whose server lists tools without end denies every call, with the reason, and lives on: %s',
    async (what, why) => {
      const client = startWire([cli, 'guard', '--', process.execPath, fixture('endless'), what], {
        GATEHOUSE_HOME: join(home, what),
      });
      client.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} });
      await client.lines(1);
      for (const id of [2, 3]) {
        const params = { name: 'large', arguments: {} };
        client.send({ jsonrpc: '2.0', id, method: 'tools/call', params });
        const [line = ''] = await client.lines(1);
        expect(JSON.parse(line)).toMatchObject({ id, result: { isError: true } });
        expect(line).toContain('tools-unknown');
        expect(line).toContain(why);
      }
      expect(peakMemory(client.pid)).toBeLessThan(1_000);
      client.end();
      expect(await client.ended).toBe(0);
    },
    120_000,
  );
});
