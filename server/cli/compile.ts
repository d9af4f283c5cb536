import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import path from 'node:path';
import { compilePolicySet, parseSuiteFilter, readPolicyDirectory, runSuites } from '../policy';
import type { CompiledPolicies, PolicyFile, PolicySet, SuiteFilter } from '../policy';
import { UsageError } from './command';
import type { Command, CommandContext } from './command';
import { paint } from './compile/color';
import type { Paint } from './compile/color';
import { coverageLcov } from './compile/coverage-lcov';
import { coverageText } from './compile/coverage-text';
import { compileErrors, lintErrors } from './compile/errors-json';
import { compileErrorsText, lintErrorsText, warningsText } from './compile/errors-text';
import { junit } from './compile/junit';
import { Progress } from './compile/progress';
import { resultsJson } from './compile/results-json';
import { resultsTree } from './compile/results-tree';

const usage = `Usage: gatehouse compile DIR [OPTION...]

Compiles Cerbos policies and runs their test suites, with the options, the JSON and the exit codes of cerbos compile.

  --skip-tests             only compile
  --ignore-schemas         attributes may be anything, and schemas may be missing or wrong
  --test-filter FILTER     run only some tests: 'suite=a*;test=b,c;principal=p;resource=r;action=view'
                           (globs; may be repeated)
  --tests DIR              where the test suites are, if not in DIR
  --skip-batching          decide each action by itself
  --strict-evaluation      an expression that cannot be evaluated denies
  --coverage               show which rules and which outcomes of conditions the tests exercised; with
                           JSON and JUnit on standard error, so that they stay as they are
  --coverage-output FILE   write the same as an lcov report
  --output FORMAT, -o      tree (default), list or json
  --test-output FORMAT     tree, list, json or junit, for the test results only
  --color WHEN             auto (default), always or never
  --no-color               the same as --color never
  --verbose                also show the tests that pass, and how those that do not were decided

Exits with 0 if all is well, 3 if the policies do not compile, 4 if a test fails, and 1 if DIR cannot be read.`;

/** What `cerbos compile` exits with. */
const exitCodes = { success: 0, unreadable: 1, doesNotCompile: 3, testsFailed: 4 } as const;

/** Compiles policies and runs their tests. */
export const command: Command = {
  summary: 'compile policies and run their tests',
  usage,
  run: (args, context) => runCompile(args, context),
};

/**
 * `gatehouse compile`.
 * @returns the exit code of `cerbos compile`
 * @throws {UsageError} if the command line is wrong
 */
export async function runCompile(args: readonly string[], context: CommandContext): Promise<number> {
  const options = readOptions(args, context);
  const { stdout, stderr } = context;
  const directory = path.resolve(context.cwd, options.directory);
  let files: PolicyFile[];
  let tests: PolicyFile[] | undefined;
  try {
    files = await readPolicyDirectory(directory);
    if (options.tests !== undefined)
      tests = await readPolicyDirectory(path.resolve(context.cwd, options.tests));
  } catch (error) {
    stderr.write(
      `gatehouse: error: failed to load policy repository at "${directory}": ${reasonOf(error)}\n`,
    );
    return exitCodes.unreadable;
  }
  const { ignoreSchemas } = options;
  const compiled = compilePolicySet(files, undefined, { ignoreSchemas });
  const suites = tests ? compilePolicySet(tests).suites : compiled.suites;
  if (!compiled.set) {
    stdout.write(errorsOutput(compiled, options));
    stderr.write('gatehouse: error: failed to compile\n');
    return exitCodes.doesNotCompile;
  }
  stderr.write(warningsText(compiled.issues, paint(false)));
  return options.skipTests ? exitCodes.success : runTests(compiled.set, suites, options, context);
}

async function runTests(
  set: PolicySet,
  suites: CompiledPolicies['suites'],
  options: CompileOptions,
  { stdout, stderr, cwd }: CommandContext,
): Promise<number> {
  const { testOutput, verbose, coverageOutput } = options;
  const isMeasured = options.coverage || coverageOutput !== undefined;
  const progress = new Progress(stderr);
  const onProgress = (done: number, total: number): void => {
    progress.show('Test suites', done, total);
  };
  const results = runSuites(set, suites, { ...options, trace: verbose, coverage: isMeasured, onProgress });
  progress.end();
  switch (testOutput) {
    case 'json':
      stdout.write(resultsJson(results));
      break;
    case 'junit':
      stdout.write(junit(results, verbose));
      break;
    case 'tree':
    case 'list':
      stdout.write(resultsTree(results, testOutput, verbose, options.paint));
  }
  const { coverage, summary } = results;
  if (coverage && options.coverage) {
    const isForPeople = testOutput === 'tree' || testOutput === 'list';
    (isForPeople ? stdout : stderr).write(coverageText(coverage, isForPeople ? options.paint : paint(false)));
  }
  if (coverage && coverageOutput !== undefined) {
    await writeFile(path.resolve(cwd, coverageOutput), coverageLcov(coverage));
  }
  const { result } = summary;
  if (result !== 'failed' && result !== 'errored') return exitCodes.success;
  stderr.write('gatehouse: error: tests failed\n');
  return exitCodes.testsFailed;
}

function errorsOutput(compiled: CompiledPolicies, options: CompileOptions): string {
  const errors = compiled.issues.filter(({ severity }) => severity === 'error');
  const loading = errors.filter(({ stage }) => stage === 'load');
  if (loading.length > 0) {
    return options.output === 'json'
      ? lintErrors(compiled, loading)
      : lintErrorsText(compiled, loading, options.paint);
  }
  const compiling = errors.filter(({ stage }) => stage === 'compile');
  return options.output === 'json'
    ? compileErrors(compiled, compiling)
    : compileErrorsText(compiled, compiling, options.paint);
}

interface CompileOptions {
  readonly directory: string;
  readonly tests: string | undefined;
  readonly skipTests: boolean;
  readonly ignoreSchemas: boolean;
  readonly skipBatching: boolean;
  readonly strictEvaluation: boolean;
  readonly filter: SuiteFilter;
  readonly output: Format;
  readonly testOutput: Format | 'junit';
  readonly verbose: boolean;
  readonly coverage: boolean;
  readonly coverageOutput: string | undefined;
  readonly paint: Paint;
}

type Format = 'tree' | 'list' | 'json';
const formats: readonly string[] = ['tree', 'list', 'json'];

function readOptions(args: readonly string[], { stdout, env }: CommandContext): CompileOptions {
  const { values, positionals } = parse(args);
  const [directory, ...others] = positionals;
  if (directory === undefined || directory === '') throw new UsageError('The policy directory is missing.');
  if (others.length > 0) throw new UsageError(`There is one directory too many: ${others.join(' ')}`);
  if (values.run !== undefined)
    throw new UsageError('--run is deprecated and not supported: use --test-filter.');
  const output = formatOf('--output', values.output ?? 'tree', formats) as Format;
  const testOutput = formatOf('--test-output', values['test-output'] ?? output, [...formats, 'junit']);
  const color = values['no-color'] === true ? 'never' : (values.color ?? 'auto');
  return {
    directory,
    tests: values.tests,
    skipTests: values['skip-tests'] === true,
    ignoreSchemas: values['ignore-schemas'] === true,
    skipBatching: values['skip-batching'] === true,
    strictEvaluation: values['strict-evaluation'] === true,
    filter: filterOf(values['test-filter'] ?? []),
    output,
    testOutput: testOutput as Format | 'junit',
    verbose: values.verbose === true,
    coverage: values.coverage === true,
    coverageOutput: values['coverage-output'],
    paint: paint(color === 'auto' ? isTerminal(stdout, env) : color !== 'never'),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'ignore-schemas': { type: 'boolean' },
        tests: { type: 'string' },
        run: { type: 'string' },
        'test-filter': { type: 'string', multiple: true },
        'skip-tests': { type: 'boolean' },
        'skip-batching': { type: 'boolean' },
        'strict-evaluation': { type: 'boolean' },
        output: { type: 'string', short: 'o' },
        'test-output': { type: 'string' },
        color: { type: 'string' },
        'no-color': { type: 'boolean' },
        verbose: { type: 'boolean' },
        coverage: { type: 'boolean' },
        'coverage-output': { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(reasonOf(error), { cause: error });
  }
}

function filterOf(texts: readonly string[]): SuiteFilter {
  try {
    return parseSuiteFilter(texts);
  } catch (error) {
    throw new UsageError(`invalid test filter: ${reasonOf(error)}`, { cause: error });
  }
}

function formatOf(option: string, format: string, known: readonly string[]): string {
  if (known.includes(format)) return format;
  throw new UsageError(`${option} must be one of ${known.join(', ')}, not ${JSON.stringify(format)}.`);
}

function isTerminal(stdout: CommandContext['stdout'], env: CommandContext['env']): boolean {
  return 'isTTY' in stdout && stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '';
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
