import { requestBindings, requestRecords } from '../conditions/bindings';
import { variableValue } from '../conditions/variable-value';
import type { PolicyScope, RequestRecords } from '../conditions/bindings';
import { CelFailure, Timestamp, jsonValue } from '../../cel';
import type {
  Bindings,
  CelValue,
  EvalContext,
  EvalResult,
  JsonObject,
  JsonValue,
  Program,
  TraceEntry,
  ValueResult,
} from '../../cel';
import { scopeValue } from '../names/names';
import type { CompiledCondition, CompiledExpression, ConditionLeaf, Params } from '../compile/table/rows';
import { compareText } from '../issues';
import { Failure } from './failure';
import type { Internals } from './internals';
import type { Recorder } from './recorder';
import type { CheckInput, CheckOptions, EvaluationError } from '../check-types';
import { Variables } from './variables';

/** The derived roles in effect at one scope. */
export interface EffectiveRoles {
  readonly roles: readonly string[];
  /** With strict evaluation: those whose conditions could not be evaluated. */
  readonly failed: readonly string[];
}

/** The settings that all checks of a batch share. */
export class EvaluationSettings {
  readonly strict: boolean;
  readonly globals: JsonObject;
  readonly evaluation: EvalContext;
  readonly onClock: (() => void) | undefined;
  readonly recorder: Recorder | undefined;
  /**
   * True: everything is evaluated that Cerbos evaluates, for callers that record steps or count readings of the clock.
   * False: only what can change the decision.
   */
  readonly thorough: boolean;
  /** Those of the last request: the next may have the same principal. */
  records: RequestRecords | undefined;

  constructor(options: CheckOptions, { onClock, recorder, thorough }: Internals) {
    this.strict = options.strictEvaluation === true;
    this.globals = options.globals ?? {};
    this.evaluation = options.now === undefined ? {} : { now: timestampOf(options.now) };
    this.onClock = onClock;
    this.recorder = recorder;
    this.thorough = thorough === true || onClock !== undefined || recorder !== undefined;
  }
}

/** Evaluates expressions for one check. Variables are worked out once for each set of them. */
export class EvaluationContext {
  #effectiveRoles: EffectiveRoles = noRoles;
  /** True once an expression read `runtime`: its bindings may then keep the old value. */
  #runtimeWasRead = false;
  readonly strict: boolean;
  readonly #settings: EvaluationSettings;
  readonly #recorder: Recorder | undefined;
  readonly #records: RequestRecords;
  #errors: Map<string, EvaluationError> | undefined;
  // A check meets few sets of variables, so that lists are faster than maps.
  #variables: Variables[] | undefined;
  #bindings: { readonly params: Params; readonly bindings: Bindings }[] = [];

  constructor(input: CheckInput, settings: EvaluationSettings) {
    this.#settings = settings;
    this.#recorder = settings.recorder;
    this.strict = settings.strict;
    this.#records = requestRecords(requestOf(input), settings.records);
    settings.records = this.#records;
  }

  /** Everything that could not be evaluated so far, sorted. */
  get errors(): readonly EvaluationError[] {
    if (!this.#errors) {
      return nothing;
    }
    return [...this.#errors.values()].sort(
      (a, b) => compareText(a.expression, b.expression) || compareText(a.message, b.message),
    );
  }

  /** Sets `runtime.effectiveDerivedRoles` from now on; variables that were evaluated keep their values. */
  set effectiveRoles(effectiveRoles: EffectiveRoles) {
    if (effectiveRoles === this.#effectiveRoles) {
      return;
    }
    this.#effectiveRoles = effectiveRoles;
    if (this.#runtimeWasRead) {
      this.#bindings = [];
    }
  }

  /** The names for expressions that read these variables and constants; those of rules leave failing variables unset. */
  bindings(params: Params): Bindings {
    for (const known of this.#bindings) {
      if (known.params === params) {
        return known.bindings;
      }
    }
    const bindings = this.#bind(params, this.#variablesOf(params));
    this.#bindings.push({ params, bindings });
    return bindings;
  }

  /**
   * The names for listing derived roles; `cerbos 0.55` works out their variables apart, and makes those that fail null.
   */
  listingBindings(params: Params): Bindings {
    if (params.variables.length === 0) {
      return this.bindings(params);
    }
    const variables = new Variables(params);
    this.#evaluateAll(variables, true);
    return this.#bind(params, variables);
  }

  #variablesOf(params: Params): Variables | undefined {
    if (params.variables.length === 0) {
      return undefined;
    }
    this.#variables ??= [];
    for (const known of this.#variables) {
      if (known.params === params) {
        return known;
      }
    }
    const variables = new Variables(params);
    this.#variables.push(variables);
    // The effective derived roles may change before a variable is read, and the variable must not see the change.
    if (this.#settings.thorough || params.readsRuntime) {
      this.#evaluateAll(variables, false);
    }
    return variables;
  }

  /** Works out variables, each with those before it. */
  #evaluateAll(variables: Variables, nullOnError: boolean): void {
    const { params } = variables;
    variables.bindings = this.#bind(params, variables);
    this.#recorder?.open('variables', { params });
    for (let index = 0; index < params.variables.length; index++) {
      this.#evaluateVariable(variables, index);
    }
    this.#recorder?.close();
    if (nullOnError && !this.strict) {
      variables.setMissing(null);
    }
  }

  #evaluateVariable(variables: Variables, index: number): CelValue | undefined {
    const variable = variables.params.variables[index];
    if (!variable) {
      return undefined;
    }
    variables.settle(index, undefined);
    const { expression, program } = variable;
    const value = this.#value(expression, variables.bindings ?? this.bindings(variables.params), program);
    if (value instanceof Failure) {
      return undefined;
    }
    variables.settle(index, value);
    return value;
  }

  #bind(params: Params, variables: Variables | undefined): Bindings {
    return requestBindings(this.#records, new ParamsScope(this, params, variables));
  }

  /** A variable's value, worked out when it is first read; undefined if there is none, or if it cannot be evaluated. */
  variable(variables: Variables, name: string): CelValue | undefined {
    const index = variables.indexOf(name);
    if (index < 0) {
      return undefined;
    }
    return variables.isSettled(index) ? variables.valueAt(index) : this.#evaluateVariable(variables, index);
  }

  global(name: string): CelValue | undefined {
    const { globals } = this.#settings;
    return Object.hasOwn(globals, name) ? globals[name] : undefined;
  }

  globalNames(): readonly string[] {
    return Object.keys(this.#settings.globals);
  }

  /** The value of `runtime.effectiveDerivedRoles`. */
  runtimeRoles(): readonly string[] | { readonly error: string } {
    this.#runtimeWasRead = true;
    const { roles, failed } = this.#effectiveRoles;
    return failed.length === 0
      ? roles
      : { error: `failed to compute effective derived roles [${failed.join(', ')}]` };
  }

  /**
   * Evaluates a condition.
   * @returns a failure only under strict evaluation
   */
  holds(condition: CompiledCondition | undefined, bindings: Bindings): boolean | Failure {
    if (!condition) {
      return true;
    }
    if (condition.kind === 'expr') {
      return this.#expressionHolds(condition, bindings);
    }
    const step = this.#recorder?.open('group', { condition });
    const result = this.#groupHolds(condition, bindings);
    if (step && !(result instanceof Failure)) {
      step.held = result;
    }
    this.#recorder?.close();
    return result;
  }

  #expressionHolds(condition: ConditionLeaf, bindings: Bindings): boolean | Failure {
    const { onClock, recorder } = this.#settings;
    if (recorder || onClock) {
      const value = this.#value(condition.expression, bindings);
      return value instanceof Failure ? this.#erring(value) : value === true;
    }
    return this.leafHolds(condition.program, bindings, condition);
  }

  /**
   * Evaluates a condition that is one expression. Reads nothing of it but the program, unless that fails.
   * @returns a failure only under strict evaluation
   */
  leafHolds(program: Program, bindings: Bindings, leaf: ConditionLeaf): boolean | Failure {
    const result = program.test(bindings, this.#settings.evaluation);
    return typeof result === 'boolean' ? result : this.#erring(this.#failure(leaf.expression, result));
  }

  /** The outcome of a condition that cannot be evaluated: not met, unless evaluation is strict. */
  #erring(failure: Failure): boolean | Failure {
    return this.strict ? failure : false;
  }

  #groupHolds({ kind, of }: ConditionGroup, bindings: Bindings): boolean | Failure {
    const stopAt = kind !== 'all';
    for (const each of of) {
      const result = this.holds(each, bindings);
      if (result instanceof Failure) {
        return result;
      }
      if (result === stopAt) {
        return kind === 'any';
      }
    }
    return kind !== 'any';
  }

  /** An output's value, or what went wrong. */
  output(
    expression: CompiledExpression,
    bindings: Bindings,
  ): { readonly val: JsonValue } | { readonly error: string } {
    const result = this.#evaluate(expression, bindings);
    if (result.kind !== 'value') {
      return { error: result.kind === 'error' ? result.message : 'the value is not known' };
    }
    const val = jsonValue(result.value);
    return val instanceof CelFailure ? { error: val.message } : { val };
  }

  #evaluate(expression: CompiledExpression, bindings: Bindings, program = expression.program): EvalResult {
    const { evaluation, onClock, recorder } = this.#settings;
    const watched =
      onClock && !evaluation.now && /now|timeSince/.test(expression.source) ? onClock : undefined;
    if (!recorder && !watched) {
      return program.evaluate(bindings, evaluation);
    }
    const now = evaluation.now ?? (onClock && Timestamp.fromMillis(0));
    const explanation = program.explain(bindings, { ...evaluation, ...(now && { now }) });
    recorder?.add({ kind: 'expression', expression, explanation });
    const readsClock = ({ node }: TraceEntry): boolean => node.kind === 'call' && clockReaders.has(node.name);
    if (watched && explanation.trace.some(readsClock)) {
      watched();
    }
    return explanation.result;
  }

  /** An expression's value, as variables have it. */
  #value(expression: CompiledExpression, bindings: Bindings, program?: Program): CelValue | Failure {
    const result = this.#evaluate(expression, bindings, program);
    return result.kind === 'value' ? variableValue(result.value) : this.#failure(expression, result);
  }

  /** Takes note of what could not be evaluated. */
  #failure({ source }: CompiledExpression, result: Exclude<EvalResult, ValueResult>): Failure {
    const message = result.kind === 'error' ? result.message : 'the value is not known';
    this.#errors ??= new Map();
    this.#errors.set(`${source}\u0000${message}`, { expression: source, message });
    return new Failure(source, message);
  }
}

/** The names that an expression can read beside the request: variables, constants, globals. */
class ParamsScope implements PolicyScope {
  readonly #context: EvaluationContext;
  readonly #params: Params;
  readonly #variables: Variables | undefined;

  constructor(context: EvaluationContext, params: Params, variables: Variables | undefined) {
    this.#context = context;
    this.#params = params;
    this.#variables = variables;
  }

  variables(name: string): CelValue | undefined {
    return this.#variables && this.#context.variable(this.#variables, name);
  }

  constants(name: string): CelValue | undefined {
    return this.#params.constants.get(name);
  }

  globals(name: string): CelValue | undefined {
    return this.#context.global(name);
  }

  names(part: 'variables' | 'constants' | 'globals'): readonly string[] {
    switch (part) {
      case 'variables':
        return this.#variables?.params.variables.map(({ name }) => name) ?? [];
      case 'constants':
        return [...this.#params.constants.keys()];
      case 'globals':
        return this.#context.globalNames();
    }
  }

  effectiveDerivedRoles(): ReturnType<EvaluationContext['runtimeRoles']> {
    return this.#context.runtimeRoles();
  }
}

const noRoles: EffectiveRoles = { roles: [], failed: [] };
const nothing: readonly EvaluationError[] = [];

type ConditionGroup = Exclude<CompiledCondition, ConditionLeaf>;

const clockReaders = new Set(['now', 'timeSince']);

/** The request as expressions see it: without the leading dot that scopes may have. */
function requestOf(input: CheckInput): Parameters<typeof requestRecords>[0] {
  const { principal, resource } = input;
  if (!hasDot(principal.scope) && !hasDot(resource.scope)) {
    return input;
  }
  return { ...input, principal: withoutDot(principal), resource: withoutDot(resource) };
}

function hasDot(scope: string | undefined): boolean {
  return scope?.startsWith('.') === true;
}

function withoutDot<T extends { readonly scope?: string }>(who: T): T {
  return who.scope === undefined ? who : { ...who, scope: scopeValue(who.scope) };
}

function timestampOf(now: Date | Timestamp): Timestamp {
  return now instanceof Date ? Timestamp.fromMillis(now.getTime()) : now;
}
