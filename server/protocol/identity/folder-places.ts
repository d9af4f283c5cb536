import { isAbsolute, join, resolve } from 'node:path';
import type { JsonObject, JsonValue } from '../json';
import { findProgram } from './find-program';
import type { Environment } from './find-program';
import { programName } from './known-commands';
import { foldersAbove, isWithin } from './machine';
import type { Machine } from './machine';

/** A command line, and where it is started. */
interface StartedCommand {
  readonly definition: JsonObject;
  readonly command: string;
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly environment: Environment;
}

/** Absolute paths, sorted, of what a command line leads to in the folder that it is started in, or above it. */
export function placesOf(
  { args, command, cwd, definition, environment }: StartedCommand,
  machine: Machine,
): readonly string[] {
  const writtenArgs: JsonValue = definition['args'] ?? [];
  const found = new Set<string>();
  const look = (text: string, written: JsonValue | undefined, before?: string): void => {
    if (text === '' || /^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
      return;
    }
    const path = resolve(cwd, text);
    if (isAbsolute(text)) {
      // As written it says where it is, unless a variable does, which may be another path elsewhere.
      if (typeof written === 'string' && written.includes('${') && machine.isFile(path)) {
        found.add(path);
      }
    } else if (/^\.{1,2}(?:[\\/]|$)/.test(text) || machine.exists(path)) {
      found.add(path);
    } else if (before === '-m') {
      const module = resolve(cwd, ...text.split('.'));
      for (const each of [module, `${module}.py`]) {
        if (machine.exists(each)) {
          found.add(each);
        }
      }
    }
  };
  look(command, definition['command']);
  if (/[\\/]/.test(command) && !isAbsolute(command)) {
    found.add(resolve(cwd, command));
  }
  for (const [index, arg] of args.entries()) {
    const written = Array.isArray(writtenArgs) ? (writtenArgs as readonly JsonValue[])[index] : undefined;
    const value = arg.startsWith('-') ? (/^-[^=]*=(.*)$/s.exec(arg)?.[1] ?? '') : arg;
    look(value, written, args[index - 1]);
  }
  const folders = foldersAbove(cwd, machine.home);
  const program = findProgram(command, cwd, environment, machine);
  if (program !== undefined && folders.some((folder) => isWithin(program, folder))) {
    found.add(program);
  }
  for (const path of packagesIn(folders, command, args, machine)) {
    found.add(path);
  }
  return [...found].sort();
}

/** For npx and its like: the installed packages of that name and the settings files, in a folder or above it. */
function packagesIn(
  folders: readonly string[],
  command: string,
  args: readonly string[],
  machine: Machine,
): readonly string[] {
  if (!/^(?:npx|npm|pnpm|pnpx|yarn|bun|bunx)$/.test(programName(command))) {
    return [];
  }
  const names = args
    .filter((arg) => !arg.startsWith('-'))
    .map((arg) => arg.replace(/(?<=.)@[^/]*$/, ''))
    .filter((name) => /^(?:@[\w.-]+\/)?[\w.-]+$/.test(name) && !/^\.+$/.test(name));
  const settings = [
    '.npmrc',
    '.yarnrc',
    '.yarnrc.yml',
    '.pnpmfile.cjs',
    'pnpm-workspace.yaml',
    'bunfig.toml',
  ];
  return folders.flatMap((folder) => {
    const paths = [
      ...settings.map((name) => join(folder, name)),
      ...names.flatMap((name) => [
        join(folder, 'node_modules', name),
        join(folder, 'node_modules', '.bin', name.replace(/^@[^/]*\//, '')),
      ]),
    ];
    const manifest = join(folder, 'package.json');
    return [
      ...paths.filter((path) => machine.exists(path)),
      ...(mayRun(machine.read(manifest), names) ? [manifest] : []),
    ];
  });
}

/**
 * True if a package.json could change what runs: it has `bin`, chooses the package manager, or names one of these
 * packages.
 */
function mayRun(manifest: string | undefined, names: readonly string[]): boolean {
  return (
    manifest !== undefined &&
    ['bin', 'packageManager', 'devEngines', ...names].some((name) => manifest.includes(JSON.stringify(name)))
  );
}
