import type { PolicySet } from '../compile/policy-set';
import { explainResource } from '../explain/explain';
import type { CheckExplanation } from '../explain/types';
import { checkOptionsOf } from './options';
import type { PlannedTest } from './plan';
import type { RunOptions } from './types';

/** Explains the decisions on one principal and resource of a test, with the options of the test and the run. */
export function explainTest(
  set: PolicySet,
  test: PlannedTest,
  options: Pick<RunOptions, 'strictEvaluation'> = {},
): CheckExplanation {
  return explainResource(set, test.input, checkOptionsOf(test, options));
}
