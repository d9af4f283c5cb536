import { fittingGrants, floodRule, grantOf } from '../../../protocol';
import type { ApprovalRequest, Approver } from '../../../protocol';
import type { OpenSession } from '../../session/session-store';
import type { PreparedCall, RejectedCall } from '../gather/prepared-call';
import { consentBy, evaluate, ownReason, ownRefusal } from '../policies/decide';
import { decideTogether } from '../policies/external-decision';
import { ownDecisions } from '../policies/layer-decisions';
import type { LayerDecisions } from '../policies/layer-decisions';
import type { Allowed, Asking, DecidedCall, DecisionRecorder } from '../record/decision-recorder';
import type { Advice } from '../refusal-text';
import { stale } from './consistent-decision';
import type { Stale } from './consistent-decision';
import { approvalRequest } from './question';
import type { Question } from './question';

/** A person is to be asked. */
export interface Asked {
  readonly kind: 'ask';
  readonly request: ApprovalRequest;
  readonly question: Question;
}

interface FirstDecisionOptions {
  readonly recorder: DecisionRecorder;
  readonly approver: Pick<Approver, 'available'>;
  readonly launchedByWindow: boolean;
  readonly hasDecisionPoint: boolean;
}

/** Of the guardrails: what it asks about, accepting the server again settles, too. */
const rewordedRule = 'reworded-tools-ask';

/** Decides a call that nobody was asked about: it goes on, is refused, or a person is to be asked. */
export class FirstDecision {
  readonly #options: FirstDecisionOptions;

  constructor(options: FirstDecisionOptions) {
    this.#options = options;
  }

  /** Under the lock: records the attempt and decides it. */
  decide(session: OpenSession, prepared: PreparedCall | RejectedCall): DecidedCall | Asked | Stale {
    const { call } = prepared;
    const { recorder } = this.#options;
    if (session.halt !== undefined) {
      const refusal = ownRefusal('session-halted', `the session was halted: ${session.halt.reason}`);
      return recorder.refuse(session, prepared, refusal, 'halted', recorder.unseenAttempt(call));
    }
    const wait = session.wait(call.agent);
    if (wait > 0) {
      const reason = `this agent made too many calls, or too many of them were refused, in a short time; it may go on in ${wait} s`;
      const refusal = ownRefusal(floodRule, reason);
      return recorder.refuse(session, prepared, refusal, 'slow-down', recorder.unseenAttempt(call));
    }
    if ('rejected' in prepared) {
      const { advice = 'repair', rejected } = prepared;
      return recorder.refuse(session, prepared, rejected, advice, recorder.unseenAttempt(call));
    }
    const own = ownDecisions(prepared.layers.policyLayers, prepared.surroundings, session, call.id);
    const decision = decideTogether(own, this.#external(prepared));
    switch (decision.kind) {
      case 'stale':
        return stale;
      case 'allow': {
        const attempt = recorder.attempt(session, prepared, decision.obligations.redact);
        return recorder.forward(session, prepared, { ...decision, level: 0 }, attempt);
      }
      case 'ask':
        return this.#stepUp(session, prepared, decision, own);
      case 'deny':
      case 'unanswered': {
        const { refusal } = decision;
        const attempt = recorder.attempt(session, prepared, refusal.redact);
        const advice = decision.kind === 'unanswered' ? 'decision-point' : adviceOn(prepared);
        return recorder.refuse(session, prepared, refusal, advice, attempt);
      }
    }
  }

  /** Lets a grant stand in for a human, or asks one. */
  #stepUp(
    session: OpenSession,
    prepared: PreparedCall,
    asking: Asking,
    own: LayerDecisions,
  ): DecidedCall | Asked | Stale {
    const { recorder } = this.#options;
    const decision = namesProtected(prepared) ? neverRemembered(asking) : asking;
    const { level, refusal } = decision;
    const attempt = recorder.attempt(session, prepared, refusal.redact);
    if (level > 1) {
      const reason = `it needs approval level ${level}, which is not supported yet`;
      const higher = {
        ...refusal,
        rule: 'not-supported-yet',
        reasons: [...refusal.reasons, ownReason(reason)],
      };
      return recorder.refuse(session, prepared, higher, 'higher-level', attempt, level);
    }
    const granted = this.#byGrant(session, prepared, decision, own);
    if (prepared.external?.missed === true) {
      return stale;
    }
    if (granted !== undefined) {
      return recorder.forward(session, prepared, granted, attempt);
    }
    if (!this.#options.approver.available) {
      const nobody = this.#options.launchedByWindow ? 'window-gone' : 'nobody-to-ask';
      const advice = refusal.rule === rewordedRule ? 'acceptance' : nobody;
      return recorder.refuse(session, prepared, refusal, advice, attempt, level);
    }
    recorder.hold(session, prepared, decision, attempt);
    return questionAbout(session, prepared, decision);
  }

  /** Decides with the consent that a human gave before, if there is any that fits and the policy still agrees. */
  #byGrant(
    session: OpenSession,
    prepared: PreparedCall,
    { level, refusal }: Asking,
    own: LayerDecisions,
  ): Allowed | undefined {
    if (namesProtected(prepared)) {
      return undefined;
    }
    const { binding, external } = prepared;
    const { now } = session;
    const grants = session.grants.map(grantOf);
    for (const grant of fittingGrants(grants, binding, { level, now, remember: refusal.remember })) {
      const approval = consentBy(grant, now);
      const evaluation = evaluate(external?.withGrant(own, grant) ?? own, approval);
      if (evaluation.allowed) {
        return { ...evaluation, level: approval.level, grant: grant.id };
      }
    }
    return undefined;
  }

  /** `none` if no other decision point is set up, which {@link decideTogether} tells from one that was not asked. */
  #external({ external }: PreparedCall): PreparedCall['external'] | 'none' {
    return this.#options.hasDecisionPoint ? external : 'none';
  }
}

function questionAbout(
  session: OpenSession,
  { binding, call, surroundings, tool }: PreparedCall,
  { level, obligations, refusal }: Asking,
): Asked {
  const question = { binding, level, session: session.id, refusal };
  const changes = tool?.rewording?.noticed === false ? tool.rewording.changes : [];
  const shown = { surroundings, session: session.facts(call.id), obligations, changes };
  return { kind: 'ask', request: approvalRequest(call, question, shown), question };
}

/** For a call that names a protected path no grant replaces the question, whatever the policies permit. */
function namesProtected({ surroundings }: PreparedCall): boolean {
  return surroundings.paths.some((path) => path.protected);
}

function neverRemembered(asking: Asking): Asking {
  return { ...asking, refusal: { ...asking.refusal, remember: { session: false } } };
}

function adviceOn({ tool }: PreparedCall): Advice {
  return tool !== undefined && (!tool.accepted || tool.changed) ? 'acceptance' : 'policy';
}
