// What every command does first on a fresh clone: check Node.js, and install the dependencies if they are
// missing or older than package-lock.json. Plain Node.js, because nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** Large things that the tests and `npm start` need; ignored by Git. */
export const toolsFolder = path.join(root, '.vscode-test');

const oldestNode = 20;

/** Ends the process with a plain message where Node.js is too old. */
export function requireNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < oldestNode) {
    console.error(`Gatehouse needs Node.js ${oldestNode} or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
}

/** The environment for npm and for the tools: as ours, with a home folder even where there is none. */
export function toolEnvironment(extra = {}) {
  const env = { ...process.env, ...extra };
  if (process.platform !== 'win32' && !env.HOME) {
    env.HOME = path.join(toolsFolder, 'home');
    mkdirSync(env.HOME, { recursive: true });
  }
  return env;
}

/**
 * Runs a program to its end, with our stdin, stdout and stderr; quietly, its output is shown only if it fails.
 * @throws {Error} if it cannot be started or ends with another code than 0
 */
export function run(command, args, { cwd = root, env = toolEnvironment(), quiet = false, input = '' } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env,
    stdio: quiet ? 'pipe' : 'inherit',
    input,
    encoding: 'utf8',
    // Only Windows needs a shell: npm is npm.cmd there.
    shell: process.platform === 'win32' && command === 'npm',
  });
  const problem =
    result.error?.message ?? (result.status === 0 ? undefined : `code ${result.status ?? result.signal}`);
  if (problem !== undefined) {
    if (quiet) console.error(`${result.stdout ?? ''}${result.stderr ?? ''}`);
    throw new Error(`${command} ${args.join(' ')} failed in ${path.relative(root, cwd) || '.'}: ${problem}`);
  }
}

/** Installs what a package.json's lock file says, exactly, without running the packages' own scripts. */
export function installLocked(cwd) {
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd });
}

/**
 * Tells whether everything that a package-lock.json names is installed beside it, in that version.
 * Optional packages may be absent: they belong to other platforms.
 */
export function isInstalled(cwd) {
  const hidden = path.join(cwd, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(path.join(cwd, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([name, { version, optional, devOptional }]) =>
      name === '' || present[name]?.version === version || (!present[name] && (optional || devOptional)),
  );
}

/** Installs Gatehouse's own dependencies where they are missing or stale. */
export function bootstrap() {
  requireNode();
  if (isInstalled(root)) return;
  console.log('Installing the dependencies of package-lock.json …');
  installLocked(root);
}
