import type { Environment } from '../environment';
import type { ParseResult } from '../parser/parse';
import type { CheckResult } from './check-result';
import { Checker } from './checker';

/**
 * Infers the types of a parsed expression (CEL specification, "Gradual type checking"). Reports every error that cel-go
 * reports, and goes on after each. Never throws.
 */
export function check(parsed: ParseResult, environment: Environment): CheckResult {
  return new Checker(parsed.expr, environment).run(parsed.expr);
}
