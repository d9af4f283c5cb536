import type { CheckInput, CheckOptions } from '../check-types';
import { tableOf } from '../compile/policy-set';
import type { PolicySet } from '../compile/policy-set';
import type { RuleTable } from '../compile/table/table';
import { parse } from '../../cel';
import { leaf, residualText } from './formula';
import type { Residual } from './formula';
import { RuleWalk } from './walk';
import type { PossibleOutput } from './walk';

export interface PartialOptions extends CheckOptions {
  /**
   * Paths whose values are not known, such as `resource.attr.arguments`, `principal.attr`, `request.auxData`,
   * `principal.id`. Roles, kinds, versions and scopes must be known: they select policies.
   */
  readonly unknowns: readonly string[];
}

/**
 * The decision on an action, as far as the known part of the request determines it. Without `now` in the options, the
 * time is unknown as well.
 */
export type PartialDecision =
  | { readonly effect: 'EFFECT_ALLOW' }
  | {
      readonly effect: 'EFFECT_DENY';
      /** True if a rule denies, whatever the unknown values are; false if no rule allows. */
      readonly explicit: boolean;
      /** Present if it depends on what is not known whether something says no. */
      readonly mayBeExplicit?: true;
    }
  | {
      readonly effect: 'undetermined';
      /** For what the action is allowed; for everything else it is denied. */
      readonly condition: Residual;
      /** The same as one CEL expression. */
      readonly text: string;
    };

export interface PartialOutput {
  readonly resourceId: string;
  /** Of the rules that decide in some case; which of them are activated depends. Worked out when asked for. */
  readonly outputs: readonly PossibleOutput[];
  /** By action; a null-prototype object, so any action name is a key. */
  readonly actions: Readonly<Record<string, PartialDecision>>;
}

const selecting = /^(request\.)?(principal|resource|P|R)(\.(roles|kind|scope|policy_?version))?$/i;

/**
 * Decides a request of which not all is known: allow and deny are certain, whatever the unknown values are.
 * @throws TypeError if the set did not come from `compilePolicySet`, or if what selects policies is not known
 */
export function checkPartially(set: PolicySet, input: CheckInput, options: PartialOptions): PartialOutput {
  const { unknowns } = options;
  const wrong = unknowns.find((path) => path === 'request' || selecting.test(path));
  if (wrong !== undefined) {
    throw new TypeError(`${wrong} cannot be unknown: it selects policies`);
  }
  const table = tableOf(set);
  const walk = new RuleWalk(table, input, options, { unknowns, known: [] });
  const isAnybody = mayBeAnybody(table, unknowns);
  const actions = Object.create(null) as Record<string, PartialDecision>;
  for (const action of input.actions) {
    actions[action] ??= isAnybody && walk.hasPolicies ? principalMatters() : decision(walk, action);
  }
  if (maySchemaReject(table, walk, options)) {
    for (const [action, decided] of Object.entries(actions)) {
      if (decided.effect === 'EFFECT_ALLOW') {
        actions[action] = undetermined(leafOf('"the attributes are valid" != ""'));
      } else if (decided.effect === 'EFFECT_DENY' && !decided.explicit) {
        actions[action] = denied('maybe');
      }
    }
  }
  return {
    resourceId: input.resource.id,
    actions,
    get outputs() {
      return walk.outputs;
    },
  };
}

function decision(walk: RuleWalk, action: string): PartialDecision {
  if (!walk.hasPolicies) {
    return denied(walk.roleOmits ? 'surely' : 'no');
  }
  const { allow, deny } = walk.action(action);
  if (allow === false) {
    return denied(deny === true || walk.roleOmits ? 'surely' : deny === false ? 'no' : 'maybe');
  }
  return allow === true ? { effect: 'EFFECT_ALLOW' } : undetermined(allow);
}

/** True if the principal's id is unknown and there are policies for principals: any of them may apply. */
function mayBeAnybody({ principals }: RuleTable, unknowns: readonly string[]): boolean {
  const ids = ['principal.id', 'P.id', 'request.principal.id'];
  return principals.size > 0 && unknowns.some((path) => ids.includes(path));
}

function principalMatters(): PartialDecision {
  return undetermined(leafOf('request.principal.id'));
}

function maySchemaReject({ schemas }: RuleTable, walk: RuleWalk, options: CheckOptions): boolean {
  const { scopes, name } = walk.resources;
  return options.schemaEnforcement === 'reject' && scopes.length > 0 && schemas.has(name);
}

function leafOf(source: string): Residual {
  return leaf(parse(source).expr);
}

/** @param explicitly whether something says no, rather than that nothing says yes */
function denied(explicitly: 'surely' | 'maybe' | 'no'): PartialDecision {
  const explicit = explicitly === 'surely';
  return { effect: 'EFFECT_DENY', explicit, ...(explicitly === 'maybe' && { mayBeExplicit: true }) };
}

function undetermined(condition: Residual): PartialDecision {
  return { effect: 'undetermined', condition, text: residualText(condition) };
}
