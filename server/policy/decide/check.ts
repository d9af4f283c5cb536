import { tableOf } from '../compile/policy-set';
import type { PolicySet } from '../compile/policy-set';
import { Decider } from './decide';
import type { CheckInput, CheckOptions, CheckOutput } from '../check-types';

/**
 * Decides, exactly as Cerbos 0.55's `CheckResources` does for one resource, and says why. Never throws.
 * @throws TypeError if the set did not come from `compilePolicySet`
 */
export function checkResource(set: PolicySet, input: CheckInput, options: CheckOptions = {}): CheckOutput {
  return new Decider(tableOf(set), options).decide(input);
}

/**
 * Decides several requests in one go, each by itself, in order. Costs less than one by one, most of all if they share
 * the principal's object.
 * @throws TypeError if the set did not come from `compilePolicySet`
 */
export function checkResources(
  set: PolicySet,
  inputs: readonly CheckInput[],
  options: CheckOptions = {},
): readonly CheckOutput[] {
  const decider = new Decider(tableOf(set), options);
  return inputs.map((input) => decider.decide(input));
}
