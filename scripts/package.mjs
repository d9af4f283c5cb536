// Builds the bundles and packs them into a VSIX without node_modules: gatehouse-<version>.vsix. Beside it lie the
// tarballs of the packages @gatehouse/cel and @gatehouse/cerbos.
//   node scripts/package.mjs
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrap, root, run } from './bootstrap.mjs';
import { packPackages } from './packages.mjs';

/** Where the VSIX is written. */
export function vsixFile() {
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return path.join(root, `${name}-${version}.vsix`);
}

/** The VSIX of the extension that stands in for Copilot in tests. */
export const agentVsix = path.join(root, 'out', 'copilot-stand-in.vsix');

/**
 * README.md for the extension's page in VS Code. That page takes pictures only from the web, neither from the VSIX nor
 * from the text itself, so that what they show is said in words; the walkthrough has them.
 * @param {string} readme Markdown
 */
export function withoutPictures(readme) {
  return readme.replace(/^!\[([^\]]*)\]\((?!https:)[^)]*\)$/gm, (_whole, words) => `> _${words}_`);
}

function pack(folder, file, options) {
  const packager = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const common = ['--no-dependencies', '--allow-missing-repository'];
  mkdirSync(path.dirname(file), { recursive: true });
  run(process.execPath, [packager, 'package', ...common, ...options, '--out', file], {
    cwd: folder,
    quiet: true,
  });
}

/** Packs the extension that stands in for Copilot in tests. */
export function packAgent() {
  pack(path.join(root, 'test', 'vscode', 'agent'), agentVsix, ['--skip-license']);
}

/** Builds and packs. */
export function packageExtension() {
  run(process.execPath, ['esbuild.js']);
  const readme = withoutPictures(readFileSync(path.join(root, 'README.md'), 'utf8'));
  mkdirSync(path.join(root, 'out'), { recursive: true });
  writeFileSync(path.join(root, 'out', 'README.md'), readme);
  pack(root, vsixFile(), ['--no-rewrite-relative-links', '--readme-path', 'out/README.md']);
  console.log(`${path.relative(root, vsixFile())}  ${Math.ceil(statSync(vsixFile()).size / 1024)} KB`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  bootstrap();
  packageExtension();
  await packPackages();
}
