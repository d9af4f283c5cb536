import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { JsonObject, JsonValue } from '../json';
import { digestOfJson } from './canonical-json';
import { serverFingerprint } from './fingerprint';

/** How a server is started, with nothing left to replace. */
export interface StartedServer {
  readonly origin: 'user' | 'workspace';
  /** Missing if there is no command, as for a server over HTTP. */
  readonly command?: string;
  readonly args?: readonly string[];
  /** Absolute. */
  readonly cwd: string;
}

/** What of the file system an identity depends on. */
export interface Files {
  exists(path: string): boolean;
  isFile(path: string): boolean;
}

const disk: Files = {
  exists: existsSync,
  isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
};

/**
 * What a human accepts: the server that a definition starts. Where that depends on the folder that it is started in,
 * the folder is part of it: for every definition that comes with a workspace, since a repository also brings what its
 * commands find there, and for the user's own where the command or an argument leads to something in that folder.
 * Otherwise it is the {@link serverFingerprint} of the definition, the same everywhere.
 */
export function serverIdentity(definition: JsonObject, started: StartedServer, files: Files = disk): string {
  const fingerprint = serverFingerprint(definition);
  const places = placesOf(definition, started, files);
  if (started.origin === 'user' && places.length === 0) {
    return fingerprint;
  }
  return digestOfJson({ definition: fingerprint, cwd: started.cwd, places });
}

/** Absolute paths of what the command line leads to in the folder that it is started in. */
function placesOf(
  definition: JsonObject,
  { args = [], command, cwd }: StartedServer,
  files: Files,
): string[] {
  if (command === undefined) {
    return [];
  }
  const writtenArgs: JsonValue = definition['args'] ?? [];
  const found = new Set<string>();
  const look = (text: string, written: JsonValue | undefined, before?: string): void => {
    if (text === '' || /^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
      return;
    }
    const path = resolve(cwd, text);
    if (isAbsolute(text)) {
      // As written it says where it is, unless a variable does, which may be another path elsewhere.
      if (typeof written === 'string' && written.includes('${') && files.isFile(path)) found.add(path);
    } else if (/^\.{1,2}(?:[\\/]|$)/.test(text) || files.exists(path)) {
      found.add(path);
    } else if (before === '-m') {
      const module = resolve(cwd, ...text.split('.'));
      for (const each of [module, `${module}.py`]) if (files.exists(each)) found.add(each);
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
  for (const path of packagesIn(cwd, command, args)) if (files.exists(path)) found.add(path);
  return [...found].sort();
}

/** Where programs that run packages look first: the packages of the folder, and its settings. */
function packagesIn(cwd: string, command: string, args: readonly string[]): readonly string[] {
  if (!/(?:^|[\\/])(?:npx|npm|pnpm|pnpx|yarn|bun|bunx)(?:\.cmd|\.exe)?$/i.test(command)) {
    return [];
  }
  const names = args
    .filter((arg) => !arg.startsWith('-'))
    .map((arg) => arg.replace(/(?<=.)@[^/]*$/, ''))
    .filter((name) => /^(?:@[\w.-]+\/)?[\w.-]+$/.test(name) && !/^\.+$/.test(name));
  return [
    ...['.npmrc', '.yarnrc', '.yarnrc.yml', 'bunfig.toml'].map((name) => join(cwd, name)),
    ...names.flatMap((name) => [join(cwd, 'node_modules', name), join(cwd, 'node_modules', '.bin', name)]),
  ];
}
