import { inertContext } from './inert-output';
import { isUsageError } from './command';
import type { Command, CommandContext } from './command';

/** The commands by name, in the order in which help lists them. */
export type Commands = Readonly<Record<string, ListedCommand>>;

/** A command that is loaded when it is run. */
interface ListedCommand {
  /** One line for `gatehouse --help`, without a full stop. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/**
 * Runs the command that a command line names.
 * @param args what follows `gatehouse`
 * @param version read only when it is shown
 * What it writes is escaped so that nothing in it acts on a terminal but what the command itself means to.
 * @returns the exit code: the command's own; 0 for help and version; 2 for a command line that is wrong; 1 for a fault
 */
export async function runCommandLine(
  args: readonly string[],
  commands: Commands,
  version: () => string,
  outer: CommandContext,
): Promise<number> {
  const context = inertContext(outer);
  const [name, ...rest] = args;
  if (name === '--version' || name === '-v' || name === 'version') {
    context.stdout.write(`gatehouse ${version()}\n`);
    return 0;
  }
  if (
    name === undefined ||
    name === '--help' ||
    name === '-h' ||
    (name === 'help' && rest[0] === undefined)
  ) {
    const help = overview(commands, version());
    (name === undefined ? context.stderr : context.stdout).write(help);
    return name === undefined ? 2 : 0;
  }
  const wanted = name === 'help' ? (rest[0] ?? '') : name;
  const listed = Object.hasOwn(commands, wanted) ? commands[wanted] : undefined;
  if (listed === undefined) {
    context.stderr.write(`gatehouse: ${unknown(wanted, Object.keys(commands))}\n`);
    return 2;
  }
  const command = await listed.load();
  if (name === 'help' || asksForHelp(rest)) {
    context.stdout.write(`${command.usage}\n`);
    return 0;
  }
  return run(wanted, command, rest, command.speaksProtocol === true ? outer : context);
}

async function run(
  name: string,
  command: Command,
  args: readonly string[],
  { stderr, ...rest }: CommandContext,
): Promise<number> {
  try {
    return await command.run(args, { stderr, ...rest });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (isUsageError(error)) {
      stderr.write(`gatehouse ${name}: ${message}\nSee: gatehouse ${name} --help\n`);
      return 2;
    }
    stderr.write(`gatehouse ${name}: ${message}\n`);
    return 1;
  }
}

/** Looks before `--` only: what follows is the command line of a server, whose `--help` is its own. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  return own.includes('--help') || own.includes('-h');
}

function overview(commands: Commands, version: string): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `gatehouse ${version}: the place where AI agents ask permission

Usage: gatehouse COMMAND [OPTION...]

${lines.join('\n')}

Each has its own help: gatehouse COMMAND --help
`;
}

function unknown(name: string, names: readonly string[]): string {
  const near = names.find((other) => distance(name, other) <= 2);
  return `there is no command ${JSON.stringify(name)}. ${near ? `Did you mean ${near}?` : `The commands are ${names.join(', ')}.`}`;
}

/** Edits from one word to another (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [at, letter] of Array.from(from).entries()) {
    const next = [at + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
