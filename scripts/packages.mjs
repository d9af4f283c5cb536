// Makes the tarballs of @gatehouse/cel and @gatehouse/cerbos: gatehouse-cel-<version>.tgz, gatehouse-cerbos-<version>.tgz.
//   node scripts/packages.mjs [FOLDER]
// Each package has one copy of its code, as CommonJS, which its ES modules hand on: an object of a class is then of that
// class whichever way the package was loaded. Declarations are the compiler's, one a module, likewise only once.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrap, root, run } from './bootstrap.mjs';

const out = path.join(root, 'out', 'packages');
const celFolder = path.join(root, 'server', 'cel');
const celName = '@gatehouse/cel';
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
/** The name of an entry's files: `index` for the package itself. */
const nameOf = (entry) => (entry === '.' ? 'index' : entry.slice(2));

/** Package.json as it is published, from the description in packages/ and the versions that this project is tested with. */
function manifestOf({ entries, dependencies, optionalPeers = [], ...description }) {
  const { version, devDependencies } = read(path.join(root, 'package.json'));
  const versionOf = (name) => [name, devDependencies[name] ?? version];
  const exports = Object.keys(entries).map((entry) => {
    const name = nameOf(entry);
    return [
      entry,
      {
        import: { types: `./${name}.d.mts`, default: `./${name}.mjs` },
        require: { types: `./${name}.d.ts`, default: `./${name}.js` },
      },
    ];
  });
  return {
    ...description,
    version,
    main: './index.js',
    types: './index.d.ts',
    exports: { ...Object.fromEntries(exports), './package.json': './package.json' },
    dependencies: Object.fromEntries(dependencies.map(versionOf)),
    ...(optionalPeers.length > 0 && {
      peerDependencies: Object.fromEntries(optionalPeers.map(versionOf)),
      peerDependenciesMeta: Object.fromEntries(optionalPeers.map((name) => [name, { optional: true }])),
    }),
  };
}

/** Bundles the entries of a package; what they share is in modules of its own, so that nothing is there twice. */
async function bundle(folder, { name, entries }) {
  const { build, transform } = await import('esbuild');
  const built = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(entries).map(([entry, file]) => [nameOf(entry), file])),
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['re2js', 'yaml', 'jose', '@cerbos/*'],
    chunkNames: 'shared-[hash]',
    write: false,
    logLevel: 'warning',
    plugins: [
      {
        name: 'other-package',
        setup({ onResolve }) {
          if (name === celName) return;
          onResolve({ filter: /^\./ }, ({ path: specifier, resolveDir }) =>
            path.resolve(resolveDir, specifier) === celFolder ? { path: celName, external: true } : undefined,
          );
        },
      },
    ],
  });
  for (const { path: file, text } of built.outputFiles) {
    const { code } = await transform(text, { format: 'cjs', platform: 'node', target: 'node20' });
    writeFileSync(file, code);
  }
}

/** An ES module that hands on what the CommonJS module beside it exports. */
function esModule(folder, name) {
  const names = Object.keys(createRequire(path.join(folder, 'x.js'))(`./${name}.js`)).filter(
    (each) => each !== '__esModule',
  );
  return `import all from './${name}.js';\nexport const { ${names.join(', ')} } = all;\n`;
}

/** Emits the declarations of both packages, as they lie in server/. */
function emitDeclarations() {
  const emitted = path.join(out, 'declarations');
  const config = path.join(out, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: path.relative(out, path.join(root, 'tsconfig.json')).split(path.sep).join('/'),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        incremental: false,
        tsBuildInfoFile: null,
        rootDir: path.join(root, 'server'),
        outDir: emitted,
        typeRoots: [path.join(root, 'node_modules', '@types')],
      },
      include: ['cel', 'policy'].map((layer) => `${path.join(root, 'server', layer)}/**/*`),
      exclude: [`${root}/server/**/*.test.ts`],
    }),
  );
  run(process.execPath, [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', config]);
  return emitted;
}

/** Copies the declarations of a layer, with whole names of modules, as both kinds of importers need them. */
function copyDeclarations(emitted, layer, target) {
  const from = path.join(emitted, layer);
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const text = readFileSync(file, 'utf8').replaceAll(
      /(from |import\()(['"])(\.[^'"]*)\2/g,
      (whole, before, quote, specifier) => {
        const wanted = path.resolve(path.dirname(file), specifier);
        if (layer !== 'cel' && wanted === path.join(emitted, 'cel'))
          return `${before}${quote}${celName}${quote}`;
        if (specifier.endsWith('.json')) return whole;
        const suffix = existsSync(`${wanted}.d.ts`) ? '.js' : '/index.js';
        return `${before}${quote}${specifier}${suffix}${quote}`;
      },
    );
    // jose is an ES module only, which declarations of a CommonJS module must say where they name its types.
    const marked = text.replaceAll(
      /^(import type .* from )(['"]jose['"]);/gm,
      "$1$2 with { 'resolution-mode': 'import' };",
    );
    const copy = path.join(target, path.relative(from, file));
    mkdirSync(path.dirname(copy), { recursive: true });
    writeFileSync(copy, marked);
  }
}

async function make(description, emitted) {
  // As an installed package, so that the second finds the first.
  const folder = path.join(out, 'node_modules', ...description.name.split('/'));
  mkdirSync(folder, { recursive: true });
  const short = description.name.split('/')[1];
  await bundle(folder, description);
  const manifest = manifestOf(description);
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  cpSync(path.join(root, 'packages', short, 'README.md'), path.join(folder, 'README.md'));
  cpSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
  copyDeclarations(emitted, path.dirname(description.entries['.']).split('/')[1], path.join(folder, 'types'));
  for (const [entry, source] of Object.entries(description.entries)) {
    const name = nameOf(entry);
    const types = `export * from './types/${path.basename(source, '.ts')}.js';\n`;
    writeFileSync(path.join(folder, `${name}.mjs`), esModule(folder, name));
    writeFileSync(path.join(folder, `${name}.d.ts`), types);
    writeFileSync(path.join(folder, `${name}.d.mts`), types);
  }
  return folder;
}

/**
 * Builds both packages and packs them.
 * @param target the folder for the tarballs
 */
export async function packPackages(target = root) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const emitted = emitDeclarations();
  // The order counts: the second finds the first beside it when its modules are listed.
  const descriptions = ['cel', 'cerbos'].map((name) =>
    read(path.join(root, 'packages', name, 'package.json')),
  );
  const folders = [];
  for (const description of descriptions) {
    const folder = await make(description, emitted);
    folders.push(folder);
  }
  for (const folder of folders) {
    run('npm', ['pack', '--silent', '--pack-destination', target], { cwd: folder, quiet: true });
  }
  rmSync(emitted, { recursive: true });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  bootstrap();
  await packPackages(process.argv[2]);
}
