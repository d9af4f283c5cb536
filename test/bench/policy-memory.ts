// How much memory compiled policies take, in a process of their own.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { PolicyFile } from '../../server/policy';

/** In megabytes, after collecting garbage. */
interface Memory {
  readonly heap: number;
  readonly process: number;
}

/**
 * The objects that are kept: everything, as in the language server; or the rules alone, as in the guard, which never
 * reads suites; or nothing at all after the same work as for everything.
 */
type Kept = 'everything' | 'what decides' | 'nothing';

/** Compiles the policies, runs their tests, lets go of what is not to be kept, and looks at what is left. */
export async function measureMemory(files: readonly PolicyFile[], kept: Kept): Promise<Memory> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-bench-'));
  try {
    const engine = path.join(directory, 'policy.cjs');
    await build({
      entryPoints: ['server/policy/index.ts'],
      outfile: engine,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      logLevel: 'error',
    });
    const data = path.join(directory, 'files.json');
    await writeFile(data, JSON.stringify(files));
    const script = path.join(directory, 'measure.cjs');
    await writeFile(script, scriptOf(engine, data, kept));
    return JSON.parse(await output(['--expose-gc', script])) as Memory;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function scriptOf(engine: string, data: string, kept: Kept): string {
  const keep = { everything: 'compiled', 'what decides': 'compiled.set', nothing: 'undefined' }[kept];
  const wanted = kept === 'what decides' ? "fileRole(path) === 'policy'" : 'true';
  const result = kept === 'what decides' ? 'none' : 'passed';
  return `
    const { compilePolicySet, fileRole, runSuites } = require(${JSON.stringify(engine)});
    function prepare() {
      const files = JSON.parse(require('node:fs').readFileSync(${JSON.stringify(data)}, 'utf8'));
      const compiled = compilePolicySet(files.filter(({ path }) => ${wanted}));
      const { result } = runSuites(compiled.set, compiled.suites).summary;
      if (result !== '${result}') throw new Error('the tests are ' + result);
      globalThis.kept = ${keep};
    }
    prepare();
    setTimeout(() => {
      for (let round = 0; round < 3; round++) gc();
      const { heapUsed, rss } = process.memoryUsage();
      console.log(JSON.stringify({ heap: heapUsed / 1e6, process: rss / 1e6 }));
    }, 200);`;
}

function output(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (error, stdout) => {
      if (error) {
        reject(new Error('measuring memory failed', { cause: error }));
      } else {
        resolve(stdout);
      }
    });
  });
}
