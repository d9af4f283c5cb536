import type { PolicySet } from '../compile-set';

export interface OutrightQuestion {
  readonly kind: string;
  /** `default` if left out. */
  readonly version?: string;
  readonly scope?: string;
  readonly action: string;
  readonly roles: readonly string[];
}

/**
 * Whether the action is denied whatever the attributes are: for each of the roles an unconditional DENY rule matches that
 * no more specific scope can overrule. Scopes that have no policies fall back to their ancestors.
 */
export declare function isDeniedOutright(set: PolicySet, question: OutrightQuestion): boolean;
