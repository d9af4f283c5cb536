import { posix, win32 } from 'node:path';
import { visibleLine } from '../protocol';

/** Programs that run a package which one of their arguments names. */
const runners: ReadonlySet<string> = new Set(['npx', 'bunx', 'uvx', 'pipx']);
/** Programs that run a script which one of their arguments names. */
const interpreters: ReadonlySet<string> = new Set(['node', 'bun', 'deno', 'python', 'python3', 'ruby']);

/**
 * The name of a server that nobody gave a name: after its package, its script, or its program. `npx -y
 * @modelcontextprotocol/server-filesystem@1 DIR` is `server-filesystem`, `node dist/items.mjs` is `items`.
 */
export function defaultServerName(command: string, args: readonly string[]): string {
  const program = baseName(command);
  const named = args.find((arg) => !arg.startsWith('-') && arg !== 'run');
  if (named !== undefined && runners.has(program)) {
    return clean(named.replace(/^(@[^/@]+\/)?([^@]+)(@.*)?$/, '$2'), program);
  }
  if (named !== undefined && interpreters.has(program)) {
    return clean(baseName(named), program);
  }
  return clean(program, 'server');
}

/** A name for the log: short, in one line, and nothing in it that a terminal obeys. */
export function printableName(name: string): string {
  return visibleLine(name.slice(0, 80)).slice(0, 80);
}

function baseName(path: string): string {
  return posix.basename(win32.basename(path)).replace(/\.(exe|cmd|bat|com|[cm]?[jt]s|py|rb)$/i, '');
}

function clean(name: string, otherwise: string): string {
  const printable = printableName(name.replaceAll('/', '-'));
  return printable === '' ? otherwise : printable;
}
