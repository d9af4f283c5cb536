import { createInterface } from 'node:readline';
import type { CommandContext } from '../command';

/** Answers one line of standard input with one line. Never throws. */
export type AnswerLine = (line: string) => Promise<string>;

/** Answers every line of standard input that is not blank, in order, until its end; waits where nobody reads. */
export async function answerLines(
  answerLine: AnswerLine,
  { stdin, stdout }: Pick<CommandContext, 'stdin' | 'stdout'>,
): Promise<void> {
  for await (const line of createInterface({ input: stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') {
      continue;
    }
    const written = stdout.write(`${await answerLine(line)}\n`);
    if (!written) {
      await new Promise((resolve) => stdout.once('drain', resolve));
    }
  }
}
