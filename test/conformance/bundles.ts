// Bundles what the tests run as processes, as dist/ is bundled, into a folder of its own with the built-in policies
// beside it, so that a test never runs a stale dist/.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundling, entryPoints } from '../../esbuild.js';
import { root } from '../tools';

const folder = join(root, 'out', 'conformance');

/** The `gatehouse` command. */
export const cli = join(folder, 'dist', 'cli.js');
/** The guard that a window launches. */
export const guard = join(folder, 'dist', 'guard.js');
/** A guard that allows everything, see test/support/guard/open-guard.ts. */
export const openGuard = join(folder, 'dist', 'open-guard.js');

/** Vitest's global setup. */
export async function setup(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, 'policies'), join(folder, 'policies'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  const { cli, engine, guard } = entryPoints;
  await build({
    ...bundling,
    entryPoints: { cli, engine, guard, 'open-guard': 'test/support/guard/open-guard.ts' },
    outdir: join(folder, 'dist'),
    minify: true,
    logLevel: 'warning',
  });
}
