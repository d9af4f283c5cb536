// How the programs start: the small ones that load the engine when they need it, and the code that V8 has kept of it.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStateFolder, installationKey } from '../../server/protocol';
import { cli } from './bundles';
import { fixture, startWire } from './wire';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gatehouse-start-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const expression = '{"expr": "1 + 1"}\n';
const two = '{"value":2}\n';

function run(
  script: string,
  args: readonly string[],
  input = '',
): { out: string; err: string; code: unknown } {
  const env = { PATH: process.env['PATH'], GATEHOUSE_HOME: join(home, 'state') };
  const { status, stderr, stdout } = spawnSync(process.execPath, [script, ...args], {
    env,
    input,
    encoding: 'utf8',
  });
  return { out: stdout, err: stderr, code: status };
}

function setUp(): string {
  const layout = openStateFolder(join(home, 'state'));
  installationKey(layout);
  return join(layout.root, 'cache');
}

function entries(cache: string): readonly string[] {
  return readdirSync(cache).map((name) => join(cache, name));
}

/** Changes whenever an entry is written. */
function written(file: string): string {
  const { ino, mtimeNs } = statSync(file, { bigint: true });
  return `${ino} ${mtimeNs}`;
}

describe('without the engine beside it', () => {
  let alone: string;
  beforeEach(() => {
    alone = join(home, 'installation', 'dist', 'cli.js');
    mkdirSync(dirname(alone), { recursive: true });
    cpSync(cli, alone);
    cpSync(join(dirname(cli), '..', 'package.json'), join(home, 'installation', 'package.json'));
  });

  test('the command still says what there is, so that it loads the engine for none of that', () => {
    expect(run(alone, ['--help'])).toMatchObject({ code: 0, err: '' });
    expect(run(alone, ['--help']).out).toContain('run an MCP server behind the guard');
    expect(run(alone, ['--version']).code).toBe(0);
    expect(run(alone, ['gaurd']).err).toContain('Did you mean guard?');
  });

  test('a command fails, and says what is missing', () => {
    const { code, err, out } = run(alone, ['eval'], expression);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('engine.js');
  });
});

describe('a guard', () => {
  let script: string;
  let seen: string;
  beforeEach(() => {
    const folder = join(home, 'installation', 'dist');
    mkdirSync(folder, { recursive: true });
    script = join(folder, 'cli.js');
    cpSync(cli, script);
    seen = join(home, 'pids');
  });

  /** An engine that fails once the server runs; it waits for that without letting anything else run. */
  const late = (): string => `
    const { readFileSync } = require('node:fs');
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (;;) {
      try { if (/^\\d+ \\d+$/.test(readFileSync(${JSON.stringify(seen)}, 'utf8'))) break; } catch {}
      Atomics.wait(pause, 0, 0, 10);
    }
    throw new Error('the engine is broken');`;

  function guarded(state = join(home, 'state')): ReturnType<typeof startWire> {
    return startWire([script, 'guard', '--', process.execPath, fixture('stubborn'), seen], {
      GATEHOUSE_HOME: state,
    });
  }

  test('starts its server before it loads the engine, and ends it if that fails, however stubborn it is', async () => {
    writeFileSync(join(dirname(script), 'engine.js'), late());
    const client = guarded();
    expect(await client.ended).toBe(1);
    expect(client.log()).toContain('the engine is broken');
    const pids = readFileSync(seen, 'utf8').split(' ').map(Number);
    expect(pids).toHaveLength(2);
    await expect.poll(() => pids.filter(isRunning)).toEqual([]);
  });

  test('ends with a message, and leaves no server, if the engine is not there', async () => {
    const client = guarded();
    expect(await client.ended).toBe(1);
    expect(client.log()).toContain('engine.js');
    expect(client.rest()).toBe('');
  });

  test('a guard does not start its server if its state folder can not be used', async () => {
    writeFileSync(join(dirname(script), 'engine.js'), late());
    const client = guarded('relative/folder');
    expect(await client.ended).toBe(1);
    expect(client.log()).toContain('GATEHOUSE_HOME is "relative/folder"');
    expect(existsSync(seen)).toBe(false);
  });
});

describe('the code that a start keeps for the next', () => {
  test('the kept code is kept where something was set up, once for a build', () => {
    const cache = setUp();
    expect(run(cli, ['eval'], expression)).toEqual({ code: 0, err: '', out: two });
    const [entry = '', ...others] = entries(cache);
    expect(others).toEqual([]);
    const before = written(entry);
    // An entry that were not taken would be written again.
    expect(run(cli, ['eval'], expression)).toEqual({ code: 0, err: '', out: two });
    expect(entries(cache)).toEqual([entry]);
    expect(written(entry)).toBe(before);
  });

  test('the kept code is kept nowhere where nothing was set up', () => {
    expect(run(cli, ['eval'], expression).out).toBe(two);
    expect(readdirSync(home)).toEqual([]);
  });

  test.each([
    ['cut off', (entry: string) => truncateSync(entry, statSync(entry).size / 2)],
    ['empty', (entry: string) => truncateSync(entry, 0)],
    [
      'another with one bit changed',
      (entry: string) => {
        const bytes = readFileSync(entry);
        bytes[1_000] = (bytes[1_000] ?? 0) ^ 4;
        writeFileSync(entry, bytes);
      },
    ],
    ['planted without the key', (entry: string) => writeFileSync(entry, planted())],
  ])('the kept code is left aside and replaced if it is %s', (_, change) => {
    const cache = setUp();
    run(cli, ['eval'], expression);
    const [entry = ''] = entries(cache);
    const size = statSync(entry).size;
    change(entry);
    const before = written(entry);
    expect(run(cli, ['eval'], expression)).toEqual({ code: 0, err: '', out: two });
    expect(written(entry)).not.toBe(before);
    expect(statSync(entry).size).toBeGreaterThan(size / 2);
    expect(entries(cache)).toEqual([entry]);
  });

  test('the kept code is not that of other flags of V8', () => {
    const cache = setUp();
    run(cli, ['eval'], expression);
    const env = { PATH: process.env['PATH'], GATEHOUSE_HOME: join(home, 'state') };
    const flags = ['--no-opt', cli, 'eval'];
    const { stdout } = spawnSync(process.execPath, flags, { env, input: expression, encoding: 'utf8' });
    expect(stdout).toBe(two);
    expect(entries(cache)).toHaveLength(2);
  });
});

/** Dead processes that nobody has waited for do not run. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

/** The entry that somebody without the key would plant: code that V8 would take, but for its signature. */
function planted(): Buffer {
  const script = join(home, 'planted.js');
  writeFileSync(
    script,
    `const { Script } = require('node:vm'); const { readFileSync, writeFileSync } = require('node:fs');
     const source = readFileSync(${JSON.stringify(join(dirname(cli), 'engine.js'))}, 'utf8');
     const text = '(function (exports, require, module, __filename, __dirname) { ' + source + '\\n})';
     const evil = "(function (exports) { console.log('planted'); process.exit(0)";
     const data = new Script(evil + ' '.repeat(text.length - evil.length - 2) + '})').createCachedData();
     writeFileSync(process.argv[2], Buffer.concat([Buffer.alloc(32), data]));`,
  );
  const file = join(home, 'planted');
  spawnSync(process.execPath, [script, file]);
  return readFileSync(file);
}
