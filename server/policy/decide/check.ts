import { tableOf } from '../compile/policy-set';
import type { PolicySet } from '../compile/policy-set';
import { decide } from './decide';
import type { CheckInput, CheckOptions, CheckOutput } from './types';

/** Decides, exactly as Cerbos 0.55's `CheckResources` does for one resource, and says why. Never throws. */
export function checkResource(set: PolicySet, input: CheckInput, options: CheckOptions = {}): CheckOutput {
  return decide(tableOf(set), input, options);
}
