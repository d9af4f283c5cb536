import { requestBindings, requestRecords } from '../conditions/bindings';
import { variableValue } from '../conditions/variable-value';
import { Optional, Timestamp, unparse } from '../../cel';
import type { Bindings, CelValue, EvalResult, Expr } from '../../cel';
import type { CompiledCondition, CompiledExpression, Params } from '../compile/rows';
import { scopeValue } from '../names';
import { all, any, not } from './formula';
import type { Formula, Residual } from './formula';
import { substitute, variableOf } from './substitute';
import type { CheckInput, CheckOptions } from '../check-types';

/** A condition that strict evaluation cannot evaluate. */
export const failed = Symbol('failed');

export type ConditionFormula = Formula | typeof failed;

/** The derived roles at a scope, or that it is not known which they are. */
export type KnownRoles = readonly string[] | undefined;

/** The variables of a policy, as far as they are known. */
interface PartialVariables {
  readonly values: ReadonlyMap<string, CelValue>;
  /** What is left of those that are not known; undefined for those that are left as they are. */
  readonly residuals: ReadonlyMap<string, Expr | undefined>;
}

const readsClock = /\b(now|timeSince)\b/;

/** Evaluates conditions of which not all is known. Without `now` the time is not known either. */
export class PartialContext {
  /** Conditions that may fail once all is known, if evaluation is strict. */
  readonly strict: boolean;
  readonly #records: ReturnType<typeof requestRecords>;
  readonly #options: CheckOptions;
  readonly #unknowns: readonly string[];
  readonly #variables = new Map<Params, PartialVariables>();
  readonly #severalScopes: boolean;
  #roles: KnownRoles = [];
  #risks: Formula[] = [];

  constructor(input: CheckInput, options: CheckOptions, unknowns: readonly string[], severalScopes: boolean) {
    this.#severalScopes = severalScopes;
    const { principal, resource } = input;
    this.#records = requestRecords({
      ...input,
      principal: { ...principal, scope: scopeValue(principal.scope ?? '') },
      resource: { ...resource, scope: scopeValue(resource.scope ?? '') },
    });
    this.#options = options;
    this.#unknowns = unknowns;
    this.strict = options.strictEvaluation === true;
  }

  /** What `runtime.effectiveDerivedRoles` is from now on; variables are worked out anew, to be on the safe side. */
  set roles(roles: KnownRoles) {
    this.#roles = roles;
    this.#variables.clear();
  }

  /** Whether all variables have a value, or may have one. */
  areSound(params: Params): boolean {
    const { values, residuals } = this.#variablesOf(params);
    return params.variables.every(({ name }) => values.has(name) || residuals.has(name));
  }

  /** Whether a condition holds. */
  holds(condition: CompiledCondition | undefined, params: Params): ConditionFormula {
    if (!condition) return true;
    if (condition.kind === 'expr') return this.#expression(condition.expression, params);
    const stopAt = condition.kind !== 'all';
    const held: Formula[] = [];
    for (const each of condition.of) {
      const outcome = this.holds(each, params);
      if (outcome === failed) {
        // Whether it is reached depends on those before it.
        if (held.every((before) => typeof before === 'boolean')) return failed;
        held.push(this.#leaf(unevaluable));
        break;
      }
      held.push(outcome);
      if (outcome === stopAt) break;
    }
    if (condition.kind === 'all') return all(held);
    return condition.kind === 'any' ? any(held) : not(any(held));
  }

  #expression(expression: CompiledExpression, params: Params): ConditionFormula {
    const { source } = expression;
    const variables = this.#variablesOf(params);
    if (this.#mentionsUnknowable(source, variables)) return this.#leaf(source);
    const result = this.#evaluate(expression, params, variables);
    switch (result.kind) {
      case 'error':
        return this.strict ? failed : false;
      case 'unknown':
        return this.#leaf(this.#text(result.residual, variables));
      case 'value': {
        const value = result.value instanceof Optional ? (result.value.value ?? null) : result.value;
        return value === true;
      }
    }
  }

  #leaf(source: string): Residual {
    const leaf: Residual = { kind: 'expr', source };
    // Holds exactly if the expression can be evaluated.
    if (this.strict) this.#risks.push({ kind: 'any', of: [leaf, { kind: 'not', of: leaf }] });
    return leaf;
  }

  /** What must be so for nothing to fail that was looked at since this was last asked; only with strict evaluation. */
  takeRisks(): readonly Formula[] {
    const risks = this.#risks;
    this.#risks = [];
    return risks;
  }

  #mentionsUnknowable(source: string, { residuals }: PartialVariables): boolean {
    return (
      (this.#options.now === undefined && readsClock.test(source)) ||
      [...residuals].some(([name, left]) => !left && mentions(source, name))
    );
  }

  #text(left: Expr, { residuals }: PartialVariables): string {
    return unparse(inline(left, residuals));
  }

  #evaluate(
    { program }: CompiledExpression,
    params: Params,
    { values, residuals }: PartialVariables,
  ): EvalResult {
    const { now } = this.#options;
    const at = now instanceof Date ? Timestamp.fromMillis(now.getTime()) : now;
    return program.evaluate(this.#bind(params, values), {
      ...(at && { now: at }),
      unknowns: [
        ...this.#unknowns,
        ...[...residuals.keys()].map((name) => `variables.${name}`),
        ...(this.#roles ? [] : ['runtime']),
      ],
    });
  }

  #variablesOf(params: Params): PartialVariables {
    const known = this.#variables.get(params);
    if (known) return known;
    const values = new Map<string, CelValue>();
    const residuals = new Map<string, Expr | undefined>();
    const variables = { values, residuals };
    this.#variables.set(params, variables);
    for (const { name, expression } of params.variables) {
      // Variables keep the derived roles that they saw first, and which those are depends on what was looked at before.
      const sawRoles = this.#severalScopes && expression.source.includes('runtime');
      if (sawRoles || this.#mentionsUnknowable(expression.source, variables)) {
        residuals.set(name, undefined);
        continue;
      }
      const result = this.#evaluate(expression, params, variables);
      if (result.kind === 'unknown') residuals.set(name, inline(result.residual, residuals));
      if (result.kind === 'value') values.set(name, variableValue(result.value));
    }
    return variables;
  }

  #bind(params: Params, variables: ReadonlyMap<string, CelValue>): Bindings {
    const globals = this.#options.globals ?? {};
    return requestBindings(this.#records, {
      variables: (name) => variables.get(name),
      constants: (name) => params.constants.get(name),
      globals: (name) => (Object.hasOwn(globals, name) ? globals[name] : undefined),
      effectiveDerivedRoles: () => this.#roles ?? [],
    });
  }
}

/** Stands for what certainly cannot be evaluated, where it is not certain that it is reached. */
const unevaluable = '{}["cannot be evaluated"]';

/** Writes out the variables that are not known. */
function inline(expr: Expr, residuals: ReadonlyMap<string, Expr | undefined>): Expr {
  return substitute(expr, (node) => {
    const name = variableOf(node);
    return name === undefined ? undefined : residuals.get(name);
  });
}

function mentions(source: string, variable: string): boolean {
  return new RegExp(`\\b(V|variables)\\s*\\.\\s*${variable}\\b`).test(source);
}
