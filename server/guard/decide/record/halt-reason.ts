import { maskText } from '../../request/mask';
import { ruleInWords } from '../policies/rule-name';
import { bounded } from './records';

interface HaltCause {
  /** Fully qualified names of the rules whose outputs halt. */
  readonly rules: readonly string[];
  /** The call with which it is halted, such as `delete_item of items`. */
  readonly call: string;
  /** The counters that the call adds one to. */
  readonly counts: readonly string[];
  /** All counters before the call. */
  readonly before: Readonly<Record<string, number>>;
}

/** Why a session is halted, in words: which rule, with which call, and what the counters that it moved stand at. */
export function haltReason({ before, call, counts, rules }: HaltCause): string {
  const named = rules.map(ruleInWords).join(' and ');
  const counted = counts
    .map((name) => `${name} ${(Object.hasOwn(before, name) ? (before[name] ?? 0) : 0) + 1}`)
    .join(', ');
  const rule = rules.length > 1 ? 'the rules' : 'the rule';
  const after = counted === '' ? '' : ` (counted then: ${counted})`;
  return bounded(
    maskText(`${rule} ${named} ${rules.length > 1 ? 'stop' : 'stops'} it after ${call}${after}`),
  );
}
