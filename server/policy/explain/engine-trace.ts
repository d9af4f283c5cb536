import { jsonProblem, toJson } from '../../cel';
import type { Explanation, JsonObject, JsonValue } from '../../cel';
import type { CompiledCondition } from '../compile/table/rows';
import { Failure } from '../decide/failure';
import type { ValidationError } from '../check-types';
import { attributeError } from '../schemas/enforce';
import type {
  ActionStep,
  DerivedRoleStep,
  Recorder,
  RuleStep,
  Step,
  VariablesStep,
} from '../decide/recorder';
import type { Effect } from '../model/policy';

/** A component of a `cerbos.engine.v1.Trace`, as its JSON has it: the place of an event. */
export type EngineTraceComponent =
  | { readonly kind: 'KIND_ACTION'; readonly action: string }
  | { readonly kind: 'KIND_CONDITION_ALL' | 'KIND_CONDITION_ANY' | 'KIND_CONDITION_NONE' }
  | { readonly kind: 'KIND_CONDITION'; readonly index?: number }
  | { readonly kind: 'KIND_DERIVED_ROLE'; readonly derivedRole: string }
  | { readonly kind: 'KIND_EXPR'; readonly expr: string }
  | { readonly kind: 'KIND_OUTPUT'; readonly output: string }
  | { readonly kind: 'KIND_POLICY'; readonly policy: string }
  | { readonly kind: 'KIND_RULE'; readonly rule: string }
  | { readonly kind: 'KIND_SCOPE'; readonly scope: string }
  | { readonly kind: 'KIND_VARIABLE'; readonly variable: { readonly name: string; readonly expr: string } }
  | { readonly kind: 'KIND_VARIABLES' };

/** One line of what Cerbos' engine traces (`cerbos.engine.v1.Trace`). */
export interface EngineTrace {
  readonly components: readonly EngineTraceComponent[];
  readonly event: {
    /** Missing for an error. */
    readonly status?: 'STATUS_ACTIVATED' | 'STATUS_SKIPPED';
    readonly effect?: Effect;
    readonly error?: string;
    readonly message?: string;
    readonly result?: JsonValue;
  };
}

/**
 * The trace of a decision as `cerbos 0.55` writes it (`internal/engine/tracer`).
 * @param invalid the validation errors of schemas
 */
export function engineTrace(
  recorder: Recorder,
  strict: boolean,
  invalid: readonly ValidationError[] = [],
): readonly EngineTrace[] {
  const tracer = new Tracer(recorder.policy, strict);
  if (invalid.length > 0) {
    tracer.invalid(invalid);
  }
  for (const step of recorder.steps) {
    if (step.kind === 'action') {
      tracer.action(step);
    }
  }
  return tracer.traces;
}

type Path = readonly EngineTraceComponent[];

const condition: EngineTraceComponent = { kind: 'KIND_CONDITION' };

class Tracer {
  readonly traces: EngineTrace[] = [];
  readonly #policy: EngineTraceComponent;
  readonly #strict: boolean;
  #isInvalid = false;

  constructor(policy: string, strict: boolean) {
    this.#policy = policyComponent(policy);
    this.#strict = strict;
  }

  invalid(errors: readonly ValidationError[]): void {
    this.#isInvalid = true;
    const message = 'Validation errors';
    const all = errors.map(attributeError).join(', ');
    this.#add([this.#policy], { error: `${message}: [${all}]`, message });
  }

  action({ action, effect, steps }: ActionStep): void {
    const path: Path = [this.#policy, { kind: 'KIND_ACTION', action }];
    if (effect === undefined) {
      // Nothing was evaluated: a schema rejected, or there are no policies, which leaves no trace.
      const message = 'Rejected due to validation failures';
      if (this.#isInvalid) {
        this.#add(path, { status: 'STATUS_ACTIVATED', effect: 'EFFECT_DENY', message });
      }
      return;
    }
    for (const scope of steps) {
      if (scope.kind !== 'scope') {
        continue;
      }
      const within: Path = [...path, { kind: 'KIND_SCOPE', scope: scope.scope }];
      for (const step of scope.steps) {
        if (step.kind === 'derivedRole') {
          this.#derivedRole(step);
        }
        if (step.kind === 'rule') {
          this.#rule(step, within);
        }
      }
    }
    this.#add(path, { status: 'STATUS_ACTIVATED', effect });
  }

  #derivedRole({ role, outcome, steps }: DerivedRoleStep): void {
    const path: Path = [policyComponent(role.policy), { kind: 'KIND_DERIVED_ROLE', derivedRole: role.name }];
    if (outcome === undefined) {
      this.#add(path, { status: 'STATUS_SKIPPED', message: 'No matching roles' });
      return;
    }
    for (const step of steps) {
      if (step.kind === 'variables') {
        this.#variables(step, path);
      }
    }
    this.#condition(role.condition, steps, [...path, condition]);
  }

  #rule(step: RuleStep, within: Path): void {
    const { candidate, steps, outcome, remembered } = step;
    const path: Path = [...within, { kind: 'KIND_RULE', rule: candidate.name }];
    for (const each of steps) {
      if (each.kind === 'variables') {
        this.#variables(each, [this.#policy]);
      }
      if (each.kind !== 'through') {
        continue;
      }
      const role: Path = [...path, { kind: 'KIND_DERIVED_ROLE', derivedRole: each.role.name }];
      for (const inner of each.steps) {
        if (inner.kind === 'variables') {
          this.#variables(inner, role);
        }
      }
    }
    const through = steps.find((each) => each.kind === 'through');
    const stopped = outcome === 'derived-role-not-effective' || (outcome === 'error' && !hasOwnSteps(steps));
    const failure =
      remembered === true || stopped
        ? undefined
        : this.#condition(candidate.condition, steps, [...path, condition]);
    for (const each of steps) {
      if (each.kind !== 'output' || !each.entry) {
        continue;
      }
      const { action, src, val, error } = each.entry;
      const entry: JsonObject = {
        action,
        ...(error !== undefined && { error }),
        src,
        ...(val !== undefined && { val }),
      };
      const result = jsonProblem(entry) === undefined ? entry : unwritable;
      const output: Path = [...path, { kind: 'KIND_OUTPUT', output: candidate.name }];
      this.#add(output, { status: 'STATUS_ACTIVATED', ...(error !== undefined && { error }), result });
    }
    const derived = failure === undefined && through;
    const reason = derived ? this.#failureIn(through.role.condition, through.steps) : failure;
    const message = skipped(step, derived ? 'derived role condition' : 'condition');
    if (message === undefined) {
      return;
    }
    const error = outcome === 'error' && reason !== undefined ? { error: reason } : {};
    this.#add(path, { status: 'STATUS_SKIPPED', ...error, message });
  }

  #variables({ params, steps }: VariablesStep, within: Path): void {
    for (const [index, { name, expression }] of params.variables.entries()) {
      const variable = { name, expr: expression.source };
      const path: Path = [...within, { kind: 'KIND_VARIABLES' }, { kind: 'KIND_VARIABLE', variable }];
      const result = valueOf(steps[index]?.explanation);
      this.#add(path, { status: 'STATUS_ACTIVATED', result });
    }
  }

  /** @returns the error of the condition, under strict evaluation only */
  #condition(tree: CompiledCondition | undefined, steps: readonly Step[], path: Path): string | undefined {
    const bool = (at: Path, result: boolean, message?: string, error?: string): void =>
      this.#add(at, {
        status: 'STATUS_ACTIVATED',
        ...(error !== undefined && { error }),
        ...(message !== undefined && { message }),
        result,
      });
    if (!tree) {
      bool(path, true);
      return undefined;
    }
    const step = steps.find((each) => each.kind === 'expression' || each.kind === 'group');
    if (tree.kind === 'expr') {
      const explanation = step?.kind === 'expression' ? step.explanation : undefined;
      const { source } = tree.expression;
      const at: Path = [...path, { kind: 'KIND_EXPR', expr: source }];
      const error = this.#failureOf(source, explanation);
      if (error === undefined) {
        bool(at, valueOf(explanation) === true);
      } else {
        bool(at, false, 'Failed to evaluate expression', error);
      }
      return error === undefined ? undefined : `failed to evaluate \`${source}\`: ${error}`;
    }
    const group = step?.kind === 'group' ? step : undefined;
    const at: Path = [...path, groups[tree.kind]];
    const stopAt = tree.kind !== 'all';
    for (const [index, each] of (group?.steps ?? []).entries()) {
      const part = tree.of[index];
      if (!part) {
        break;
      }
      const error = this.#condition(part, [each], [...at, { kind: 'KIND_CONDITION', index }]);
      if (error !== undefined) {
        bool(at, false, 'Short-circuited', error);
        return error;
      }
    }
    const held = group?.held === true;
    const stopped = group?.steps.some((each) => heldOf(each) === stopAt) === true;
    bool(at, held, stopped ? 'Short-circuited' : undefined);
    return undefined;
  }

  #failureIn(tree: CompiledCondition | undefined, steps: readonly Step[]): string | undefined {
    return new Tracer('', this.#strict).#condition(tree, steps, []);
  }

  #failureOf(source: string, explanation: Explanation | undefined): string | undefined {
    const result = explanation?.result;
    return this.#strict && result?.kind === 'error' ? new Failure(source, result.message).message : undefined;
  }

  #add(components: Path, event: EngineTrace['event']): void {
    this.traces.push({ components, event });
  }
}

const groups = {
  all: { kind: 'KIND_CONDITION_ALL' },
  any: { kind: 'KIND_CONDITION_ANY' },
  none: { kind: 'KIND_CONDITION_NONE' },
} as const;

/** The reason that `cerbos 0.55` gives for a rule that does not apply. */
function skipped({ outcome, remembered }: RuleStep, erring: string): string | undefined {
  switch (outcome) {
    case 'error':
      return `Error evaluating ${erring}`;
    case 'condition-not-met':
      return 'Condition not satisfied';
    case 'derived-role-not-effective':
      return remembered === true ? 'Condition not satisfied' : 'No matching derived roles';
    default:
      return undefined;
  }
}

function hasOwnSteps(steps: readonly Step[]): boolean {
  return steps.some((each) => each.kind === 'expression' || each.kind === 'group');
}

function heldOf(step: Step): boolean | undefined {
  if (step.kind === 'group') {
    return step.held;
  }
  return step.kind === 'expression' ? valueOf(step.explanation) === true : undefined;
}

/** Cerbos' text for a value that JSON cannot hold. */
const unwritable = '<failed to marshal value to JSON>';

/** The value of an expression in a trace; null if it has none. */
function valueOf(explanation: Explanation | undefined): JsonValue {
  if (explanation?.result.kind !== 'value') {
    return null;
  }
  return toJson(explanation.result.value) ?? unwritable;
}

function policyComponent(policy: string): EngineTraceComponent {
  return { kind: 'KIND_POLICY', policy: `cerbos.${policy}` };
}
