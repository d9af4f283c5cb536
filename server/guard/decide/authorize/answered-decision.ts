import type { ApprovalAnswer, GrantedAnswer } from '../../../protocol';
import type { OpenSession } from '../../session/session-store';
import { bindingDigest } from '../gather/binding';
import type { Call } from '../gather/call';
import type { PreparedCall, RejectedCall } from '../gather/prepared-call';
import { consentOf, evaluate, ownReason, ownRefusal } from '../policies/decide';
import type { Refusal } from '../policies/decide';
import { unanswered } from '../policies/external-decision';
import { ownDecisions } from '../policies/layer-decisions';
import type { DecidedCall, DecisionRecorder } from '../record/decision-recorder';
import { approvalRecord } from '../record/records';
import type { Advice } from '../refusal-text';
import { stale } from './consistent-decision';
import type { Stale } from './consistent-decision';
import type { LateAnswers } from './late-answers';
import type { Question } from './question';

interface AnsweredDecisionOptions {
  readonly recorder: DecisionRecorder;
  readonly late: Pick<LateAnswers, 'keep' | 'remembering'>;
  readonly hasDecisionPoint: boolean;
}

const changedMeanwhile = 'the policies, the tool, or where a path leads changed while a person was asked';

/** Decides a call that a person was asked about, once there is an answer. */
export class AnsweredDecision {
  readonly #options: AnsweredDecisionOptions;

  constructor(options: AnsweredDecisionOptions) {
    this.#options = options;
  }

  /** Under the lock again: the answer was no, or for something else, or there is none. */
  refused(session: OpenSession, call: Call, question: Question, answer: ApprovalAnswer): DecidedCall {
    const why = answer.outcome === 'granted' ? 'the answer was for another request' : answer.why;
    const refusal = { ...question.refusal, reasons: [...question.refusal.reasons, ownReason(why)] };
    const outcome = answer.outcome === 'granted' ? 'denied' : answer.outcome;
    return this.#options.recorder.refuse(session, { call }, refusal, adviceFor(outcome), [
      approvalRecord(call, answer, outcome),
    ]);
  }

  /** Under the lock again: the yes is recorded, and the call decided anew with the facts of this moment. */
  granted(
    session: OpenSession,
    prepared: PreparedCall | RejectedCall,
    question: Question,
    answer: GrantedAnswer,
  ): DecidedCall | Stale {
    const { call } = prepared;
    if (call.signal.aborted) {
      const refusal = ownRefusal('withdrawn', 'the caller no longer waits for the answer');
      this.#options.late.keep(session, call, question, answer);
      return this.#options.recorder.refuse(session, prepared, refusal, 'withdrawn', []);
    }
    const approval = approvalRecord(call, answer, 'granted');
    const refuse = (refusal: Refusal, advice: Advice): DecidedCall =>
      this.#options.recorder.refuse(session, prepared, refusal, advice, [approval]);
    if (session.halt !== undefined) {
      return refuse(ownRefusal('session-halted', `the session was halted: ${session.halt.reason}`), 'halted');
    }
    if ('rejected' in prepared) {
      return refuse(prepared.rejected, 'repair');
    }
    if (session.id !== question.session || !session.holds(call.id)) {
      return refuse(ownRefusal('session-ended', 'the session ended while a person was asked'), 'repair');
    }
    if (bindingDigest(prepared.binding) !== bindingDigest(question.binding)) {
      return refuse(ownRefusal('circumstances-changed', changedMeanwhile), 'repair');
    }
    const { external } = prepared;
    if (external === undefined && this.#options.hasDecisionPoint) {
      return stale;
    }
    if (external?.unavailable !== undefined) {
      return refuse(unanswered(external.unavailable), 'decision-point');
    }
    const own = ownDecisions(prepared.layers.policyLayers, prepared.surroundings, session, call.id);
    const evaluation = evaluate(external?.with(own) ?? own, consentOf(question.level));
    if (!evaluation.allowed) {
      return refuse(evaluation.refusal, 'policy');
    }
    const records = [approval, ...this.#options.late.remembering(session, call, question, answer)];
    return this.#options.recorder.forward(
      session,
      prepared,
      { ...evaluation, level: question.level },
      records,
    );
  }
}

function adviceFor(outcome: ApprovalAnswer['outcome']): Advice {
  switch (outcome) {
    case 'withdrawn':
      return 'withdrawn';
    case 'unreachable':
      return 'window-gone';
    case 'granted':
    case 'denied':
    case 'too-fast':
      return 'person-said-no';
  }
}
