import { children } from '../ast';
import type { Call, Expr, Literal } from '../ast';
import { Failure } from '../evaluator/failure';
import { regex } from '../functions/regex';
import type { CelIssue, CelIssueCode } from '../issue';
import { parseDuration } from '../values/duration-text';
import { maxSeconds, minSeconds } from '../values/timestamp';
import { parseTimestamp } from '../values/timestamp-text';

type Rule = (value: Literal['value']) => boolean;

function isDuration(value: Literal['value']): boolean {
  return typeof value !== 'string' || parseDuration(value) !== undefined;
}

function isTimestamp(value: Literal['value']): boolean {
  if (typeof value === 'bigint') {
    return value >= BigInt(minSeconds) && value <= BigInt(maxSeconds);
  }
  return typeof value !== 'string' || parseTimestamp(value) !== undefined;
}

function isRegex(value: Literal['value']): boolean {
  return typeof value !== 'string' || !(regex(value) instanceof Failure);
}

/** The functions whose first argument, when it is a literal, is looked at before the expression runs. */
const rules = new Map<string, { readonly valid: Rule; readonly code: CelIssueCode }>([
  ['duration', { valid: isDuration, code: 'invalid-duration' }],
  ['timestamp', { valid: isTimestamp, code: 'invalid-timestamp' }],
  ['matches', { valid: isRegex, code: 'invalid-regex' }],
]);

/** Finds literals that can only fail: durations, timestamps and regular expressions, as cel-go's validators do. */
export function validateLiterals(expr: Expr): readonly CelIssue[] {
  const issues: CelIssue[] = [];
  const pending: Expr[] = [expr];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.kind === 'call') {
      const issue = validateCall(node);
      if (issue) {
        issues.push(issue);
      }
    }
    pending.push(...children(node));
  }
  return issues.sort((a, b) => a.position - b.position);
}

function validateCall(call: Call): CelIssue | undefined {
  const rule = rules.get(call.name);
  const [argument] = call.args;
  if (!rule || argument?.kind !== 'literal' || rule.valid(argument.value)) {
    return undefined;
  }
  return {
    code: rule.code,
    message: `invalid ${call.name} argument`,
    range: argument.range,
    position: argument.position,
  };
}
