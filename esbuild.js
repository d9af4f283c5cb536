// Bundles the four programs of Gatehouse into dist/, minified, each one file without node_modules.
// `--watch` rebuilds on change and keeps the code readable, for F5.
const esbuild = require('esbuild');

const watch = process.argv.includes('--watch');

/** @type {import('esbuild').BuildOptions} */
const options = {
  entryPoints: {
    extension: 'client/extension.ts',
    'language-server': 'server/language/main.ts',
    guard: 'server/guard/main.ts',
    cli: 'server/cli/main.ts',
  },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  minify: !watch,
  sourcemap: watch ? 'linked' : false,
  legalComments: 'none',
  mainFields: ['module', 'main'],
  logLevel: 'info',
};

async function main() {
  if (watch) {
    const context = await esbuild.context(options);
    await context.watch();
  } else {
    await esbuild.build(options);
  }
}

main().catch(() => {
  process.exitCode = 1;
});
