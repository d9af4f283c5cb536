import { children } from '../ast';
import type { Call, Expr } from '../ast';
import { Failure } from '../values/failure';
import { regex } from '../functions/regex';
import type { CelIssue, CelIssueCode } from '../issue';
import { parseDuration } from '../values/time/duration-text';
import { readCidr, readIp } from '../values/network/net-types';
import { maxSeconds, minSeconds } from '../values/time/timestamp';
import { parseTimestamp } from '../values/time/timestamp-text';
import type { CheckResult } from './check-result';
import { validateFormat } from './validate-format';

/** @returns the detail of the error message, which may be empty; undefined if the literal is valid */
type Rule = (value: unknown) => string | undefined;

function duration(value: unknown): string | undefined {
  return typeof value !== 'string' || parseDuration(value) ? undefined : '';
}

function timestamp(value: unknown): string | undefined {
  if (typeof value === 'bigint') {
    return value >= BigInt(minSeconds) && value <= BigInt(maxSeconds) ? undefined : '';
  }
  return typeof value !== 'string' || parseTimestamp(value) ? undefined : '';
}

function pattern(value: unknown): string | undefined {
  return typeof value === 'string' && regex(value) instanceof Failure ? '' : undefined;
}

function networkText(read: (text: string) => object | string): Rule {
  return (value) => {
    const result = typeof value === 'string' ? read(value) : undefined;
    return typeof result === 'string' ? result : undefined;
  };
}

/** The functions whose first argument is checked before the expression runs, if it is a literal. */
const rules = new Map<string, { readonly problem: Rule; readonly code: CelIssueCode }>([
  ['duration', { problem: duration, code: 'invalid-duration' }],
  ['timestamp', { problem: timestamp, code: 'invalid-timestamp' }],
  ['matches', { problem: pattern, code: 'invalid-regex' }],
  ['ip', { problem: networkText(readIp), code: 'invalid-address' }],
  ['cidr', { problem: networkText(readCidr), code: 'invalid-address' }],
]);

/**
 * Finds literals that can only fail at run time: durations, timestamps, patterns, addresses and formats, as cel-go's
 * validators do.
 */
export function validateLiterals(expr: Expr, checked: CheckResult): readonly CelIssue[] {
  const issues: CelIssue[] = [];
  const pending: Expr[] = [expr];
  for (let node = pending.pop(); node; node = pending.pop()) {
    const issue = node.kind === 'call' ? (validateCall(node) ?? validateFormat(node, checked)) : undefined;
    if (issue) {
      issues.push(issue);
    }
    pending.push(...children(node));
  }
  return issues.sort((a, b) => a.position - b.position);
}

function validateCall(call: Call): CelIssue | undefined {
  const rule = rules.get(call.name);
  const [argument] = call.args;
  const problem = rule && argument?.kind === 'literal' ? rule.problem(argument.value) : undefined;
  if (!rule || !argument || problem === undefined) {
    return undefined;
  }
  return {
    code: rule.code,
    message: `invalid ${call.name} argument${problem === '' ? '' : `: ${problem}`}`,
    range: argument.range,
    position: argument.position,
  };
}
