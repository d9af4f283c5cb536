import { parseTimestamp } from '../../cel';
import type { CheckOptions } from '../check-types';
import type { PlannedTest } from './plan';
import type { RunOptions } from './types';

/** The options for deciding a test. Evaluation is strict if the test or the run asks for it. */
export function checkOptionsOf({ options }: PlannedTest, run: RunOptions): CheckOptions {
  const { now, ...rest } = options;
  const parsed = now === undefined ? undefined : parseTimestamp(now);
  return {
    ...rest,
    strictEvaluation: rest.strictEvaluation === true || run.strictEvaluation === true,
    // As `cerbos compile` does, whatever a server would do.
    schemaEnforcement: run.ignoreSchemas === true ? 'none' : 'reject',
    ...(parsed && { now: parsed }),
  };
}
