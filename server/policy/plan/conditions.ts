import { requestRecords } from '../conditions/bindings';
import { CelFailure, Timestamp } from '../../cel';
import type { CelValue, JsonObject } from '../../cel';
import type { CompiledCondition, CompiledExpression, Params } from '../compile/rows';
import type { CheckOptions, EvaluationError } from '../check-types';
import { compareText } from '../issues';
import { scopeValue } from '../names';
import { termOf } from './import';
import { constant, constantOf, not, termNode } from './node';
import type { Node } from './node';
import type { Knowledge } from './outcome';
import { replaceDerivedRoles, replaceVariables, wrapKnownAttributes } from './replace';
import { evaluatePartially } from './residual';
import type { Term } from './term';
import type { PlanInput } from './types';

/** An expression that strict evaluation cannot evaluate, which denies the action. */
export class StrictFailure extends Error {
  override readonly name = 'StrictFailure';
}

/** Evaluates the conditions of rules for one request, in which the resource is known only in part. */
export class Conditions {
  readonly #strict: boolean;
  readonly #attributes: JsonObject;
  readonly #values: ReadonlyMap<string, CelValue>;
  readonly #now: Timestamp | undefined;
  readonly #errors = new Map<string, EvaluationError>();
  readonly #variables = new Map<Params, ReadonlyMap<string, Term>>();
  readonly #knowledge = new Map<Params, Knowledge>();

  constructor(input: PlanInput, { strictEvaluation, globals = {}, now }: CheckOptions) {
    this.#strict = strictEvaluation === true;
    this.#attributes = input.resource.attr ?? {};
    this.#values = new Map([...namesOf(input), ['G', globals], ['globals', globals]]);
    this.#now = now instanceof Date ? Timestamp.fromMillis(now.getTime()) : now;
  }

  /** Everything that could not be evaluated, sorted. */
  get errors(): readonly EvaluationError[] {
    return [...this.#errors.values()].sort(
      (a, b) => compareText(a.expression, b.expression) || compareText(a.message, b.message),
    );
  }

  /**
   * What a condition comes to.
   * @param roles a term for the derived roles that are in effect
   * @throws StrictFailure with strict evaluation, PlanningError where no plan can be made
   */
  evaluate(condition: CompiledCondition | undefined, params: Params, roles: () => Term): Node {
    if (!condition) return constant(true);
    if (condition.kind === 'expr') return this.#expression(condition.expression, params, roles);
    const { kind } = condition;
    const decides = kind !== 'all';
    const open: Node[] = [];
    for (const each of condition.of) {
      const node = this.evaluate(each, params, roles);
      const value = constantOf(node);
      if (value === decides) return constant(kind === 'any');
      if (value === undefined) open.push(kind === 'none' ? not(node) : node);
    }
    const [only] = open;
    if (!only) return constant(kind !== 'any');
    return open.length === 1 ? only : { kind: kind === 'any' ? 'or' : 'and', of: open };
  }

  #expression({ source }: CompiledExpression, params: Params, roles: () => Term): Node {
    const written = replaceVariables(termOf(source), this.#variablesOf(params));
    const known = wrapKnownAttributes(written, (name) => Object.hasOwn(this.#attributes, name));
    const term = replaceDerivedRoles(known, roles);
    const residual = evaluatePartially(term, this.#knowledgeOf(params));
    if (residual instanceof CelFailure) {
      const { message } = residual;
      this.#errors.set(`${source}\u0000${message}`, { expression: source, message });
      if (this.#strict) throw new StrictFailure(message);
      return constant(false);
    }
    return typeof residual === 'boolean' ? constant(residual) : termNode(residual);
  }

  #variablesOf(params: Params): ReadonlyMap<string, Term> {
    const known = this.#variables.get(params);
    if (known) return known;
    const variables = new Map<string, Term>();
    this.#variables.set(params, variables);
    for (const { name, expression } of params.variables) {
      variables.set(name, replaceVariables(termOf(expression.source), variables));
    }
    return variables;
  }

  #knowledgeOf(params: Params): Knowledge {
    let knowledge = this.#knowledge.get(params);
    if (!knowledge) {
      const constants: JsonObject = Object.fromEntries(params.constants);
      const values = new Map([...this.#values, ['C', constants], ['constants', constants]] as const);
      knowledge = { values, unknowns: new Set(), now: this.#now };
      this.#knowledge.set(params, knowledge);
    }
    return knowledge;
  }
}

/** What the names of a request stand for. Attributes of the resource that are given are known by their full names. */
function* namesOf({ principal, resource, auxData }: PlanInput): Generator<readonly [string, CelValue]> {
  const principalScope = scopeValue(principal.scope ?? '');
  const resourceScope = scopeValue(resource.scope ?? '');
  const { id, roles, attr } = principal;
  // The binary leaves the versions out.
  const records = requestRecords({
    principal: { id, roles, scope: principalScope, ...(attr && { attr }) },
    resource: {
      kind: resource.kind,
      id: '',
      scope: resourceScope,
      ...(resource.attr && { attr: resource.attr }),
    },
    ...(auxData && { auxData }),
  });
  yield ['request', records.request];
  yield ['P', records.P];
  for (const prefix of ['P', 'request.principal']) yield [`${prefix}.scope`, principalScope];
  for (const prefix of ['R', 'request.resource']) {
    yield [`${prefix}.kind`, resource.kind];
    yield [`${prefix}.scope`, resourceScope];
    for (const [name, value] of Object.entries(resource.attr ?? {})) yield [`${prefix}.attr.${name}`, value];
  }
}
