import { checkResource } from '../../../policy';
import type { ActionDecision, CheckInput, CheckOptions } from '../../../policy';
import { messageOf } from '../../../protocol';
import { buildRequest } from '../../request/build';
import type { RequestFacts } from '../../request/build';
import { readOutputs } from '../../request/outputs';
import type { Outputs } from '../../request/outputs';
import type { ApprovalFacts, PolicyRequest } from '../../request/request-model';
import type { OpenSession } from '../../session/session-store';
import type { PolicyLayer } from './layers';

/** Stands for a rule where a policy denies because none matches. */
export const noRule = 'no-rule-matches';

/** The rule behind a decision. */
export interface DecidedBy {
  /** As Cerbos names policies; empty if the guard itself decided. */
  readonly policy: string;
  readonly rule: string;
}

/** The decision of one policy layer, or of another decision point, on a call at one level of consent. */
export interface LayerDecision {
  readonly source: PolicyLayer['name'] | 'decision-point';
  readonly by: DecidedBy;
  /** Reasons that no rule's output gives, such as a schema violation or a condition that fails. */
  readonly causes: readonly string[];
  readonly outputs: Outputs;
  readonly refuses: boolean;
  /** True if this decision suffices to allow the call, provided that none refuses it. */
  readonly grants: boolean;
}

/**
 * Evaluates a call at a given consent.
 * @returns one decision for each policy layer or decision point that takes part
 */
export type LayerDecisions = (approval: ApprovalFacts) => readonly LayerDecision[];

/**
 * The answers of the policies in force to a call with these facts.
 * @param now milliseconds since the epoch: what `now()` is in policies
 */
export function layerDecisionsOf(
  policyLayers: readonly PolicyLayer[],
  facts: RequestFacts,
  now: number,
): LayerDecisions {
  return layerDecisionsOn(policyLayers, (approval) => buildRequest(facts, approval), now);
}

/**
 * The answers of policies to a request. The user's rules come first and extend the base: what they allow or deny at a
 * level decides there, and where they are silent the base does (request-model: "Questions").
 * @param requestAt the request with a consent as given
 * @param now milliseconds since the epoch: what `now()` is in policies
 */
export function layerDecisionsOn(
  policyLayers: readonly PolicyLayer[],
  requestAt: (approval: ApprovalFacts) => PolicyRequest,
  now: number,
): LayerDecisions {
  const user = policyLayers.find(({ name }) => name === 'user');
  const base = policyLayers.find(({ name }) => name === 'base');
  const others = policyLayers.filter((layer) => layer !== user && layer !== base);
  return (approval) => {
    const at = (layer: PolicyLayer, consent: ApprovalFacts): LayerDecision =>
      answer(layer, requestAt(consent), now);
    const first = user === undefined ? [] : extended(at(user, approval), base, approval, at);
    const granting = base !== undefined && user === undefined ? [silenceIsNo(at(base, approval))] : first;
    return [...granting, ...others.map((layer) => at(layer, approval))];
  };
}

/** As {@link layerDecisionsOf}, with the session as it is, without the reservation of the call itself. */
export function ownDecisions(
  policyLayers: readonly PolicyLayer[],
  surroundings: Omit<RequestFacts, 'session'>,
  session: Pick<OpenSession, 'facts' | 'now'>,
  call: string,
): LayerDecisions {
  return layerDecisionsOf(policyLayers, { ...surroundings, session: session.facts(call) }, session.now);
}

/** Combines the user's policies with the base. Without a base, a call that no user rule allows is refused. */
function extended(
  own: LayerDecision,
  base: PolicyLayer | undefined,
  approval: ApprovalFacts,
  at: (layer: PolicyLayer, consent: ApprovalFacts) => LayerDecision,
): readonly LayerDecision[] {
  if (base === undefined) {
    return [silenceIsNo(own)];
  }
  if (own.refuses) {
    return [own];
  }
  if (own.grants) {
    return [own, ...limitsOf(base, approval, at)];
  }
  const basic = silenceIsNo(at(base, approval));
  const { outputs } = basic;
  const reasons = [...outputs.reasons, ...own.outputs.reasons];
  const redact = [...outputs.redact, ...own.outputs.redact];
  return [{ ...basic, outputs: { ...outputs, reasons, redact } }, own];
}

/**
 * The counters and halts of the base apply also where the user's rules allow the call in its stead: the guardrails
 * depend on these counters. The base is asked at the lowest level, from that of the call on, at which it allows.
 */
function limitsOf(
  base: PolicyLayer,
  approval: ApprovalFacts,
  at: (layer: PolicyLayer, consent: ApprovalFacts) => LayerDecision,
): readonly LayerDecision[] {
  const higher = ([1, 2, 3] as const).filter((level) => level > approval.level);
  for (const consent of [approval, ...higher.map((level) => ({ level, granted: false, ageSeconds: 0 }))]) {
    const basic = at(base, consent);
    if (basic.grants) {
      return [{ ...basic, grants: false }];
    }
  }
  return [];
}

function silenceIsNo(given: LayerDecision): LayerDecision {
  return { ...given, refuses: !given.grants };
}

/** How all policies are evaluated. @param now milliseconds since the epoch */
export function checkOptions(now: number): CheckOptions {
  return {
    strictEvaluation: true,
    lenientScopeSearch: true,
    schemaEnforcement: 'reject',
    now: new Date(now),
  };
}

function answer({ name, set }: PolicyLayer, request: PolicyRequest, now: number): LayerDecision {
  const [action] = request.actions;
  let decision: ActionDecision | undefined;
  let outputs = readOutputs([]);
  try {
    // The request is JSON by construction; its interfaces only lack an index signature.
    const output = checkResource(set, request as unknown as CheckInput, checkOptions(now));
    decision = output.actions[action];
    outputs = readOutputs(output.outputs, decision?.rule?.fqn);
  } catch (error) {
    decision = failed(messageOf(error));
  }
  decision ??= failed('the engine gave no answer');
  const denied = decision.effect !== 'EFFECT_ALLOW';
  return {
    source: name,
    by: decidedBy(decision),
    causes: causesOf(decision),
    outputs,
    refuses: denied && decision.explicit,
    grants: !denied && (name === 'user' || name === 'base'),
  };
}

function failed(error: string): ActionDecision {
  return { effect: 'EFFECT_DENY', policy: '', scope: '', explicit: true, error };
}

function decidedBy({ bySchema, error, policy, rule }: ActionDecision): DecidedBy {
  const failure = bySchema === true ? 'schema' : 'evaluation-error';
  return { policy, rule: rule?.name ?? (error === undefined ? noRule : failure) };
}

function causesOf({ bySchema, error }: ActionDecision): readonly string[] {
  if (error === undefined) {
    return [];
  }
  return [
    bySchema === true ? `a schema does not allow ${error}` : `a condition can't be evaluated: ${error}`,
  ];
}
