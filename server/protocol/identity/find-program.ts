import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Machine } from './machine';

/** An environment as a process has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The file that a command starts: as it is, or the first of its name in the folders of PATH, which count from the
 * working directory where they are relative or empty.
 * @returns an absolute path; undefined if there is no such file
 */
export function findProgram(
  command: string,
  cwd: string,
  environment: Environment,
  machine: Pick<Machine, 'isFile'>,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const endings =
    platform === 'win32'
      ? ['', ...(variable(environment, 'PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').split(';')]
      : [''];
  const folders =
    isAbsolute(command) || /[\\/]/.test(command)
      ? ['']
      : (variable(environment, 'PATH') ?? '').split(delimiter).map((folder) => folder.replaceAll('"', ''));
  return folders
    .flatMap((folder) => endings.map((ending) => resolve(cwd, join(folder, `${command}${ending}`))))
    .find((path) => machine.isFile(path));
}

/** Names have no case on Windows. */
function variable(environment: Environment, name: string): string | undefined {
  return environment[name] ?? Object.entries(environment).find(([key]) => key.toUpperCase() === name)?.[1];
}
