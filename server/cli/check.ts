import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { parseTimestamp } from '../cel';
import type { Timestamp } from '../cel';
import { compilePolicySet, readPolicyDirectory } from '../policy';
import type { CheckOptions, PolicySet } from '../policy';
import { answer } from './check/answer';
import { UsageError } from './command';
import type { Command, CommandContext } from './command';

const usage = `Usage: gatehouse check --policies DIR [OPTION...]

Answers Cerbos CheckResources requests: JSON in, JSON out, one a line, in the shape of Cerbos' HTTP API.

  --policies DIR           the policies
  --strict-evaluation      an expression that cannot be evaluated denies
  --lenient-scope-search   a scope without policies falls back to its ancestors
  --schema-enforcement MODE
                           what becomes of attributes that a schema does not allow: none (default, as in Cerbos),
                           warn (the answer tells), or reject (all actions are denied)
  --globals JSON           an object, readable as G in expressions
  --now TIME               what now() is, such as 2026-01-31T12:00:00Z; the present, if not given
  --explain                each result also has an "explanation": every rule with its outcome, what conditions,
                           variables and derived roles came to, and where they are written

A line that cannot be answered is answered with {"code": 3, "message": …}; the next one is read all the same.
Exits with 0 at the end of the input, with 3 if the policies do not compile.`;

const doesNotCompile = 3;

/** Answers requests against policies. */
export const command: Command = {
  summary: 'answer CheckResources requests, one a line',
  usage,
  run: (args, context) => runCheck(args, context),
};

/**
 * `gatehouse check`: answers every line of standard input with one line, in order.
 * @returns the exit code
 * @throws {UsageError} if the command line is wrong
 */
export async function runCheck(args: readonly string[], context: CommandContext): Promise<number> {
  const { policies, now, explain, ...options } = readOptions(args);
  // As in a Cerbos server, schemas that are not enforced may be missing or wrong.
  const ignoreSchemas = options.schemaEnforcement === 'none';
  const set = await load(path.resolve(context.cwd, policies), ignoreSchemas, context);
  if (!set) return doesNotCompile;
  for await (const line of createInterface({ input: context.stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    const answered = answer(set, line, { ...options, now: now ?? new Date() }, explain);
    const written = context.stdout.write(`${answered}\n`);
    if (!written) await new Promise((resolve) => context.stdout.once('drain', resolve));
  }
  return 0;
}

async function load(
  directory: string,
  ignoreSchemas: boolean,
  { stderr }: CommandContext,
): Promise<PolicySet | undefined> {
  const files = await readPolicyDirectory(directory);
  const { set, issues } = compilePolicySet(files, undefined, { ignoreSchemas });
  for (const { severity, stage, file, line, column, message } of issues) {
    if (severity === 'error' && stage !== 'test') stderr.write(`${file}:${line}:${column} ${message}\n`);
  }
  return set;
}

interface CheckArguments extends Omit<CheckOptions, 'now'> {
  readonly policies: string;
  readonly now: Timestamp | undefined;
  readonly explain: boolean;
}

function readOptions(args: readonly string[]): CheckArguments {
  const values = parse(args);
  if (values.policies === undefined || values.policies === '') throw new UsageError('--policies is missing.');
  const now = values.now === undefined ? undefined : parseTimestamp(values.now);
  if (values.now !== undefined && now === undefined) {
    throw new UsageError(
      `--now must be a time such as 2026-01-31T12:00:00Z, not ${JSON.stringify(values.now)}.`,
    );
  }
  return {
    policies: values.policies,
    strictEvaluation: values['strict-evaluation'] === true,
    lenientScopeSearch: values['lenient-scope-search'] === true,
    schemaEnforcement: enforcementOf(values['schema-enforcement'] ?? 'none'),
    globals: globalsOf(values.globals),
    now,
    explain: values.explain === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        policies: { type: 'string' },
        'strict-evaluation': { type: 'boolean' },
        'lenient-scope-search': { type: 'boolean' },
        'schema-enforcement': { type: 'string' },
        globals: { type: 'string' },
        now: { type: 'string' },
        explain: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function enforcementOf(mode: string): NonNullable<CheckOptions['schemaEnforcement']> {
  if (mode === 'none' || mode === 'warn' || mode === 'reject') return mode;
  throw new UsageError(`--schema-enforcement must be none, warn or reject, not ${JSON.stringify(mode)}.`);
}

function globalsOf(text: string | undefined): NonNullable<CheckOptions['globals']> {
  if (text === undefined) return {};
  let globals: unknown;
  try {
    globals = JSON.parse(text);
  } catch (error) {
    throw new UsageError('--globals is not JSON.', { cause: error });
  }
  if (typeof globals !== 'object' || globals === null || Array.isArray(globals)) {
    throw new UsageError('--globals must be a JSON object.');
  }
  return globals as NonNullable<CheckOptions['globals']>;
}
