import { CelFailure, Optional, Timestamp, children, jsonValue, parse, substitute } from '../../cel';
import type { Bindings, CelValue, EvalContext, EvalResult, Expr, JsonValue } from '../../cel';
import type { CheckInput, CheckOptions, EvaluationError } from '../check-types';
import type { CompiledCondition, CompiledExpression, Params } from '../compile/table/rows';
import { mentionsRuntime } from '../compile/table/rows';
import { requestBindings, requestRecords } from '../conditions/bindings';
import { variableValue } from '../conditions/variable-value';
import { compareText } from '../issues';
import { scopeValue } from '../names/names';
import { all, any, leaf, not } from './formula';
import type { Formula } from './formula';

/** For what a condition holds, and for what it cannot be evaluated; the latter only matters to strict evaluation. */
export interface Held {
  readonly holds: Formula;
  readonly fails: Formula;
}

/** The derived roles at a scope and for what each is in effect; undefined if that cannot be said. */
export type PartialRoles = readonly { readonly name: string; readonly holds: Formula }[] | undefined;

/** The paths that are not known, and what within them is known all the same: see {@link EvalContext}. */
export type Unknowns = Required<Pick<EvalContext, 'unknowns' | 'known'>>;

/** The variables of a policy, as far as they are known. */
interface PartialVariables {
  readonly values: ReadonlyMap<string, CelValue>;
  /**
   * The reduced forms of variables whose values are not known; undefined for one that is referred to by its name.
   */
  readonly residuals: ReadonlyMap<string, Expr | undefined>;
}

const readsClock = /\b(now|timeSince)\b/;

/** Conditions are told apart for each set of the derived roles that are not known, of which there are two to the power of this. */
const mostOpenRoles = 4;

/** Variables are written out unless that makes them longer than this many nodes. */
const mostNodes = 2000;

/** Evaluates conditions of which not all is known. Without `now` the time is not known either. */
export class PartialContext {
  readonly #strict: boolean;
  readonly #records: ReturnType<typeof requestRecords>;
  readonly #options: CheckOptions;
  readonly #unknowns: Unknowns;
  readonly #variables = new Map<Params, PartialVariables>();
  readonly #severalScopes: boolean;
  readonly #errors = new Map<string, EvaluationError>();
  #roles: PartialRoles = [];

  constructor(input: CheckInput, options: CheckOptions, unknowns: Unknowns, severalScopes: boolean) {
    this.#severalScopes = severalScopes;
    const { principal, resource } = input;
    this.#records = requestRecords({
      ...input,
      principal: { ...principal, scope: scopeValue(principal.scope ?? '') },
      resource: { ...resource, scope: scopeValue(resource.scope ?? '') },
    });
    this.#options = options;
    this.#unknowns = unknowns;
    this.#strict = options.strictEvaluation === true;
  }

  /** Conditions that cannot be evaluated whatever is not known, sorted. */
  get errors(): readonly EvaluationError[] {
    return [...this.#errors.values()].sort(
      (a, b) => compareText(a.expression, b.expression) || compareText(a.message, b.message),
    );
  }

  /** Sets `runtime.effectiveDerivedRoles`. Variables, which may read it, are evaluated again. */
  set roles(roles: PartialRoles) {
    this.#roles = roles;
    this.#variables.clear();
  }

  /** True if all variables have a value. With `mayHave`, those whose values are not known count, too. */
  areSound(params: Params, mayHave: boolean): boolean {
    const { values, residuals } = this.#variablesOf(params);
    return params.variables.every(({ name }) => values.has(name) || (mayHave && residuals.has(name)));
  }

  /** For what a condition holds. The parts of one that has several are looked at in order, until one decides. */
  holds(condition: CompiledCondition | undefined, params: Params): Held {
    if (!condition) {
      return { holds: true, fails: false };
    }
    if (condition.kind === 'expr') {
      return this.#expression(condition.expression, params);
    }
    const isAll = condition.kind === 'all';
    const held: Formula[] = [];
    const failed: Formula[] = [];
    for (const each of condition.of) {
      const undecided = isAll ? all(held) : not(any(held));
      if (undecided === false || any(failed) === true) {
        break;
      }
      const { holds, fails } = this.holds(each, params);
      failed.push(all([undecided, fails]));
      held.push(holds);
    }
    const fails = any(failed);
    if (isAll) {
      return { holds: all(held), fails };
    }
    return { holds: condition.kind === 'any' ? any(held) : not(any(held)), fails };
  }

  /** An output's value; undefined if it is not known, or can't be evaluated. */
  output(expression: CompiledExpression, params: Params): JsonValue | undefined {
    const variables = this.#variablesOf(params);
    const { source } = expression;
    // Which derived roles those are depends on the scope.
    if (mentionsRuntime(source) || this.#mentionsUnknowable(source, variables)) {
      return undefined;
    }
    const result = this.#evaluate(expression, params, variables);
    const val = result.kind === 'value' ? jsonValue(result.value) : undefined;
    return val instanceof CelFailure ? undefined : val;
  }

  #expression(expression: CompiledExpression, params: Params): Held {
    const variables = this.#variablesOf(params);
    if (this.#mentionsUnknowable(expression.source, variables)) {
      return this.#open(inline(parse(expression.source).expr, variables.residuals));
    }
    const result = this.#evaluate(expression, params, variables);
    switch (result.kind) {
      case 'error': {
        const { source } = expression;
        this.#errors.set(`${source}\u0000${result.message}`, { expression: source, message: result.message });
        return { holds: false, fails: this.#strict };
      }
      case 'unknown': {
        const left = inline(result.residual, variables.residuals);
        const byRoles = mentions(left, 'runtime') ? this.#byRoles(expression, params) : undefined;
        return byRoles ?? this.#open(left);
      }
      case 'value': {
        const value = result.value instanceof Optional ? (result.value.value ?? null) : result.value;
        return { holds: value === true, fails: false };
      }
    }
  }

  #open(left: Expr): Held {
    if (!this.#strict) {
      return { holds: leaf(withoutNeutral(left)), fails: false };
    }
    return { holds: leaf(left), fails: not(leaf(evaluable(left))) };
  }

  /** The same for every set of derived roles that may be in effect; undefined if there are too many. */
  #byRoles(expression: CompiledExpression, params: Params): Held | undefined {
    const roles = this.#roles;
    const open = roles?.filter(({ holds }) => typeof holds !== 'boolean') ?? [];
    if (!roles || open.length === 0 || open.length > mostOpenRoles) {
      return undefined;
    }
    const cases: { readonly given: Formula; readonly held: Held }[] = [];
    for (let set = 0; set < 1 << open.length; set++) {
      const isIn = (index: number): boolean => (set & (1 << index)) !== 0;
      const given = all(open.map(({ holds }, index) => (isIn(index) ? holds : not(holds))));
      const left = new Set(open.filter((_, index) => !isIn(index)).map(({ name }) => name));
      this.roles = roles.map(({ name, holds }) => ({
        name,
        holds: typeof holds === 'boolean' ? holds : !left.has(name),
      }));
      cases.push({ given, held: this.#expression(expression, params) });
    }
    this.roles = roles;
    return {
      holds: any(cases.map(({ given, held }) => all([given, held.holds]))),
      fails: any(cases.map(({ given, held }) => all([given, held.fails]))),
    };
  }

  #mentionsUnknowable(source: string, { residuals }: PartialVariables): boolean {
    return (
      (this.#options.now === undefined && readsClock.test(source)) ||
      [...residuals].some(([name, left]) => !left && mentionsVariable(source, name))
    );
  }

  #evaluate(
    { program }: CompiledExpression,
    params: Params,
    { values, residuals }: PartialVariables,
  ): EvalResult {
    const { now } = this.#options;
    const at = now instanceof Date ? Timestamp.fromMillis(now.getTime()) : now;
    const rolesAreKnown = this.#roles?.every(({ holds }) => typeof holds === 'boolean') === true;
    return program.evaluate(this.#bind(params, values), {
      ...(at && { now: at }),
      known: this.#unknowns.known,
      unknowns: [
        ...this.#unknowns.unknowns,
        ...[...residuals.keys()].map((name) => `variables.${name}`),
        ...(rolesAreKnown ? [] : ['runtime']),
      ],
    });
  }

  #variablesOf(params: Params): PartialVariables {
    const known = this.#variables.get(params);
    if (known) {
      return known;
    }
    const values = new Map<string, CelValue>();
    const residuals = new Map<string, Expr | undefined>();
    const variables = { values, residuals };
    this.#variables.set(params, variables);
    for (const { name, expression } of params.variables) {
      // Variables keep the derived roles that they saw first, and which those are depends on what was looked at before.
      const sawRoles = this.#severalScopes && mentionsRuntime(expression.source);
      if (sawRoles || this.#mentionsUnknowable(expression.source, variables)) {
        residuals.set(name, undefined);
        continue;
      }
      const result = this.#evaluate(expression, params, variables);
      if (result.kind === 'value') {
        values.set(name, variableValue(result.value));
      }
      if (result.kind !== 'unknown') {
        continue;
      }
      const left = inline(result.residual, residuals);
      residuals.set(name, isLong(left) ? undefined : left);
    }
    return variables;
  }

  #bind(params: Params, variables: ReadonlyMap<string, CelValue>): Bindings {
    const globals = this.#options.globals ?? {};
    return requestBindings(this.#records, {
      variables: (name) => variables.get(name),
      constants: (name) => params.constants.get(name),
      globals: (name) => (Object.hasOwn(globals, name) ? globals[name] : undefined),
      effectiveDerivedRoles: () =>
        (this.#roles ?? []).filter(({ holds }) => holds === true).map(({ name }) => name),
    });
  }
}

/** `left || left != true`, which holds exactly if `left` can be evaluated. */
function evaluable(left: Expr): Expr {
  const head = { id: left.id, range: left.range, position: left.position };
  const call = (name: string, ...args: readonly Expr[]): Expr => ({
    ...head,
    kind: 'call',
    name,
    nameRange: left.range,
    args,
  });
  const yes: Expr = { ...head, kind: 'literal', value: true };
  return call('_||_', left, call('_!=_', call('dyn', left), yes));
}

/** Without `&& true` and `|| false`, which make no difference to whether an expression holds. */
function withoutNeutral(expr: Expr): Expr {
  if (expr.kind !== 'call' || (expr.name !== '_&&_' && expr.name !== '_||_')) {
    return expr;
  }
  const args = expr.args.map(withoutNeutral);
  const isNeutral = (arg: Expr): boolean => arg.kind === 'literal' && arg.value === (expr.name === '_&&_');
  const [only, ...others] = args.filter((arg) => !isNeutral(arg));
  return only && others.length === 0 ? only : { ...expr, args };
}

/** Writes out the variables that are not known. */
function inline(expr: Expr, residuals: ReadonlyMap<string, Expr | undefined>): Expr {
  return substitute(expr, (node) => {
    const name = variableOf(node);
    return name === undefined ? undefined : residuals.get(name);
  });
}

/** The variable that a node reads: `V.name` or `variables.name`. */
function variableOf(node: Expr): string | undefined {
  if (node.kind !== 'select' || node.test || node.operand.kind !== 'identifier') {
    return undefined;
  }
  return ['V', 'variables', '.V', '.variables'].includes(node.operand.name) ? node.field : undefined;
}

function mentionsVariable(source: string, variable: string): boolean {
  return new RegExp(`\\b(V|variables)\\s*\\.\\s*${variable}\\b`).test(source);
}

function mentions(expr: Expr, name: string): boolean {
  return (
    (expr.kind === 'identifier' && expr.name.replace(/^\./, '') === name) ||
    children(expr).some((part) => mentions(part, name))
  );
}

/**
 * True if an expression has more nodes than are written out. Visits no more nodes than that, since expressions may
 * share parts and be exponentially long.
 */
function isLong(expr: Expr): boolean {
  const waiting: Expr[] = [expr];
  let seen = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (++seen > mostNodes) {
      return true;
    }
    waiting.push(...children(next));
  }
  return false;
}
