import type { ApprovalAnswer, DecisionRecord, JsonObject, NewRecord } from '../../../protocol';
import type { AgentIdentity } from '../../enforcer';
import { placeOfReplacement } from '../../paths/resolved-arguments';
import { maskArguments, maskedCopy, maskText, recordLimits } from '../../request/mask';
import type { OpenSession } from '../../session/session-store';
import type { Call } from '../gather/call';
import type { PreparedCall } from '../gather/prepared-call';
import type { Refusal } from '../policies/decide';
import type { ExternalDecision } from '../policies/external-decision';
import type { DecidedBy } from '../policies/layer-decisions';
import type { FactsRecorder } from './facts-recorder';

/** The record of what was asked for; arguments masked and bounded. */
export function attemptRecord(
  call: Call,
  server: { readonly name: string; readonly fingerprint: string },
): Extract<NewRecord, { type: 'attempt' }> {
  return attemptOf(call, server, maskArguments(call.subject.args, [], recordLimits));
}

/**
 * The record of what was asked for, with what policies saw of it, after the records that it refers to.
 * @param redact paths of arguments that policy redacts
 * @param session as it is when the call is decided
 */
export function attemptRecords(
  prepared: PreparedCall,
  server: { readonly name: string; readonly fingerprint: string },
  redact: readonly string[],
  { recorder, session }: { readonly recorder: FactsRecorder; readonly session: OpenSession },
): readonly NewRecord[] {
  const { call } = prepared;
  const args = maskedCopy(call.subject.args, redact, recordLimits);
  const attempt = attemptOf(call, server, args.value);
  const isNamed = attempt.tool === call.subject.name;
  const { before, facts } = recorder.record(prepared, args, isNamed, session);
  return [...before, { ...attempt, facts }];
}

function attemptOf(
  { agent, digest, id, replaced, subject }: Call,
  server: { readonly name: string; readonly fingerprint: string },
  args: JsonObject,
): Extract<NewRecord, { type: 'attempt' }> {
  return {
    type: 'attempt',
    id,
    server: server.name,
    fingerprint: server.fingerprint,
    kind: subject.kind,
    tool: bounded(maskText(subject.name)),
    agent: boundedAgent(agent),
    digest,
    arguments: args,
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
