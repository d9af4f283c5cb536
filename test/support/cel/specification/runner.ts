import type { IncrementalTest, IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import type {
  CelType,
  CelValue,
  EvalResult,
  FunctionDefinition,
  Library,
  ParseOptions,
  VariableDeclaration,
} from '../../../../server/cel/index';
import {
  boolType,
  bytesType,
  doubleType,
  intType,
  nullType,
  stringType,
  parametersOf,
  uintType,
} from '../../../../server/cel/types';
import {
  check,
  Environment,
  formatType,
  formatValue,
  parse,
  standardLibraries,
  unparse,
} from '../../../../server/cel/index';
import { validateLiterals } from '../../../../server/cel/checker/validate-literals';
import { planProgram } from '../../../../server/cel/evaluator/planned-program';
import { fail } from '../../../../server/cel/values/failure';
import { KindAdorner, toDebugString } from '@bufbuild/cel-spec/testdata/to-debug-string.js';
import { toSpecExpr } from './ast';
import { expandTestMacros } from './macros';
import { specSchema } from './schema';
import { supplements } from './supplement';
import type { Supplement } from './supplement';
import { fromSpecType, fromSpecValue, identical, NotApplicable } from './values';

/** The names of the type parameters that occur in a type. */
function typeParameters(type: CelType): readonly string[] {
  return type.kind === 'param' ? [type.name] : parametersOf(type).flatMap(typeParameters);
}

/** A test of the specification with the names of the suites that it is in. */
interface SpecTest {
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
type SpecResult = { readonly passed: true } | { readonly passed: false; readonly reason: string };

const passed: SpecResult = { passed: true };

function failed(reason: string): SpecResult {
  return { passed: false, reason };
}

/** Runs a test of the conformance suite: parse, check unless told not to, evaluate, compare. */
export function runConformance({ original }: IncrementalTest): SpecResult {
  try {
    const environment = new Environment({
      libraries: [...standardLibraries, declaredFunctions(original)],
      container: original.container,
      schema: specSchema,
      variables: declaredVariables(original),
    });
    const parsed = parse(expandTestMacros(original.expr));
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
    const program = planProgram(parsed.expr, checked);
    return compareResult(original, program.evaluate(bindingsOf(original)));
  } catch (error) {
    if (error instanceof NotApplicable) {
      return failed(error.message);
    }
    throw error;
  }
}

/** The options that the reference was recorded with are known from its errors alone. */
function asRecorded(error: string | undefined): ParseOptions {
  return {
    optionalSyntax: !/unsupported syntax '(?:\.\?|\[\?|\?)'/.test(error ?? ''),
    quotedFields: !(error?.includes("unsupported syntax: '`'") ?? false),
    ...(/recursion (?:limit|depth) exceeded/.test(error ?? '') ? { maxDepth: 32 } : {}),
  };
}

/** Compares the tree with the one that cel-go parsed; where cel-go has an error, there must be one. */
export function runParsing({ original, ast, error }: IncrementalTest): SpecResult {
  // The reference was made without the macros of libraries.
  const { expr, issues } = parse(original.expr, {
    macros: original.disableMacros ? 'none' : 'standard',
    ...asRecorded(error),
  });
  if (ast === undefined) {
    return issues.length > 0 ? passed : failed(`no error; cel-go: ${error?.split('\n')[0] ?? 'none'}`);
  }
  if (issues.length > 0) {
    return failed(issues.map((issue) => issue.message).join('; '));
  }
  return toDebugString(toSpecExpr(expr), KindAdorner.singleton) === ast ? passed : failed('another tree');
}

/** Runs a test of the comprehension suite as cel-go's test says. */
export function runComprehension({ original }: IncrementalTest, name: string): SpecResult {
  const { variables = {}, bindings = {}, unknowns, wanted } = supplements.get(name) ?? plain;
  const parsed = parse(original.expr);
  if (wanted.kind === 'written') {
    const text = unparse(parsed.expr);
    return text === wanted.text ? passed : failed(`${text} instead of ${wanted.text}`);
  }
  const environment = new Environment({
    variables: Object.entries(variables).map(([variable, type]) => ({ name: variable, type })),
  });
  const checked = check(parsed, environment);
  const messages = [...parsed.issues, ...checked.issues].map((issue) => issue.message).join('; ');
  if (wanted.kind === 'refused' || messages !== '') {
    const asWanted = wanted.kind === 'refused' && messages.includes(wanted.message);
    return asWanted ? passed : failed(messages === '' ? 'accepted' : messages);
  }
  const result = planProgram(parsed.expr, checked).evaluate(bindings, unknowns ? { unknowns } : {});
  const asWanted =
    (wanted.kind === 'true' && result.kind === 'value' && result.value === true) ||
    (wanted.kind === 'fails' && result.kind === 'error' && result.message.includes(wanted.message)) ||
    (wanted.kind === 'unknown' && result.kind === 'unknown' && unparse(result.residual) === wanted.residual);
  return asWanted ? passed : failed(show(result));
}

const plain: Supplement = { wanted: { kind: 'true' } };

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

/** Compares the type, or the first error, with cel-go's checker. */
export function runChecking({ original, type, error }: IncrementalTest): SpecResult {
  const environment = new Environment({
    libraries: [
      // The reference was recorded without these, unless it uses them.
      ...standardLibraries
        .filter(({ name }) => name !== 'encoders')
        .map((library) =>
          error?.includes('no matching overload') === true ? withoutCrossType(library) : library,
        ),
      checkerFunctions,
      declaredFunctions(original),
    ],
    container: original.container,
    schema: specSchema,
    variables: [
      ...checkerVariables.map(([name, declared]) => ({ name, type: declared })),
      ...declaredVariables(original),
    ],
  });
  const parsed = parse(original.expr, asRecorded(error));
  const checked = check(parsed, environment);
  const [issue] = parsed.issues.length > 0 ? parsed.issues : checked.issues;
  const wanted = error === undefined ? type : /^ERROR: \S+ (.*)/.exec(error)?.[1];
  const got = issue?.message ?? formatType(checked.type);
  return got === wanted ? passed : failed(`${got} instead of ${wanted ?? 'nothing'}`);
}

/** A library without the comparisons of numbers of two kinds. */
function withoutCrossType({ name, functions }: Library): Library {
  const ofTwoKinds = /_(int64|uint64|double)_(int64|uint64|double)$/;
  return {
    name,
    functions: functions.map((each) => ({
      ...each,
      overloads: each.overloads.filter(({ id }) => !(/^(less|greater)/.test(id) && ofTwoKinds.test(id))),
    })),
  };
}

/** The functions that cel-go's checker tests declare for all of them. */
const checkerFunctions: Library = {
  name: 'declared',
  functions: [
    declared('fg_s', [{ id: 'fg_s_0', method: false, parameters: [], result: stringType }]),
    declared('fi_s_s', [{ id: 'fi_s_s_0', method: true, parameters: [stringType], result: stringType }]),
  ],
};

interface DeclaredOverload {
  readonly id: string;
  readonly method: boolean;
  readonly parameters: readonly CelType[];
  readonly result: CelType;
}

/** A function that expressions may call, without an implementation. */
function declared(name: string, overloads: readonly DeclaredOverload[]): FunctionDefinition {
  return {
    name,
    library: 'declared',
    strictness: { mismatch: 'signature', guards: 'elements' },
    overloads: overloads.map(({ id, method, parameters, result }) => ({
      id,
      signature: {
        method,
        parameters,
        names: parameters.map((_, index) => `arg${index}`),
        result,
        variables: [...new Set([...parameters, result].flatMap(typeParameters))],
      },
      documentation: 'Declared by a test.',
      example: '',
      run: undefined,
      contextual: undefined,
    })),
  };
}

type Declarations = IncrementalTest['original'];

function declaredVariables({ typeEnv }: Declarations): readonly VariableDeclaration[] {
  return typeEnv.flatMap(({ name, declKind }) =>
    declKind.case === 'ident' ? [{ name, type: fromSpecType(declKind.value.type) }] : [],
  );
}

function declaredFunctions({ typeEnv }: Declarations): Library {
  const functions = typeEnv.flatMap(({ name, declKind }) =>
    declKind.case === 'function'
      ? [
          declared(
            name,
            declKind.value.overloads.map((overload) => ({
              id: overload.overloadId,
              method: overload.isInstanceFunction,
              parameters: overload.params.map(fromSpecType),
              result: fromSpecType(overload.resultType),
            })),
          ),
        ]
      : [],
  );
  return { name: 'declared', functions };
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

function compareResult(original: IncrementalTest['original'], result: EvalResult): SpecResult {
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
      return `unknown: ${unparse(result.residual)}`;
  }
}
