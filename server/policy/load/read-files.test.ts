import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readFiles } from './read-files';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-read-files-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function write(count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `${index}.yaml`);
  for (const name of names) {
    await writeFile(path.join(directory, name), `# ${name}`);
  }
  return names;
}

test('files are returned in the order of their paths in the call', async () => {
  const names = (await write(100)).reverse();
  const files = await readFiles(directory, names);
  expect(files).toEqual(names.map((name) => ({ path: name, text: `# ${name}` })));
});

test('one file that cannot be read makes reading the folder fail', async () => {
  const names = await write(100);
  await expect(readFiles(directory, [...names, 'missing.yaml'])).rejects.toThrow('missing.yaml');
});

// Windows has no such limit.
test.runIf(process.platform !== 'win32')(
  'a folder with more files than a process may have open is read',
  async () => {
    await write(1000);
    const program = path.join(directory, 'read.cjs');
    await build({
      stdin: {
        contents: `import { readPolicyDirectory } from './directory';
          readPolicyDirectory(process.argv[2]).then((files) => console.log(files.length));`,
        resolveDir: import.meta.dirname,
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      outfile: program,
      logLevel: 'silent',
    });
    const shell = 'ulimit -n 256 && exec "$0" "$@"';
    const { stdout } = await promisify(execFile)('sh', ['-c', shell, process.execPath, program, directory]);
    expect(stdout.trim()).toBe('1000');
  },
);
