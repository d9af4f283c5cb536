import { callState } from '../../server/protocol';
import type { ApprovalRecord, CallEntry, DecisionRecord, SessionCounts } from '../../server/protocol';
import type { Translate } from '../translate';
import { excerpt, named } from '../approvals/visible-text';

/** How a call stands, in a word. */
function stateWord(call: CallEntry, t: Translate): string {
  switch (callState(call)) {
    case 'allowed':
      return t('allowed');
    case 'denied':
      return t('denied');
    case 'waiting':
      return call.question === undefined ? t('being decided') : t('waiting for a human');
  }
}

/** Describes how a human answered the question about a call, such as `approved by Ann for the session`. */
export function approvalWords({ approver, how, late, outcome, why }: ApprovalRecord, t: Translate): string {
  const name = approver === undefined ? t('somebody') : excerpt(approver.name, 64);
  const words = {
    granted: how === 'session' ? t('approved by {0} for the session', name) : t('approved by {0}', name),
    denied: t('refused by {0}', name),
    withdrawn: t('taken back before it was answered'),
    unreachable: t('nobody could be asked'),
    'too-fast': t('answered too fast to be meant'),
  }[outcome];
  const suffix = late === true ? ` (${t('too late')})` : '';
  return outcome === 'unreachable' && why !== undefined ? excerpt(why, 200) : words + suffix;
}

/**
 * The decision whose rule, policy and reasons say the most: of a call that a human allowed, it is the one that asked,
 * since what follows only says that they did.
 */
function telling({ decision, question }: CallEntry): DecisionRecord | undefined {
  return decision?.effect === 'allow' ? (question ?? decision) : decision;
}

/** The rule that decided, for people. */
function ruleWords(call: CallEntry, t: Translate): string | undefined {
  const decision = telling(call);
  if (decision === undefined || decision.rule === '') {
    return undefined;
  }
  return decision.grant === undefined
    ? t('rule {0}', excerpt(decision.rule, 64))
    : t('rule {0}, approved earlier', excerpt(decision.rule, 64));
}

/** The text beside the tool's name in a list: the server, the state of the call, and more. */
export function callDescription(call: CallEntry, t: Translate): string {
  const parts = [
    excerpt(call.attempt.server, 40),
    stateWord(call, t),
    ruleWords(call, t),
    call.approval === undefined ? undefined : approvalWords(call.approval, t),
    call.repeats === undefined ? undefined : t('{0} more like it', call.repeats),
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** One sentence for a screen reader. */
export function callLabel(call: CallEntry, time: string, t: Translate): string {
  const { attempt } = call;
  const parts = [
    t('{0}: {1} of {2}', stateWord(call, t), named(attempt.tool), named(attempt.server)),
    ruleWords(call, t),
    call.approval === undefined ? undefined : approvalWords(call.approval, t),
    call.repeats === undefined ? undefined : t('{0} more like it', call.repeats),
    time,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** Everything about a call, a line each. */
export function callTooltip(call: CallEntry, time: string, t: Translate): string {
  const { approval, attempt, outcome } = call;
  const decision = telling(call);
  const agent =
    attempt.agent.verified && attempt.agent.name !== undefined
      ? excerpt(attempt.agent.name, 64)
      : t('an agent calling itself "{0}"', excerpt(attempt.agent.name ?? '', 48));
  const lines = [
    callLabel(call, time, t),
    t('Agent: {0}', agent),
    decision === undefined || decision.policy === ''
      ? undefined
      : t('Policy: {0}', excerpt(decision.policy, 120)),
    ...reasonLines(decision, t),
    ...(decision?.workspaceReasons ?? []).map((reason) =>
      t('The workspace says: "{0}"', excerpt(reason, 200)),
    ),
    approval?.why === undefined ? undefined : excerpt(approval.why, 200),
    outcome === undefined ? undefined : t('Outcome: {0}', outcome.status),
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

/** Each reason, with the rule that gave it where that is not the one that decided. */
function reasonLines(decision: DecisionRecord | undefined, t: Translate): string[] {
  const { policy = '', reasonRules = [], reasons = [], rule = '' } = decision ?? {};
  return reasons.map((reason, index) => {
    const from = reasonRules[index] ?? '';
    return from === '' || from === `${policy}#${rule}`
      ? t('Reason: {0}', excerpt(reason, 200))
      : t('Reason: {0} (from {1})', excerpt(reason, 200), excerpt(from, 120));
  });
}

/** The counts for the status bar. */
export function countsText({ allowed, asked, denied }: SessionCounts, t: Translate): string {
  return t('{0} allowed · {1} asked · {2} denied', allowed, asked, denied);
}
