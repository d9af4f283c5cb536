import type { ApprovalRequest, JsonObject, TextChange, SessionFacts } from '../../../protocol';
import type { AgentIdentity } from '../../enforcer';
import { buildRequest, noApproval } from '../../request/build';
import { maskArguments, maskText } from '../../request/mask';
import { bindingDigest } from '../gather/binding';
import type { Binding } from '../gather/binding';
import type { Call, Surroundings } from '../gather/call';
import type { Obligations, Refusal } from '../policies/decide';
import { noRule } from '../policies/layer-decisions';
import { quoted, reasonsOf } from '../record/records';

/** A question that a human is asked, and what the answer is bound to. */
export interface Question {
  readonly binding: Binding;
  readonly level: 1 | 2 | 3;
  /** The session that holds the reservation. */
  readonly session: string;
  readonly refusal: Refusal;
}

/** Builds the request for an approval. Arguments that policy redacts and texts that look like secrets are masked. */
export function approvalRequest(
  call: Call,
  { binding, level, refusal }: Question,
  shown: {
    readonly surroundings: Surroundings;
    readonly session: SessionFacts;
    readonly obligations: Obligations;
    /** Texts of the server that differ from the accepted ones. */
    readonly changes: readonly TextChange[];
  },
): ApprovalRequest {
  const { fingerprint, name, origin } = shown.surroundings.server;
  const args = maskArguments(call.subject.args, [...refusal.redact, ...shown.obligations.redact]);
  const subject = { ...call.subject, name: maskText(call.subject.name), args };
  const request = buildRequest({ ...shown.surroundings, subject, session: shown.session }, noApproval);
  const title = shown.surroundings.tool?.title;
  return {
    id: call.id,
    digest: bindingDigest(binding),
    level,
    server: { name, origin, fingerprint },
    tool: { name: maskText(call.subject.name), ...(title === undefined ? {} : { title }) },
    kind: call.subject.kind,
    agent: { ...call.agent, display: displayOf(call.agent) },
    user: { name: shown.surroundings.user.name },
    arguments: args,
    ...reasonsOf(refusal),
    ...(shown.changes.length === 0
      ? {}
      : { changes: shown.changes.slice(0, mostChanges).map(boundedChange) }),
    ...(refusal.policy === '' || refusal.rule === noRule
      ? {}
      : { reasonFrom: `${refusal.policy}#${refusal.rule}` }),
    ...quoted(refusal),
    ...(refusal.ask === undefined ? {} : { ask: refusal.ask }),
    remember: refusal.remember,
    // JSON by construction; its interfaces only lack an index signature.
    request: request as unknown as JsonObject,
  };
}

const mostChanges = 20;
const longestText = 2_000;

/** Whole texts are for the review of the server; a dialog shows how they begin. */
function boundedChange({ after, before, place }: TextChange): TextChange {
  const cut = (text: string): string =>
    text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
  return {
    place: cut(place),
    ...(before === undefined ? {} : { before: cut(before) }),
    ...(after === undefined ? {} : { after: cut(after) }),
  };
}

/** A claimed name never reads like a known one. */
function displayOf({ name, verified }: AgentIdentity): string {
  if (verified) {
    return name ?? 'an agent';
  }
  return name === undefined ? 'an agent that gives no name' : `an agent calling itself "${name}"`;
}
