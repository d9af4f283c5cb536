import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { parseTimestamp, Timestamp } from '../cel';
import { UsageError } from './command';
import type { Command, CommandContext } from './command';
import { answer } from './eval/answer';

const usage = `Usage: gatehouse eval [OPTION...]

Evaluates CEL expressions in Cerbos' environment: JSON in, JSON out, one a line.

  --now TIME   what now() is, such as 2026-01-31T12:00:00Z; the present, if not given

A line is {"expr": TEXT, "request": {"principal": …, "resource": …, "auxData": …}}; the request may be missing.
The answer is {"value": …} or {"error": TEXT}. A line that cannot be read is answered with an error; the next one is
read all the same.`;

/** Evaluates expressions. */
export const command: Command = {
  usage,
  run: (args, context) => runEval(args, context),
};

/**
 * `gatehouse eval`: answers every line of standard input with one line, in order.
 * @returns the exit code
 * @throws {UsageError} if the command line is wrong
 */
export async function runEval(
  args: readonly string[],
  { stdin, stdout }: Pick<CommandContext, 'stdin' | 'stdout'>,
): Promise<number> {
  const now = readNow(args);
  for await (const line of createInterface({ input: stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') {
      continue;
    }
    if (!stdout.write(`${answer(line, now ?? Timestamp.fromMillis(Date.now()))}\n`)) {
      await new Promise((resolve) => stdout.once('drain', resolve));
    }
  }
  return 0;
}

function readNow(args: readonly string[]): Timestamp | undefined {
  let text: string | undefined;
  try {
    text = parseArgs({ args: [...args], options: { now: { type: 'string' } } }).values.now;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  const now = text === undefined ? undefined : parseTimestamp(text);
  if (text !== undefined && !now) {
    throw new UsageError(`--now must be a time such as 2026-01-31T12:00:00Z, not ${JSON.stringify(text)}.`);
  }
  return now;
}
