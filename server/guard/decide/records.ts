import type { ApprovalAnswer, DecisionRecord, NewRecord } from '../../protocol';
import type { AgentIdentity } from '../enforcer';
import { placeOfReplacement } from '../paths/resolved-arguments';
import { maskArguments, maskText, recordLimits } from '../request/mask';
import type { Call } from './call';
import type { ExternalDecision } from './external-decision';
import type { DecidedBy } from './layer-decisions';
import type { Refusal } from './decide';

/** The record of what was asked for; arguments masked and bounded. */
export function attemptRecord(
  call: Call,
  server: { readonly name: string; readonly fingerprint: string },
  redact: readonly string[] = [],
): Extract<NewRecord, { type: 'attempt' }> {
  const { agent, digest, id, replaced, subject } = call;
  return {
    type: 'attempt',
    id,
    server: server.name,
    fingerprint: server.fingerprint,
    kind: subject.kind,
    tool: bounded(maskText(subject.name)),
    agent: boundedAgent(agent),
    digest,
    arguments: maskArguments(subject.args, redact, recordLimits),
    ...(replaced && {
      replaced: replaced.by.map((each) => ({
        argument: bounded(maskText(placeOfReplacement(each))),
        sent: bounded(maskText(each.sent)),
      })),
    }),
  };
}

/** The members that all records of decisions share; final unless the effect is `ask`. */
export function decisionRecord(
  { id }: Call,
  effect: DecisionRecord['effect'],
  { policy, rule }: DecidedBy,
): Extract<NewRecord, { type: 'decision' }> {
  return { type: 'decision', id, effect, final: effect !== 'ask', policy, rule, reasons: [] };
}

/** The record of an answer. @param outcome may be stricter than the answer's own */
export function approvalRecord(
  call: Call,
  answer: ApprovalAnswer,
  outcome: ApprovalAnswer['outcome'],
): Extract<NewRecord, { type: 'approval' }> {
  return {
    type: 'approval',
    id: call.id,
    outcome,
    ...(answer.outcome === 'granted' ? { how: answer.how } : { why: bounded(answer.why) }),
    ...(answer.approver === undefined ? {} : { approver: answer.approver }),
  };
}

/** A refusal's reasons, with the rules that gave them. */
export function reasonsOf({ reasons }: Refusal): Required<Pick<DecisionRecord, 'reasons' | 'reasonRules'>> {
  return { reasons: reasons.map(({ text }) => text), reasonRules: reasons.map(({ rule }) => rule) };
}

/** Quotations from the repository's policies, where there are any. */
export function quoted({ workspaceReasons }: Refusal): { readonly workspaceReasons?: readonly string[] } {
  return workspaceReasons.length === 0 ? {} : { workspaceReasons };
}

export function externalDecisionField(
  external: ExternalDecision | undefined,
): Pick<DecisionRecord, 'externalDecision'> {
  return external === undefined ? {} : { externalDecision: external.record };
}

function boundedAgent({ conversationId, name, verified, version }: AgentIdentity): AgentIdentity {
  return {
    ...(name === undefined ? {} : { name: bounded(name) }),
    ...(version === undefined ? {} : { version: bounded(version) }),
    verified,
    ...(conversationId === undefined ? {} : { conversationId: bounded(conversationId) }),
  };
}

/** Names come from agents and servers: the log bounds them. */
export function bounded(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`;
}
