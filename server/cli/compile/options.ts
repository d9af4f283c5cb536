import { parseArgs } from 'node:util';
import { parseSuiteFilter } from '../../policy';
import type { SuiteFilter } from '../../policy';
import { UsageError } from '../command';
import type { CommandContext } from '../command';
import { paint } from './color';
import type { Paint } from './color';

/** The arguments of `gatehouse compile`, parsed. */
export interface CompileOptions {
  readonly directory: string;
  readonly tests: string | undefined;
  readonly skipTests: boolean;
  readonly ignoreSchemas: boolean;
  readonly skipBatching: boolean;
  readonly strictEvaluation: boolean;
  readonly run: string;
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

/**
 * Reads the command line.
 * @throws {UsageError}
 */
export function readOptions(
  args: readonly string[],
  { escape, stdout, env }: CommandContext,
): CompileOptions {
  const { values, positionals } = parse(args);
  const [directory, ...others] = positionals;
  if (directory === undefined || directory === '') {
    throw new UsageError('The policy directory is missing.');
  }
  if (others.length > 0) {
    throw new UsageError(`There is one directory too many: ${others.join(' ')}`);
  }
  const output = formatOf('--output', values.output ?? 'tree', formats) as Format;
  const testOutput = formatOf('--test-output', values['test-output'] ?? output, [...formats, 'junit']);
  return {
    directory,
    tests: values.tests,
    skipTests: values['skip-tests'] === true,
    ignoreSchemas: values['ignore-schemas'] === true,
    skipBatching: values['skip-batching'] === true,
    strictEvaluation: values['strict-evaluation'] === true,
    run: values.run ?? '',
    filter: filterOf(values['test-filter'] ?? []),
    output,
    testOutput: testOutput as Format | 'junit',
    verbose: values.verbose === true,
    coverage: values.coverage === true,
    coverageOutput: values['coverage-output'],
    paint: paint(values['no-color'] !== true && isColorful(values.color ?? 'auto', stdout, env), escape),
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
  if (known.includes(format)) {
    return format;
  }
  throw new UsageError(`${option} must be one of ${known.join(', ')}, not ${JSON.stringify(format)}.`);
}

/**
 * Reads the values of `--color` that `cerbos 0.55` takes. The numbers of colors mean the same as `always` here.
 */
function isColorful(when: string, stdout: CommandContext['stdout'], env: CommandContext['env']): boolean {
  if (when === 'auto') {
    return isTerminal(stdout) && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  }
  if (['always', 'true', '256', '16m', 'full', 'truecolor'].includes(when)) {
    return true;
  }
  if (['never', 'false'].includes(when)) {
    return false;
  }
  throw new UsageError(`--color must be one of auto, always, never, 256, 16m, not ${JSON.stringify(when)}.`);
}

function isTerminal(stdout: CommandContext['stdout']): boolean {
  return 'isTTY' in stdout && stdout.isTTY === true;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
