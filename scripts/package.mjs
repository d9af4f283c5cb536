// Builds the bundles and packs them into a VSIX without node_modules: gatehouse-<version>.vsix.
//   node scripts/package.mjs
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrap, root, run } from './bootstrap.mjs';

/** Where the VSIX is written. */
export function vsixFile() {
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return path.join(root, `${name}-${version}.vsix`);
}

/** Builds and packs. */
export function packageExtension() {
  run(process.execPath, ['esbuild.js']);
  const packager = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  run(process.execPath, [packager, 'package', ...options, '--out', vsixFile()], { quiet: true });
  console.log(`${path.relative(root, vsixFile())}  ${Math.ceil(statSync(vsixFile()).size / 1024)} KB`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  bootstrap();
  packageExtension();
}
