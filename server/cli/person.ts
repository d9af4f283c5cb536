import { createInterface } from 'node:readline/promises';
import { homedir, userInfo } from 'node:os';
import { openStateFolder, stateFolder } from '../protocol';
import type { StateLayout } from '../protocol';
import type { CommandContext } from './command';

/** The name of the person at the keyboard, as the operating system has it. */
export function userName(): string {
  return userInfo().username;
}

/** The state folder, ready to use. @throws {StateError} if it can't be */
export function openState(env: CommandContext['env']): StateLayout {
  return openStateFolder(stateFolder(env, homedir()));
}

/**
 * Asks a person yes or no on the terminal; anything but a clear yes is a no.
 * @returns undefined if there is no terminal, so that nobody can be asked
 */
export async function askYes(
  question: string,
  { stderr, stdin }: CommandContext,
): Promise<boolean | undefined> {
  if (!('isTTY' in stdin) || stdin.isTTY !== true) {
    return undefined;
  }
  // The terminal edits the line: the cursor's movements of an editor of our own would be escaped.
  const terminal = createInterface({ input: stdin, output: stderr, terminal: false });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/** All that standard input holds. @throws Error if it is more than a megabyte */
export async function readAll(stdin: CommandContext['stdin']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Uint8Array | string);
    size += bytes.length;
    if (size > 1_048_576) {
      throw new Error('Standard input holds more than a megabyte.');
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
