import { SessionReducer } from '../../protocol';
import type { AttemptRecord, DecisionRecord, SessionRecord, SharedFacts } from '../../protocol';
import { consentOf, evaluate } from '../decide/policies/decide';
import { layerDecisionsOn } from '../decide/policies/layer-decisions';
import type { DecidedBy } from '../decide/policies/layer-decisions';
import type { PolicyLayer } from '../decide/policies/layers';
import type { ApprovalFacts } from '../request/request-model';
import { maskedEvaluation } from './masked-evaluation';
import { recordedRequest, unknownPaths, watched } from './recorded-request';
import type { RecordedRequest } from './recorded-request';

/** The demand of policies on a call, before a person or a grant answers: nothing, consent of a level, or that it does not happen. */
export interface PolicyDemand {
  readonly effect: 'allow' | 'ask' | 'deny';
  /** Of an `ask`: 1 to 3. */
  readonly level?: number;
}

/** A recorded call, decided again by other policies. */
export interface ReplayedCall {
  readonly id: string;
  /** When it was attempted; ISO 8601. */
  readonly time: string;
  readonly server: string;
  /** The tool's name, the resource's URI, …; masked. */
  readonly tool: string;
  /** `cannot-tell`: it depends on what is masked, or was not recorded. */
  readonly answer: 'same' | 'differs' | 'cannot-tell';
  readonly before: PolicyDemand & DecidedBy;
  /** All that it may be now: one, unless that depends on what is masked. Empty if nothing can be said. */
  readonly after: readonly PolicyDemand[];
  /** The rule behind `after`, where that is one and no masked value was read for it. */
  readonly by?: DecidedBy;
}

/** A call whose first decision is still to come. */
interface Pending {
  readonly attempt: AttemptRecord;
  /** Undefined if policies were not asked, or what they saw is not in the log. */
  readonly request: RecordedRequest | undefined;
}

/**
 * Decides the calls of a session again, each with the facts that were recorded of it: with the session's counters as
 * they were, whatever other policies would have counted. Other decision points are not asked again. A call whose attempt
 * was recorded before 0.2, or with a log that is gone, can't be told.
 * @param records of the session's logs, in order
 * @param policyLayers as {@link LayerStore} has them
 */
export function* replay(
  records: Iterable<SessionRecord>,
  policyLayers: readonly PolicyLayer[],
): Generator<ReplayedCall> {
  const reducer = new SessionReducer();
  const shared = new Map<string, SharedFacts>();
  const pending = new Map<string, Pending>();
  for (const record of records) {
    if (record.type === 'facts') {
      shared.set(record.digest, record.facts);
    } else if (record.type === 'attempt') {
      pending.set(record.id, { attempt: record, request: requestOf(record, shared, reducer) });
    } else if (record.type === 'decision') {
      const call = pending.get(record.id);
      pending.delete(record.id);
      if (call !== undefined) {
        yield replayed(call, record, policyLayers);
      }
    }
    reducer.apply(record);
  }
}

function requestOf(
  attempt: AttemptRecord,
  shared: ReadonlyMap<string, SharedFacts>,
  reducer: SessionReducer,
): RecordedRequest | undefined {
  const { facts } = attempt;
  const parts = facts?.shared.map((digest) => shared.get(digest)) ?? [];
  const known = parts.filter((part) => part !== undefined);
  return facts === undefined || known.length < parts.length
    ? undefined
    : recordedRequest(attempt, facts, known, reducer.facts(facts.now, attempt.id));
}

function replayed(
  { attempt, request }: Pending,
  decision: DecisionRecord,
  policyLayers: readonly PolicyLayer[],
): ReplayedCall {
  const { id, server, time, tool } = attempt;
  const before = { ...demandOf(decision), policy: decision.policy, rule: decision.rule };
  const call = { id, time, server, tool, before };
  if (request === undefined) {
    const stands = attempt.facts === undefined && guardsOwn.has(decision.rule) && decision.policy === '';
    return stands
      ? { ...call, answer: 'same', after: [before] }
      : { ...call, answer: 'cannot-tell', after: [] };
  }
  const { after, by } = demandsNow(attempt, request, decision, policyLayers);
  const isBefore = ({ effect, level }: PolicyDemand): boolean =>
    effect === before.effect && level === before.level;
  const answer = !after.some(isBefore) ? 'differs' : after.length === 1 ? 'same' : 'cannot-tell';
  return { ...call, answer, after, ...(by !== undefined && { by }) };
}

/** Refusals of the guard that no policy has to do with. */
const guardsOwn: ReadonlySet<string> = new Set([
  'session-halted',
  'too-many-refusals',
  'tools-unknown',
  'ambiguous-arguments',
]);

/** A grant, or that nobody could be asked, makes no difference to what policies wanted. */
function demandOf({ effect, level = 0 }: DecisionRecord): PolicyDemand {
  if (level > 0) {
    return { effect: 'ask', level };
  }
  return { effect: effect === 'allow' ? 'allow' : 'deny' };
}

const levels = [0, 1, 2, 3] as const;

/** The lowest level of consent at which the call is allowed is what policies want of it. */
function demandsNow(
  attempt: AttemptRecord,
  request: RecordedRequest,
  { externalDecision }: DecisionRecord,
  policyLayers: readonly PolicyLayer[],
): { readonly after: readonly PolicyDemand[]; readonly by?: DecidedBy } {
  const after: PolicyDemand[] = [];
  let by: DecidedBy | undefined;
  let certain = true;
  for (const level of levels) {
    const own = evaluationAt(level, attempt, request, policyLayers);
    certain &&= own.by !== undefined;
    const external = own.allowed.includes(true) ? externalAt(level, attempt, externalDecision) : [true];
    const mayAllow = own.allowed.includes(true) && external.includes(true);
    // The rule that refuses at the highest level that is refused, as a decision has it.
    const refusing = own.allowed.includes(true)
      ? { policy: externalDecision?.policy ?? '', rule: 'decision-point' }
      : own.by;
    by = !mayAllow ? refusing : level === 0 ? own.by : by;
    if (mayAllow) {
      after.push(level === 0 ? { effect: 'allow' } : { effect: 'ask', level });
      if (!own.allowed.includes(false) && !external.includes(false)) {
        return { after, ...(certain && after.length === 1 && by !== undefined && { by }) };
      }
    }
  }
  after.push({ effect: 'deny' });
  return { after, ...(certain && after.length === 1 && by !== undefined && { by }) };
}

/** True if policies allow the call at a level, false if not, both if that depends on what is masked; and the rule, if not. */
function evaluationAt(
  level: ApprovalFacts['level'],
  attempt: AttemptRecord,
  { at, masked }: RecordedRequest,
  policyLayers: readonly PolicyLayer[],
): { readonly allowed: readonly boolean[]; readonly by?: DecidedBy } {
  const now = attempt.facts?.now ?? 0;
  const consent = consentOf(level);
  let wasRead = masked.includes('/actions');
  const requestAt = (approval: ApprovalFacts): ReturnType<RecordedRequest['at']> =>
    masked.length === 0
      ? at(approval)
      : watched(at(approval), masked, () => {
          wasRead = true;
        });
  const evaluation = evaluate(layerDecisionsOn(policyLayers, requestAt, now), consent);
  if (!wasRead) {
    const { policy, rule } = evaluation.allowed ? evaluation : evaluation.refusal;
    return { allowed: [evaluation.allowed], by: { policy, rule } };
  }
  if (masked.includes('/actions')) {
    return { allowed: [true, false] };
  }
  return { allowed: maskedEvaluation(policyLayers, at(consent), unknownPaths(masked), now) };
}

/** True if another decision point allows the call at a level: as it said then, or both if it was not asked. */
function externalAt(
  level: number,
  { facts }: AttemptRecord,
  answered: DecisionRecord['externalDecision'],
): readonly boolean[] {
  if (facts?.decisionPoint !== true) {
    return [true];
  }
  if (answered?.answer === 'unavailable') {
    return [false];
  }
  const said = answered?.levels?.[level] ?? undefined;
  return said === undefined ? [true, false] : [said];
}
