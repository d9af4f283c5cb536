import type { Bindings } from '../../cel';
import type { Candidate } from '../compile/rows';
import type { EvaluationContext, EvaluationSettings } from './context';
import { Failure } from './failure';
import type { RuleStep } from './recorder';
import type { Entry } from './scope-entry';
import type { ScopeRoles } from './scope-roles';
import type { ActionDecision, OutputEntry } from './types';

/** Finds out which rules apply to a request. The outcome of a rule's conditions is the same for all actions. */
export class RuleCheck {
  readonly outputs: OutputEntry[] = [];
  readonly #context: EvaluationContext;
  readonly #settings: EvaluationSettings;
  readonly #roles: ScopeRoles;
  readonly #outcomes = new Map<object, boolean>();
  #allowing: Entry | undefined;

  constructor(context: EvaluationContext, settings: EvaluationSettings, roles: ScopeRoles) {
    this.#context = context;
    this.#settings = settings;
    this.#roles = roles;
  }

  /** The first rule that allows, of all scopes since {@link forget}. */
  get allowing(): Entry | undefined {
    return this.#allowing;
  }

  forget(): void {
    this.#allowing = undefined;
  }

  /** Looks at the rules of one scope, until one denies. Otherwise {@link allowing} says whether one allows. */
  denial(
    entries: readonly Entry[],
    action: string,
    policy: string,
    scope: string,
  ): ActionDecision | undefined {
    const { semantics, strict, thorough } = this.#settings;
    let allows = false;
    for (const entry of entries) {
      const { candidate } = entry;
      // Another allowance would change nothing, if it has no output and its errors do not deny.
      if (allows && candidate.effect === 'EFFECT_ALLOW' && !strict && !thorough && !candidate.output)
        continue;
      const applies = this.#applies(candidate, action);
      if (applies instanceof Failure) return failed(entry, scope, applies);
      if (!applies) continue;
      if (candidate.effect === 'EFFECT_DENY') {
        return entry.decision(candidate.fromRolePolicy ? candidate.policy : policy, scope);
      }
      if (candidate.effect === 'EFFECT_ALLOW') {
        this.#allowing ??= entry;
        allows = true;
        if (!semantics.denyBeatsAllow) break;
      }
    }
    return undefined;
  }

  /** Whether a rule applies; hands back its outputs on the way. With strict evaluation, what went wrong instead. */
  #applies(candidate: Candidate, action: string): boolean | Failure {
    const { recorder } = this.#settings;
    if (!recorder) return this.#looksAt(candidate, action, undefined);
    const applies = this.#looksAt(candidate, action, recorder.open('rule', { candidate }));
    recorder.close();
    return applies;
  }

  #looksAt(candidate: Candidate, action: string, step: RuleStep | undefined): boolean | Failure {
    const { key, derivedRole, condition, params, output } = candidate;
    // Variables are worked out even for a rule whose outcome is known.
    const bindings = this.#context.bindings(params);
    let outcome = key && this.#outcomes.get(key);
    if (step && outcome !== undefined) step.remembered = true;
    if (outcome === undefined) {
      const through = derivedRole?.condition ? this.#roles.has(derivedRole) : true;
      if (step && through !== true) step.outcome = through === false ? 'derived-role-not-effective' : 'error';
      if (through instanceof Failure) return through;
      if (!through) {
        // The binary hands back no output now, but does when it meets the rule again in the same request.
        if (key) this.#outcomes.set(key, false);
        return false;
      }
      const holds = this.#context.holds(condition, bindings);
      if (step && holds instanceof Failure) step.outcome = 'error';
      if (holds instanceof Failure) return holds;
      if (key) this.#outcomes.set(key, holds);
      outcome = holds;
    }
    if (step) step.outcome = outcome ? 'activated' : 'condition-not-met';
    if (output) this.#output(candidate, action, outcome ? 'ruleActivated' : 'conditionNotMet', bindings);
    return outcome;
  }

  #output(
    candidate: Candidate,
    action: string,
    when: 'ruleActivated' | 'conditionNotMet',
    bindings: Bindings,
  ): void {
    const { recorder, semantics } = this.#settings;
    const expression = candidate.output?.[when];
    if (!expression || !semantics.outputs[when]) return;
    const step = recorder?.open('output', { candidate });
    const entry = { src: candidate.fqn, action, ...this.#context.output(expression, bindings) };
    if (step) step.entry = entry;
    recorder?.close();
    this.outputs.push(entry);
  }
}

/** The denial of a rule that strict evaluation cannot evaluate. */
function failed({ candidate, rule }: Entry, scope: string, { message }: Failure): ActionDecision {
  return { effect: 'EFFECT_DENY', policy: candidate.policy, scope, explicit: true, rule, error: message };
}
