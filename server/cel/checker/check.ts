import type { Environment } from '../environment';
import type { ParseResult } from '../parser/parse';
import type { CheckResult } from './check-result';
import { Checker } from './checker';

/** Infers types. Reports every error that cel-go would, and goes on after each. */
export function check(parsed: ParseResult, environment: Environment): CheckResult {
  return new Checker(parsed.expr, environment).run(parsed.expr);
}
