import { compile } from '../../cel';
import type { Compilation } from '../../cel';
import { cerbosEnvironment } from './environment';
import { foldConstants } from './folding/fold-constants';

/**
 * Parses, checks and plans an expression of a policy. Branches that constants decide are dropped before anything runs,
 * as Cerbos does. Never throws.
 */
export function compileCondition(source: string): Compilation {
  const environment = cerbosEnvironment();
  return compile(source, environment, {
    rewrite: (expr, checked) => foldConstants(expr, checked, environment),
  });
}
