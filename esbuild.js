// Bundles the programs of Gatehouse into dist/, minified, without node_modules.
// `--watch` rebuilds on change and keeps the code readable, for F5.
const esbuild = require('esbuild');

/**
 * The bundles: `guard` and `cli` are small, and load `engine`, with all that takes long to load, from beside them.
 * @type {Readonly<Record<string, string>>}
 */
const entryPoints = {
  extension: 'client/extension.ts',
  'language-server': 'server/language/main.ts',
  guard: 'server/guard/main.ts',
  cli: 'server/cli/main.ts',
  engine: 'server/cli/engine.ts',
};

/** Leaves out what a bundle imports and does not use of packages that do nothing when they are loaded. */
const pure = {
  name: 'pure',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^vscode-jsonrpc(\/|$)/ }, async ({ path, pluginData, ...rest }) => {
      if (pluginData === pure) {
        return undefined;
      }
      return { ...(await resolve(path, { ...rest, pluginData: pure })), sideEffects: false };
    });
  },
};

/**
 * How every bundle is made.
 * @type {import('esbuild').BuildOptions}
 */
const bundling = {
  absWorkingDir: __dirname,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  legalComments: 'none',
  mainFields: ['module', 'main'],
  plugins: [pure],
};

async function main() {
  const watch = process.argv.includes('--watch');
  const options = {
    ...bundling,
    entryPoints,
    outdir: 'dist',
    minify: !watch,
    sourcemap: watch ? 'linked' : false,
    logLevel: 'info',
  };
  if (watch) {
    const context = await esbuild.context(options);
    await context.watch();
  } else {
    await esbuild.build(options);
  }
}

module.exports = { bundling, entryPoints };
if (require.main === module) {
  main().catch(() => {
    process.exitCode = 1;
  });
}
