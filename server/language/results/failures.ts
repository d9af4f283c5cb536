import type { ActionResult, DecidingRule, SourceRange } from '../../policy';

/** One thing that went wrong when one principal tried one action on one resource. */
export interface FailureText {
  /** Of the expectation in the suite. */
  readonly range: SourceRange;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly decidedBy?: DecidingRule;
}

/** Says in words what a bad result is about: the effect, each output, or why it could not be tried. */
export function describeFailure(result: ActionResult): readonly FailureText[] {
  const who = `${result.principal} · ${result.action} · ${result.resource}`;
  const { range } = result.location;
  if (result.result === 'errored') {
    return [{ range, message: `${who}: could not be tried: ${result.error ?? 'unknown error'}` }];
  }
  const failures: FailureText[] = [];
  const { actual } = result;
  const decidedBy = actual?.rule && { decidedBy: actual.rule };
  if (actual !== undefined && actual.effect !== result.expected) {
    failures.push({
      range,
      message: `${who}: expected ${effectName(result.expected)}, but it is ${effectName(actual.effect)}; ${reasonOf(result)}`,
      expected: result.expected,
      actual: actual.effect,
      ...decidedBy,
    });
  }
  for (const output of result.outputFailures) {
    const expected = text(output.expected);
    const came =
      output.kind === 'missing'
        ? 'there is none'
        : output.kind === 'errored'
          ? `it is an error: ${output.error ?? 'unknown error'}`
          : `it is ${text(output.actual)}`;
    failures.push({
      range: output.location.range,
      message: `${who}: expected the output ${expected} of ${output.src}, but ${came}`,
      expected,
      ...(output.kind === 'mismatched' && { actual: text(output.actual) }),
      ...decidedBy,
    });
  }
  return failures.length > 0 ? failures : [{ range, message: `${who}: ${result.error ?? 'failed'}` }];
}

/** `ALLOW` for `EFFECT_ALLOW`. */
export function effectName(effect: string): string {
  return effect.replace(/^EFFECT_/, '');
}

/** Which rule decided, or that none did. */
export function reasonOf({ actual }: ActionResult): string {
  if (actual === undefined) {
    return 'nothing decided';
  }
  const { rule, policy, error, bySchema } = actual;
  if (bySchema) {
    return `a schema does not allow the attributes${error === undefined ? '' : `: ${error}`}`;
  }
  if (error !== undefined) {
    return `an expression could not be evaluated: ${error}`;
  }
  if (rule !== undefined) {
    const through = rule.derivedRole === undefined ? '' : ` through the derived role ${rule.derivedRole}`;
    return `rule ${rule.fqn} decided${through}`;
  }
  if (policy === 'NO_MATCH' || policy === '') {
    return 'no policy matches';
  }
  return actual.explicit ? `${policy} denies it` : `no rule of ${policy} matches`;
}

function text(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? 'nothing' : json.length > 200 ? `${json.slice(0, 200)}…` : json;
}
