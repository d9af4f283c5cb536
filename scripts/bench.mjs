// Bundles test/bench/main.ts and runs it; arguments are passed on.
//   node scripts/bench.mjs [AREA…]
import { createRequire } from 'node:module';
import path from 'node:path';
import { bootstrap, root, run } from './bootstrap.mjs';
import { bench, cerbos } from './tools.mjs';

bootstrap();
cerbos();
bench();
run(process.execPath, ['esbuild.js']);
const { build } = await import('esbuild');
const bundle = path.join(root, 'out', 'bench.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/bench/main.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // What is measured against us is taken from node_modules as it is.
  packages: 'external',
  plugins: [
    {
      // Modules of this format cannot import JSON as it is.
      name: 'json-of-packages',
      setup({ onResolve }) {
        const { resolve } = createRequire(import.meta.url);
        onResolve({ filter: /^[^.].*\.json$/ }, ({ path: name }) => ({ path: resolve(name) }));
      },
    },
  ],
  // Parts that are loaded when they are first needed are required.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
run(process.execPath, ['--expose-gc', bundle, ...process.argv.slice(2)]);
