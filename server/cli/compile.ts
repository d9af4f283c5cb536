import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compilePolicySet, parseTestPattern, runSuites } from '../policy';
import type { CompiledPolicies, PolicyFile, PolicySet, RunOptions, RunProgress } from '../policy';
import type { Command, CommandContext } from './command';
import { paint } from './compile/color';
import { coverageLcov } from './compile/coverage-lcov';
import { coverageText } from './compile/coverage-text';
import { compileErrors, lintErrors } from './compile/errors-json';
import { compileErrorsText, lintErrorsText, warningsText } from './compile/errors-text';
import { junit } from './compile/junit';
import { readOptions } from './compile/options';
import type { CompileOptions } from './compile/options';
import { Progress } from './compile/progress';
import { resultsJson } from './compile/results-json';
import { resultsTree } from './compile/results-tree';
import { readPolicyDirectory } from '../policy/folder';

const usage = `Usage: gatehouse compile DIR [OPTION...]

Compiles Cerbos policies and runs their test suites, with the options, the JSON and the exit codes of cerbos compile.

  --skip-tests             only compile
  --ignore-schemas         attributes may be anything, and schemas may be missing or wrong
  --test-filter FILTER     run only some tests: 'suite=a*;test=b,c;principal=p;resource=r;action=view'
                           (globs; may be repeated)
  --run REGEXP             run only tests whose full name has a match: the suite's name, a slash, and
                           test_table_name:"…"  principal_key:"…"  resource_key:"…" (deprecated in Cerbos)
  --tests DIR              where the test suites are, if not in DIR
  --skip-batching          decide each action by itself
  --strict-evaluation      an expression that cannot be evaluated denies
  --coverage               show which rules and which outcomes of conditions the tests exercised; with
                           JSON and JUnit on standard error, so that they stay as they are
  --coverage-output FILE   write the same as an lcov report
  --output FORMAT, -o      tree (default), list or json
  --test-output FORMAT     tree, list, json or junit, for the test results only
  --color WHEN             auto (default: on a terminal, unless NO_COLOR is set), always or never
  --no-color               the same as --color never
  --verbose                also show the tests that pass, and how those that do not were decided

Exits with 0 if all is well, 3 if the policies do not compile, 4 if a test fails, and 1 if DIR cannot be read,
REGEXP is not one, or JSON cannot hold the results.`;

/** The exit codes of `cerbos compile`. */
const exitCodes = { success: 0, cannotRun: 1, doesNotCompile: 3, testsFailed: 4 } as const;

/** Compiles policies and runs their tests. */
export const command: Command = {
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
    if (options.tests !== undefined) {
      tests = await readPolicyDirectory(path.resolve(context.cwd, options.tests));
    }
  } catch (error) {
    stderr.write(
      `gatehouse: error: failed to load policy repository at "${directory}": ${reasonOf(error)}\n`,
    );
    return exitCodes.cannotRun;
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
  { stdout, stderr, cwd, escape }: CommandContext,
): Promise<number> {
  const { testOutput, verbose, coverageOutput } = options;
  let pattern: RunOptions['pattern'];
  try {
    pattern = parseTestPattern(options.run);
  } catch (error) {
    stderr.write(`gatehouse: error: failed to run tests: ${reasonOf(error)}\n`);
    return exitCodes.cannotRun;
  }
  const isMeasured = options.coverage || coverageOutput !== undefined;
  const progress = new Progress(stderr, escape);
  const results = runSuites(set, suites, {
    ...options,
    ...(pattern && { pattern }),
    trace: verbose,
    coverage: isMeasured,
    onProgress: (done) => {
      progress.show(() => progressText(done));
    },
  });
  progress.end();
  switch (testOutput) {
    case 'json': {
      const json = resultsJson(results);
      if ('problem' in json) {
        stderr.write(`gatehouse: error: failed to display test results: ${json.problem}\n`);
        return exitCodes.cannotRun;
      }
      stdout.write(json.text);
      break;
    }
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
  if (result !== 'failed' && result !== 'errored') {
    return exitCodes.success;
  }
  stderr.write('gatehouse: error: tests failed\n');
  return exitCodes.testsFailed;
}

function progressText({ suites, ofSuites, tests, ofTests }: RunProgress): string {
  return `Tests: ${tests} of ${ofTests}, suites: ${suites} of ${ofSuites}`;
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

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
