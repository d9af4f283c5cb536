import type { Program } from '../../../cel';
import { mentionsParams, noParams } from '../../compile/table/rows';
import type {
  Candidate,
  CompiledCondition,
  CompiledOutput,
  ConditionLeaf,
  DerivedRole,
  Params,
} from '../../compile/table/rows';
import type { Effect } from '../../model/policy';
import type { ActionDecision, DecidingRule } from '../../check-types';
import type { RoleChain } from './role-sets';
import type { ScopeFrame } from './scope-frame';

/**
 * A rule as it may be met at one scope, with what decisions by it look like; all of it is the same every time. What
 * deciding reads of the candidate is here once more, the most frequent first: with many policies, each stretch of
 * memory that is looked at takes time.
 */
export class Entry {
  readonly effect: Effect | undefined;
  /** True: variables are evaluated when the rule is met. False: when they are read. */
  readonly eager: boolean;
  readonly output: CompiledOutput | undefined;
  /** The place of the outcome of the conditions, which candidates of one key share; undefined without a key. */
  readonly slot: number | undefined;
  /** The derived role that the rule applies through, if that has a condition. */
  readonly through: DerivedRole | undefined;
  /** The program of {@link leaf}. */
  readonly program: Program | undefined;
  readonly condition: CompiledCondition | undefined;
  /** Those that the condition and the output read. */
  readonly reads: Params;
  /** Which of the scope's derived roles {@link through} is. */
  readonly throughIndex: number;
  /** The condition, if it is one expression. */
  readonly leaf: ConditionLeaf | undefined;
  readonly candidate: Candidate;
  readonly #scope: string;
  #rule: DecidingRule | undefined;
  #decision: ActionDecision | undefined;

  constructor(candidate: Candidate, scope: string, slot: number | undefined, throughIndex: number) {
    const { effect, condition, derivedRole, output, params } = candidate;
    this.effect = effect;
    this.eager = params.readsRuntime;
    this.output = output;
    this.slot = slot;
    this.through = derivedRole?.condition && derivedRole;
    this.leaf = condition?.kind === 'expr' ? condition : undefined;
    this.program = this.leaf?.program;
    this.condition = condition;
    this.reads = output !== undefined || conditionReadsParams(condition) ? params : noParams;
    this.throughIndex = throughIndex;
    this.candidate = candidate;
    this.#scope = scope;
  }

  /** The decision that the rule's effect makes, as of a policy and a scope. */
  decision(policy: string, scope = this.#scope): ActionDecision {
    const known = this.#decision;
    if (known?.policy === policy && known.scope === scope) {
      return known;
    }
    const effect = this.effect ?? 'EFFECT_DENY';
    const decision = { effect, policy, scope, explicit: effect === 'EFFECT_DENY', rule: this.rule };
    this.#decision = decision;
    return decision;
  }

  get rule(): DecidingRule {
    return (this.#rule ??= decidingRule(this.candidate));
  }
}

function conditionReadsParams(condition: CompiledCondition | undefined): boolean {
  if (!condition) {
    return false;
  }
  return condition.kind === 'expr'
    ? mentionsParams(condition.expression.source)
    : condition.of.some(conditionReadsParams);
}

function decidingRule({ name, fqn, location, derivedRole }: Candidate): DecidingRule {
  return {
    name,
    fqn,
    // Worked out only if somebody looks.
    get location() {
      return location();
    },
    ...(derivedRole && { derivedRole: derivedRole.name }),
  };
}

/** Gives the candidates of a scope chain places for the outcomes of their conditions: one for each key. */
export class OutcomeSlots {
  readonly #slots = new Map<object, number>();

  of(key: object | undefined): number | undefined {
    if (!key) {
      return undefined;
    }
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      this.#slots.set(key, (slot = this.#slots.size));
    }
    return slot;
  }
}

/** The rules of policies for one kind of resource, or one principal, at one scope. */
export class ScopeEntry {
  readonly frame: ScopeFrame;
  readonly #slots: OutcomeSlots;
  readonly #find: (action: string, roles: readonly string[]) => readonly Candidate[];
  readonly #entries = new Map<Candidate, Entry>();

  constructor(
    frame: ScopeFrame,
    slots: OutcomeSlots,
    find: (action: string, roles: readonly string[]) => readonly Candidate[],
  ) {
    this.frame = frame;
    this.#slots = slots;
    this.#find = find;
  }

  /** The rules that match an action and a role or one of its parents, in order. */
  candidates(action: string, { roles }: RoleChain): readonly Candidate[] {
    return this.#find(action, roles);
  }

  entries(action: string, chain: RoleChain): readonly Entry[] {
    return this.candidates(action, chain).map((candidate) => this.#entry(candidate));
  }

  #entry(candidate: Candidate): Entry {
    let entry = this.#entries.get(candidate);
    if (!entry) {
      const { derivedRole, key } = candidate;
      const { scope, derivedRoles } = this.frame;
      const throughIndex = derivedRoles.findIndex(({ role }) => role === derivedRole);
      entry = new Entry(candidate, scope, this.#slots.of(key), throughIndex);
      // Denials by role policies are made for one look-up, and have no key.
      if (key) {
        this.#entries.set(candidate, entry);
      }
    }
    return entry;
  }
}
