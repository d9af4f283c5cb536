import { Optional, Timestamp, requestBindings, requestRecords, toJson } from '../../cel';
import type {
  Bindings,
  CelValue,
  EvalContext,
  EvalResult,
  JsonObject,
  JsonValue,
  RequestRecords,
  TraceEntry,
} from '../../cel';
import { scopeValue } from '../names';
import type { CompiledCondition, CompiledExpression, Params } from '../compile/rows';
import { Failure } from './failure';
import type { Recorder } from './recorder';
import type { Semantics } from './semantics';
import type { CheckInput, CheckOptions, EvaluationError } from './types';

/** The derived roles in effect at one scope. */
export interface EffectiveRoles {
  readonly roles: readonly string[];
  /** With strict evaluation: those whose conditions could not be evaluated. */
  readonly failed: readonly string[];
}

type Variables = ReadonlyMap<string, CelValue>;

/** Evaluates expressions for one check. Variables are worked out once for each set of them. */
export class EvaluationContext {
  #effectiveRoles: EffectiveRoles = { roles: [], failed: [] };
  readonly strict: boolean;
  readonly #semantics: Semantics;
  readonly #records: RequestRecords;
  readonly #globals: JsonObject;
  readonly #evaluation: EvalContext;
  readonly #errors = new Map<string, EvaluationError>();
  readonly #variables = new Map<Params, Variables>();
  readonly #bindings = new Map<Params, Bindings>();
  readonly #onClock: (() => void) | undefined;
  readonly #recorder: Recorder | undefined;

  /** @param onClock called when an expression reads the clock; the clock then stands at the epoch if there is no `now` */
  constructor(
    input: CheckInput,
    options: CheckOptions,
    semantics: Semantics,
    onClock?: () => void,
    recorder?: Recorder,
  ) {
    this.#onClock = onClock;
    this.#recorder = recorder;
    this.strict = options.strictEvaluation === true;
    this.#semantics = semantics;
    this.#records = requestRecords(requestOf(input));
    this.#globals = options.globals ?? {};
    this.#evaluation = options.now === undefined ? {} : { now: timestampOf(options.now) };
  }

  /** Everything that could not be evaluated so far, sorted. */
  get errors(): readonly EvaluationError[] {
    return [...this.#errors.values()].sort(
      (a, b) => compare(a.expression, b.expression) || compare(a.message, b.message),
    );
  }

  /** What `runtime.effectiveDerivedRoles` is from now on; variables keep the values that they have. */
  set effectiveRoles(effectiveRoles: EffectiveRoles) {
    if (effectiveRoles === this.#effectiveRoles) return;
    this.#effectiveRoles = effectiveRoles;
    this.#bindings.clear();
  }

  /** The names for expressions that read these variables and constants; those of rules leave failing variables unset. */
  bindings(params: Params): Bindings {
    let bindings = this.#bindings.get(params);
    if (!bindings) {
      let variables = this.#variables.get(params);
      if (!variables) {
        variables = this.#evaluateVariables(params, false);
        this.#variables.set(params, variables);
      }
      bindings = this.#bind(params, variables);
      this.#bindings.set(params, bindings);
    }
    return bindings;
  }

  /** The names for listing derived roles; the binary works out their variables apart, and makes those that fail null. */
  listingBindings(params: Params): Bindings {
    return this.#bind(params, this.#evaluateVariables(params, true));
  }

  /** Works out variables, each with those before it. */
  #evaluateVariables(params: Params, nullOnError: boolean): Variables {
    const values = new Map<string, CelValue>();
    if (params.variables.length === 0) return values;
    const bindings = this.#bind(params, values);
    this.#recorder?.open('variables', { params });
    for (const { name, expression } of params.variables) {
      const value = this.#value(expression, bindings);
      if (!(value instanceof Failure)) values.set(name, value);
      else if (nullOnError && !this.strict) values.set(name, null);
    }
    this.#recorder?.close();
    return values;
  }

  #bind(params: Params, variables: Variables): Bindings {
    const { roles, failed } = this.#effectiveRoles;
    return requestBindings(this.#records, {
      variables: (name) => variables.get(name),
      constants: (name) => params.constants.get(name),
      globals: (name) => (Object.hasOwn(this.#globals, name) ? this.#globals[name] : undefined),
      effectiveDerivedRoles: () =>
        failed.length === 0
          ? roles
          : { error: `failed to compute effective derived roles [${failed.join(', ')}]` },
    });
  }

  /** Whether a condition holds; with strict evaluation, what went wrong instead. */
  holds(condition: CompiledCondition | undefined, bindings: Bindings): boolean | Failure {
    if (!condition) return true;
    if (condition.kind === 'expr') {
      const value = this.#value(condition.expression, bindings);
      if (value instanceof Failure) return this.strict ? value : this.#semantics.erroringCondition;
      return value === true;
    }
    const step = this.#recorder?.open('group', { condition });
    const result = this.#groupHolds(condition, bindings);
    if (step && !(result instanceof Failure)) step.held = result;
    this.#recorder?.close();
    return result;
  }

  #groupHolds({ kind, of }: ConditionGroup, bindings: Bindings): boolean | Failure {
    const stopAt = kind !== 'all';
    const held: boolean[] = [];
    for (const each of of) {
      const result = this.holds(each, bindings);
      if (result instanceof Failure) return result;
      held.push(result);
      if (result === stopAt) break;
    }
    if (kind === 'none') return this.#semantics.none(held);
    return held.includes(stopAt) === stopAt;
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
    const val = toJson(result.value);
    return val === undefined ? { error: 'the value has no JSON form' } : { val };
  }

  #evaluate(expression: CompiledExpression, bindings: Bindings): EvalResult {
    const { program, source } = expression;
    const onClock = !this.#evaluation.now && /now|timeSince/.test(source) ? this.#onClock : undefined;
    if (!this.#recorder && !onClock) return program.evaluate(bindings, this.#evaluation);
    const now = this.#evaluation.now ?? (this.#onClock && Timestamp.fromMillis(0));
    const explanation = program.explain(bindings, { ...this.#evaluation, ...(now && { now }) });
    this.#recorder?.add({ kind: 'expression', expression, explanation });
    const readsClock = ({ node }: TraceEntry): boolean => node.kind === 'call' && clockReaders.has(node.name);
    if (onClock && explanation.trace.some(readsClock)) onClock();
    return explanation.result;
  }

  /** An expression's value; optional values stand for what is in them, or null. */
  #value(expression: CompiledExpression, bindings: Bindings): CelValue | Failure {
    const result = this.#evaluate(expression, bindings);
    if (result.kind === 'value') {
      return result.value instanceof Optional ? (result.value.value ?? null) : result.value;
    }
    const message = result.kind === 'error' ? result.message : 'the value is not known';
    const { source } = expression;
    this.#errors.set(`${source}\u0000${message}`, { expression: source, message });
    return new Failure(source, message);
  }
}

type ConditionGroup = Exclude<CompiledCondition, { readonly kind: 'expr' }>;

const clockReaders = new Set(['now', 'timeSince']);

function requestOf({ principal, resource, auxData }: CheckInput): Parameters<typeof requestRecords>[0] {
  return {
    principal:
      principal.scope === undefined ? principal : { ...principal, scope: scopeValue(principal.scope) },
    resource: resource.scope === undefined ? resource : { ...resource, scope: scopeValue(resource.scope) },
    ...(auxData && { auxData }),
  };
}

function timestampOf(now: Date | Timestamp): Timestamp {
  return now instanceof Date ? Timestamp.fromMillis(now.getTime()) : now;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
