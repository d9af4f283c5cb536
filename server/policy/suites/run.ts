import { tableOf } from '../compile/policy-set';
import type { PolicySet } from '../compile/policy-set';
import type { RuleTable } from '../compile/table/table';
import { decide } from '../decide/decide';
import { Recorder } from '../decide/recorder';
import type { CheckOutput } from '../check-types';
import { engineTrace } from '../explain/engine-trace';
import { locate } from '../issues';
import type { Located } from '../model/schema';
import type { SourceLocation } from '../position';
import { CoverageGatherer } from './coverage/coverage';
import { filterReasons, passes } from './filter';
import { checkOptionsOf } from './options';
import { InputPlaces } from './places';
import { jsonEqual } from './plan';
import type { PlannedTest } from './plan';
import { fullTestName, patternReason } from './test-pattern';
import { summarize, summarizeSuites } from './summary';
import type {
  ActionResult,
  OutputFailure,
  RunOptions,
  Suite,
  SuiteFilter,
  SuiteResult,
  SuiteResults,
  TestCaseResult,
} from './types';

/**
 * Runs test suites as `cerbos compile` does (Cerbos documentation, "Validating and testing policies"). Never throws; a
 * suite that cannot run is reported as errored.
 */
export function runSuites(set: PolicySet, suites: readonly Suite[], options: RunOptions = {}): SuiteResults {
  const steps = runSuitesStepwise(set, suites, options);
  let step = steps.next();
  while (step.done !== true) {
    step = steps.next();
  }
  return step.value;
}

/** Like {@link runSuites}, but yields after each suite, so that the caller can do other work in between, or stop. */
export function* runSuitesStepwise(
  set: PolicySet,
  suites: readonly Suite[],
  options: RunOptions = {},
): Generator<undefined, SuiteResults, undefined> {
  const table = tableOf(set);
  const coverage = options.coverage === true ? new CoverageGatherer(table) : undefined;
  const total = { ofSuites: suites.length, ofTests: sumOf(suites, ({ tests }) => tests.length) };
  let tests = 0;
  const results: SuiteResult[] = [];
  for (const [index, suite] of suites.entries()) {
    const onTest = (): void => options.onProgress?.({ ...total, suites: index, tests: ++tests });
    results.push(new SuiteRun(table, suite, options, coverage, onTest).run());
    yield;
  }
  results.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  const summary = summarizeSuites(results);
  return { suites: results, summary, ...(coverage && { coverage: coverage.result() }) };
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

class SuiteRun {
  readonly #table: RuleTable;
  readonly #suite: Suite;
  readonly #options: RunOptions;
  readonly #filter: SuiteFilter;
  readonly #coverage: CoverageGatherer | undefined;
  readonly #onTest: () => void;

  constructor(
    table: RuleTable,
    suite: Suite,
    options: RunOptions,
    coverage: CoverageGatherer | undefined,
    onTest: () => void,
  ) {
    this.#onTest = onTest;
    this.#table = table;
    this.#coverage = coverage;
    this.#suite = suite;
    this.#options = options;
    this.#filter = options.filter ?? {};
  }

  run(): SuiteResult {
    const { file, suite, error, tests } = this.#suite;
    const name = suite?.name;
    // `cerbos 0.55` has forgotten the name by the time it reports that a suite cannot be read.
    const readable = !file.issues.some(({ severity }) => severity === 'error');
    const description = readable ? suite?.description?.value : undefined;
    const head = {
      file: file.path,
      name: (readable ? name?.value : undefined) ?? 'Unknown',
      ...(description && { description }),
      location: locate(file, name?.span ?? { start: 0, end: 0 }),
    };
    if (error !== undefined) {
      return { ...head, error, tests: [], summary: summarize([], 'errored') };
    }
    if (suite?.skip?.value) {
      const skipReason = suite.skipReason?.value;
      return { ...head, ...(skipReason && { skipReason }), tests: [], summary: summarize([], 'skipped') };
    }
    const cases = new Map<PlannedTest['table'], ActionResult[]>();
    for (const test of tests) {
      const ofTable = cases.get(test.table) ?? [];
      ofTable.push(...this.#test(test));
      cases.set(test.table, ofTable);
      this.#onTest();
    }
    const results = [...cases].map(([table, actions]): TestCaseResult => {
      const { name: testName } = table.value;
      const location = locate(file, testName?.span ?? table.span);
      return { name: testName?.value ?? '', location, actions, summary: summarize(actions) };
    });
    return { ...head, tests: results, summary: summarize(results.flatMap(({ actions }) => actions)) };
  }

  #test(test: PlannedTest): readonly ActionResult[] {
    const { actions } = test.input;
    const suiteName = this.#suite.suite?.name?.value ?? '';
    const { pattern } = this.#options;
    if (pattern && !pattern.matches(fullTestName(suiteName, test))) {
      return actions.map((action) => this.#skipped(test, action, patternReason, false));
    }
    const reason = this.#filteredOut(test);
    if (reason) {
      return actions.map((action) => this.#skipped(test, action, reason, true));
    }
    const { skip, skipReason } = test.table.value;
    if (skip?.value) {
      return actions.map((action) => this.#skipped(test, action, skipReason?.value ?? '', false));
    }
    const wanted = actions.filter((action) => passes(this.#filter, 'action', action));
    const others = actions.filter((action) => !wanted.includes(action));
    const batches = this.#options.skipBatching ? wanted.map((action) => [action]) : [wanted];
    return [
      ...batches.flatMap((batch) => this.#batch(test, batch)),
      ...others.map((action) => this.#skipped(test, action, filterReasons.action, true)),
    ];
  }

  #filteredOut({ table, principal, resource, input }: PlannedTest): string | undefined {
    const filter = this.#filter;
    if (!passes(filter, 'suite', this.#suite.suite?.name?.value ?? '')) {
      return filterReasons.suite;
    }
    if (!passes(filter, 'test', table.value.name?.value ?? '')) {
      return filterReasons.test;
    }
    if (!passes(filter, 'principal', principal)) {
      return filterReasons.principal;
    }
    if (!passes(filter, 'resource', resource)) {
      return filterReasons.resource;
    }
    return input.actions.some((action) => passes(filter, 'action', action))
      ? undefined
      : filterReasons.action;
  }

  #skipped(test: PlannedTest, action: string, skipReason: string, filtered: boolean): ActionResult {
    return { ...this.#head(test, action), result: 'skipped', skipReason, ...(filtered && { filtered }) };
  }

  /** The fields that every result of an action has. */
  #head(test: PlannedTest, action: string): Omit<ActionResult, 'result'> {
    const expected = test.expected.effects.get(action);
    const asked = test.table.value.input?.value.actions?.value.find(({ value }) => value === action);
    return {
      principal: test.principal,
      resource: test.resource,
      action,
      expected: expected?.value ?? 'EFFECT_DENY',
      location: this.#locate(expected ?? asked ?? test.table),
      places: new InputPlaces(this.#suite.file, test, action),
      outputs: [],
      outputFailures: [],
    };
  }

  #batch(test: PlannedTest, actions: readonly string[]): readonly ActionResult[] {
    const checkOptions = checkOptionsOf(test, this.#options);
    let readClock = false;
    const onClock = (): void => void (readClock = true);
    const isTraced = this.#options.trace === true;
    const recorder = isTraced || this.#coverage ? new Recorder() : undefined;
    const internals = { onClock, ...(recorder && { recorder }) };
    const output = decide(this.#table, { ...test.input, actions }, checkOptions, internals);
    if (recorder) {
      this.#coverage?.note(recorder.steps, test.input, checkOptions);
    }
    const isStrict = checkOptions.strictEvaluation === true;
    const trace = isTraced && recorder && engineTrace(recorder, isStrict, output.validationErrors);
    return actions.map((action) => {
      const clockless = readClock && checkOptions.now === undefined;
      const result = clockless ? this.#clockless(test, action) : this.#compare(test, action, output);
      return trace ? { ...result, trace } : result;
    });
  }

  #clockless(test: PlannedTest, action: string): ActionResult {
    const error = 'a policy used a time-based condition, but `now` was not provided in the test options';
    return { ...this.#head(test, action), result: 'errored', error };
  }

  #compare(test: PlannedTest, action: string, output: CheckOutput): ActionResult {
    const head = this.#head(test, action);
    const actual = output.actions[action];
    if (!actual) {
      return { ...head, result: 'errored', error: `no result for action "${action}"` };
    }
    const outputs = output.outputs.filter((entry) => entry.action === action);
    if (actual.effect !== head.expected) {
      return { ...head, result: 'failed', actual, outputs };
    }
    const outputFailures = this.#outputFailures(test, action, outputs);
    return {
      ...head,
      result: outputFailures.length > 0 ? 'failed' : 'passed',
      actual,
      outputs,
      outputFailures,
    };
  }

  #outputFailures(
    test: PlannedTest,
    action: string,
    outputs: CheckOutput['outputs'],
  ): readonly OutputFailure[] {
    const bySource = new Map(outputs.map((entry) => [entry.src, entry]));
    const failures: OutputFailure[] = [];
    for (const [src, { val, located }] of test.expected.outputs.get(action) ?? []) {
      const actual = bySource.get(src);
      const failure = { src, location: this.#locate(located), ...(val !== undefined && { expected: val }) };
      if (!actual) {
        failures.push({ ...failure, kind: 'missing' });
      } else if (actual.error !== undefined) {
        failures.push({ ...failure, kind: 'errored', error: actual.error });
      } else if (!jsonEqual(val, actual.val)) {
        failures.push({
          ...failure,
          kind: 'mismatched',
          ...(actual.val !== undefined && { actual: actual.val }),
        });
      }
    }
    return failures;
  }

  #locate({ span, mark }: Located<unknown>): SourceLocation {
    return locate(this.#suite.file, span, mark);
  }
}
