// The policy engine with faults planted in its source, so that a test can show that it would notice them.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import { build } from 'esbuild';
import type { checkResource, compilePolicySet } from '../../../server/policy';
import { root } from '../../tools';

export interface PolicyEngine {
  readonly compilePolicySet: typeof compilePolicySet;
  readonly checkResource: typeof checkResource;
}

/** Source text that occurs once in a file, and what stands there instead. */
export type Edit = readonly [source: string, instead: string];

/**
 * The engine, bundled with one file edited. It knows nothing of the sets of another.
 * @param file relative to `server/policy`
 * @throws Error if a text to be replaced does not occur exactly once
 */
export async function policyEngineWith(file: string, edits: readonly Edit[]): Promise<PolicyEngine> {
  const edited = path.join(root, 'server/policy', file);
  let contents = await readFile(edited, 'utf8');
  for (const [source, instead] of edits) {
    const [before, after, ...more] = contents.split(source);
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`“${source}” does not stand exactly once in server/policy/${file}: adapt the edit.`);
    }
    contents = before + instead + after;
  }
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['server/policy/index.ts'],
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'edited',
        setup(bundling) {
          bundling.onLoad({ filter: /\.ts$/ }, (module) =>
            module.path === edited ? { contents, loader: 'ts' } : undefined,
          );
        },
      },
    ],
  });
  const module = { exports: {} };
  const load = compileFunction(outputFiles[0]?.text ?? '', ['module', 'require']) as (
    module: object,
    require: NodeJS.Require,
  ) => void;
  load(module, createRequire(import.meta.url));
  return module.exports as PolicyEngine;
}
