import type { IncrementalTest, IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import type { CelType, CelValue, EvalResult } from '../../server/cel/index';
import {
  boolType,
  bytesType,
  doubleType,
  intType,
  nullType,
  stringType,
  uintType,
} from '../../server/cel/types';
import { check, Environment, formatType, formatValue, parse } from '../../server/cel/index';
import { validateLiterals } from '../../server/cel/checker/validate-literals';
import { PlannedProgram } from '../../server/cel/evaluator/planned-program';
import { fail } from '../../server/cel/evaluator/failure';
import { KindAdorner, toDebugString } from '@bufbuild/cel-spec/testdata/to-debug-string.js';
import { toSpecExpr } from './spec-ast';
import { fromSpecType, fromSpecValue, identical, NotApplicable } from './spec-values';

/** A test of the specification with the names of the suites that it is in. */
export interface SpecTest {
  readonly name: string;
  readonly test: IncrementalTest;
}

/** All tests of a suite, each with its full name. A name that comes twice gets a number. */
export function testsOf(suite: IncrementalTestSuite): readonly SpecTest[] {
  const found: SpecTest[] = [];
  const seen = new Map<string, number>();
  const visit = (current: IncrementalTestSuite, path: string): void => {
    for (const test of current.tests) {
      const name = path === '' ? test.name : `${path}/${test.name}`;
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      found.push({ name: count > 1 ? `${name} (${count})` : name, test });
    }
    for (const inner of current.suites) {
      visit(inner, path === '' ? inner.name : `${path}/${inner.name}`);
    }
  };
  visit({ ...suite, name: '' }, '');
  return found;
}

/** How a test came out: passed, failed with a reason, or not applicable with a reason. */
export type Outcome = { readonly passed: true } | { readonly passed: false; readonly reason: string };

const passed: Outcome = { passed: true };

function failed(reason: string): Outcome {
  return { passed: false, reason };
}

/** Runs a test of the conformance suite: parse, check unless told not to, evaluate, compare. */
export function runConformance({ original }: IncrementalTest): Outcome {
  try {
    const environment = new Environment({
      without: ['cerbos'],
      container: original.container,
      variables: original.typeEnv.flatMap((declaration) =>
        declaration.declKind.case === 'ident'
          ? [{ name: declaration.name, type: fromSpecType(declaration.declKind.value.type) }]
          : [],
      ),
    });
    const parsed = parse(original.expr);
    const checked = check(parsed, environment);
    const checking = original.disableCheck
      ? []
      : [...checked.issues, ...validateLiterals(parsed.expr, checked)];
    const issues = parsed.issues.length > 0 ? parsed.issues : checking;
    const expectsError = original.resultMatcher.case === 'evalError';
    if (issues.length > 0) {
      return expectsError ? passed : failed(issues.map((issue) => issue.message).join('; '));
    }
    if (original.resultMatcher.case === 'typedResult') {
      const deduced = formatType(fromSpecType(original.resultMatcher.value.deducedType));
      if (deduced !== formatType(checked.type)) {
        return failed(`type ${formatType(checked.type)} instead of ${deduced}`);
      }
    }
    if (original.checkOnly) {
      return passed;
    }
    const program = new PlannedProgram(parsed.expr, checked);
    return compareResult(original, program.evaluate(bindingsOf(original)));
  } catch (error) {
    if (error instanceof NotApplicable) {
      return failed(error.message);
    }
    throw error;
  }
}

/** Whether the tree is the one that cel-go parsed, or there is an error where cel-go has one. */
export function runParsing({ original, ast, error }: IncrementalTest): Outcome {
  // The reference was made without the macros of libraries.
  const { expr, issues } = parse(original.expr, { macros: original.disableMacros ? 'none' : 'standard' });
  if (ast === undefined) {
    return issues.length > 0 ? passed : failed(`no error; cel-go: ${error?.split('\n')[0] ?? 'none'}`);
  }
  if (issues.length > 0) {
    return failed(issues.map((issue) => issue.message).join('; '));
  }
  return toDebugString(toSpecExpr(expr), KindAdorner.singleton) === ast ? passed : failed('another tree');
}

/** The variables that cel-go's checker tests declare for all of them. */
const checkerVariables: readonly (readonly [string, CelType])[] = [
  ['is', stringType],
  ['ii', intType],
  ['iu', uintType],
  ['iz', boolType],
  ['ib', bytesType],
  ['id', doubleType],
  ['ix', nullType],
];

/** Whether the type, or the first error, is the one that cel-go's checker gives. */
export function runChecking({ original, type, error }: IncrementalTest): Outcome {
  const environment = new Environment({
    without: ['cerbos'],
    container: original.container,
    variables: [
      ...checkerVariables.map(([name, declared]) => ({ name, type: declared })),
      ...original.typeEnv.flatMap((declaration) =>
        declaration.declKind.case === 'ident'
          ? [{ name: declaration.name, type: fromSpecType(declaration.declKind.value.type) }]
          : [],
      ),
    ],
  });
  const parsed = parse(original.expr);
  const checked = check(parsed, environment);
  const [issue] = parsed.issues.length > 0 ? parsed.issues : checked.issues;
  const wanted = error === undefined ? type : /^ERROR: \S+ (.*)/.exec(error)?.[1];
  const got = issue?.message ?? formatType(checked.type);
  return got === wanted ? passed : failed(`${got} instead of ${wanted ?? 'nothing'}`);
}

function bindingsOf(original: IncrementalTest['original']): Record<string, CelValue> {
  return Object.fromEntries(
    Object.entries(original.bindings).map(([name, binding]) => {
      switch (binding.kind.case) {
        case 'value':
          return [name, fromSpecValue(binding.kind.value)];
        case 'error':
          return [name, fail(binding.kind.value.errors[0]?.message ?? 'error') as unknown as CelValue];
        default:
          throw new NotApplicable('unknown binding');
      }
    }),
  );
}

function compareResult(original: IncrementalTest['original'], result: EvalResult): Outcome {
  const matcher = original.resultMatcher;
  if (matcher.case === 'evalError') {
    return result.kind === 'error' ? passed : failed(`${show(result)} instead of an error`);
  }
  const expected =
    matcher.case === 'value'
      ? fromSpecValue(matcher.value)
      : matcher.case === 'typedResult'
        ? fromSpecValue(matcher.value.result!)
        : true;
  if (result.kind !== 'value') {
    return failed(show(result));
  }
  return identical(result.value, expected)
    ? passed
    : failed(`${show(result)} instead of ${formatValue(expected)}`);
}

function show(result: EvalResult): string {
  switch (result.kind) {
    case 'value':
      return formatValue(result.value);
    case 'error':
      return `error: ${result.message}`;
    case 'unknown':
      return 'unknown';
  }
}
