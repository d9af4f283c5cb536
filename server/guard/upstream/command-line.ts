import { statSync } from 'node:fs';
import { win32 } from 'node:path';
import type { Environment } from './environment';

/** A program with its arguments, ready for `spawn`. */
interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
  /** True if `args` are already quoted for Windows. */
  readonly verbatim: boolean;
}

/** The upstream can't be started; the message says what to change. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/**
 * Turns a configured command into what can be started without a shell. Where there is no Windows, that is the command
 * itself. On Windows a command like `npx` is a batch file, which only cmd.exe can run; then its arguments are quoted,
 * and those that cmd.exe would change in spite of quotes are refused.
 * @throws {CommandError} for such an argument, or a NUL
 */
export function commandLine(
  command: string,
  args: readonly string[],
  platform: NodeJS.Platform,
  environment: Environment,
  cwd: string,
  isFile: (path: string) => boolean = fileExists,
): CommandLine {
  if ([command, ...args].some((text) => text.includes('\0'))) {
    throw new CommandError('The command of this server has a NUL in it.');
  }
  if (platform !== 'win32') {
    return { file: command, args, verbatim: false };
  }
  const file = findOnWindows(command, environment, cwd, isFile) ?? command;
  if (!/\.(cmd|bat)$/i.test(file)) {
    return { file, args, verbatim: false };
  }
  const words = [file, ...args].map(quotedForBatch).join(' ');
  const shell = variable(environment, 'COMSPEC') ?? 'C:\\Windows\\System32\\cmd.exe';
  // With /s cmd.exe takes exactly the outermost quotes away; /d keeps it from running what the registry says; /v:off
  // leaves exclamation marks alone.
  return { file: shell, args: ['/d', '/v:off', '/s', '/c', `"${words}"`], verbatim: true };
}

/** Within double quotes cmd.exe still expands %NAME%, and ends the quotes at the next one. */
function quotedForBatch(word: string): string {
  if (/["%\r\n]/.test(word)) {
    throw new CommandError(
      `The argument ${JSON.stringify(word)} can't be passed to a batch file safely. ` +
        'Name the program itself as the command, for example "node" with the script as its first argument.',
    );
  }
  // A backslash before the closing quote would escape it for the program behind the batch file.
  return `"${word}${/\\+$/.exec(word)?.[0] ?? ''}"`;
}

/** Resolves a command as Windows does: as it is, or in the folders of PATH, with the endings of PATHEXT. */
function findOnWindows(
  command: string,
  environment: Environment,
  cwd: string,
  isFile: (path: string) => boolean,
): string | undefined {
  const endings = (variable(environment, 'PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').split(';').filter(Boolean);
  const names = win32.extname(command) === '' ? endings.map((ending) => command + ending) : [command];
  // The current folder is not searched: a repository could put its own `npx.cmd` there.
  const folders = /[\\/]/.test(command)
    ? [cwd]
    : (variable(environment, 'PATH') ?? '')
        .split(';')
        .map((folder) => folder.replaceAll('"', ''))
        .filter((folder) => win32.isAbsolute(folder));
  return folders.flatMap((folder) => names.map((name) => win32.resolve(folder, name))).find(isFile);
}

function variable(environment: Environment, name: string): string | undefined {
  const found = Object.keys(environment).find((key) => key.toUpperCase() === name);
  return found === undefined ? undefined : environment[found];
}

function fileExists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
