import type { Bindings } from '../../cel';
import type { EvaluationContext, EvaluationSettings } from './context';
import { Failure } from './failure';
import type { LookupSteps, ScopeChain } from './lookup/scope-chain';
import type { RuleStep } from './recorder';
import { Entry } from './lookup/scope-entry';
import type { ScopeRoles } from './scope-roles';
import type { ActionDecision, OutputEntry } from '../check-types';

type Outcomes = (boolean | undefined)[];

/** Finds out which rules apply to a request. The outcome of a rule's conditions is the same for all actions. */
export class RuleCheck {
  readonly #context: EvaluationContext;
  readonly #settings: EvaluationSettings;
  readonly #roles: ScopeRoles;
  /** Of the conditions of rules, by their slots, of which principal and resource policies have their own. */
  readonly #ofResources: Outcomes = [];
  #ofPrincipals: Outcomes | undefined;
  #outputs: OutputEntry[] | undefined;
  #allowing: Entry | undefined;

  constructor(context: EvaluationContext, settings: EvaluationSettings, roles: ScopeRoles) {
    this.#context = context;
    this.#settings = settings;
    this.#roles = roles;
  }

  get outputs(): readonly OutputEntry[] {
    return this.#outputs ?? [];
  }

  /** The first rule that allows, of all scopes since {@link forget}. */
  get allowing(): Entry | undefined {
    return this.#allowing;
  }

  forget(): void {
    this.#allowing = undefined;
  }

  /**
   * Looks at the rules of one scope, until one denies. Otherwise {@link allowing} says whether one allows.
   * @param first the place of the first rule among the steps
   */
  denial(
    steps: LookupSteps,
    first: number,
    scope: string,
    action: string,
    scopeChain: ScopeChain,
  ): ActionDecision | undefined {
    const { strict, thorough } = this.#settings;
    const outcomes = scopeChain.kind === 'resource' ? this.#ofResources : (this.#ofPrincipals ??= []);
    let allows = false;
    for (let index = first; ; index++) {
      const entry = steps[index];
      if (!(entry instanceof Entry)) {
        return undefined;
      }
      const { effect } = entry;
      // Another allowance would change nothing, if it has no output and its errors do not deny.
      if (allows && effect === 'EFFECT_ALLOW' && !strict && !thorough && !entry.output) {
        continue;
      }
      const applies = this.#applies(entry, action, outcomes);
      if (applies instanceof Failure) {
        return failed(entry, scope, applies);
      }
      if (!applies) {
        continue;
      }
      if (effect === 'EFFECT_DENY') {
        const { fromRolePolicy, policy } = entry.candidate;
        return entry.decision(fromRolePolicy ? policy : scopeChain.policy, scope);
      }
      if (effect === 'EFFECT_ALLOW') {
        this.#allowing ??= entry;
        allows = true;
      }
    }
  }

  /**
   * Evaluates a rule, and hands back its outputs.
   * @returns true if it applies; a failure only under strict evaluation
   */
  #applies(entry: Entry, action: string, outcomes: Outcomes): boolean | Failure {
    const { recorder } = this.#settings;
    if (!recorder) {
      return this.#looksAt(entry, action, outcomes, undefined);
    }
    const step = recorder.open('rule', { candidate: entry.candidate });
    const applies = this.#looksAt(entry, action, outcomes, step);
    recorder.close();
    return applies;
  }

  #looksAt(entry: Entry, action: string, outcomes: Outcomes, step: RuleStep | undefined): boolean | Failure {
    const { slot, output } = entry;
    // Variables are worked out even for a rule whose outcome is known.
    if (entry.eager || this.#settings.thorough) {
      this.#context.bindings(entry.candidate.params);
    }
    const known = slot === undefined ? undefined : outcomes[slot];
    if (step && known !== undefined) {
      step.remembered = true;
    }
    if (known !== undefined && !output) {
      if (step) {
        step.outcome = known ? 'activated' : 'condition-not-met';
      }
      return known;
    }
    const { through } = entry;
    if (known === undefined && through) {
      const has = this.#roles.has(through, entry.throughIndex);
      if (step && has !== true) {
        step.outcome = has === false ? 'derived-role-not-effective' : 'error';
      }
      if (has instanceof Failure) {
        return has;
      }
      if (!has) {
        // `cerbos 0.55` hands back no output now, but does when it meets the rule again in the same request.
        if (slot !== undefined) {
          outcomes[slot] = false;
        }
        return false;
      }
    }
    const outcome = known ?? this.#holds(entry);
    if (step && outcome instanceof Failure) {
      step.outcome = 'error';
    }
    if (outcome instanceof Failure) {
      return outcome;
    }
    if (slot !== undefined) {
      outcomes[slot] = outcome;
    }
    if (step) {
      step.outcome = outcome ? 'activated' : 'condition-not-met';
    }
    if (output) {
      const bindings = this.#context.bindings(entry.reads);
      this.#output(entry, action, outcome ? 'ruleActivated' : 'conditionNotMet', bindings);
    }
    return outcome;
  }

  #holds({ program, condition, leaf, reads }: Entry): boolean | Failure {
    if (program && leaf && !this.#settings.thorough) {
      return this.#context.leafHolds(program, this.#context.bindings(reads), leaf);
    }
    return condition ? this.#context.holds(condition, this.#context.bindings(reads)) : true;
  }

  #output(
    { candidate, output }: Entry,
    action: string,
    when: 'ruleActivated' | 'conditionNotMet',
    bindings: Bindings,
  ): void {
    const { recorder } = this.#settings;
    const expression = output?.[when];
    if (!expression) {
      return;
    }
    const step = recorder?.open('output', { candidate });
    const entry = { src: candidate.fqn, action, ...this.#context.output(expression, bindings) };
    if (step) {
      step.entry = entry;
    }
    recorder?.close();
    (this.#outputs ??= []).push(entry);
  }
}

/** The denial of a rule that strict evaluation cannot evaluate. */
function failed({ candidate, rule }: Entry, scope: string, { message }: Failure): ActionDecision {
  return { effect: 'EFFECT_DENY', policy: candidate.policy, scope, explicit: true, rule, error: message };
}
