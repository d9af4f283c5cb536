import { grantOf } from '../../../protocol';
import type { Grant, SessionFacts } from '../../../protocol';
import type { AdditionalDecisionPoint } from '../../decision-point/additional';
import type { OpenSession, SessionStore } from '../../session/session-store';
import { bindingDigest } from '../gather/binding';
import type { Call } from '../gather/call';
import type { PreparedCall, RejectedCall } from '../gather/prepared-call';
import { ExternalDecision } from '../policies/external-decision';
import type { DecisionInput } from '../policies/external-decision';
import { layerDecisionsOf } from '../policies/layer-decisions';

/** The session as it was when another decision point was asked. */
interface View {
  readonly facts: SessionFacts;
  readonly grants: readonly Grant[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly halted: boolean;
}

/** One way of deciding a call. */
interface DecisionSteps<R> {
  /** A decision whose own reservation is left out of the session's facts. */
  readonly except?: string;
  /** Asks the other decision point; nothing if there is nothing to ask it. */
  ask(
    point: AdditionalDecisionPoint,
    input: DecisionInput,
    prepared: PreparedCall,
    view: View,
  ): Promise<ExternalDecision | undefined>;
  /** Decides under the session's lock. */
  decide(session: OpenSession, prepared: PreparedCall | RejectedCall): R | Stale;
}

/** The decision input has changed since another decision point was asked about it. */
export interface Stale {
  readonly kind: 'stale';
}

export const stale: Stale = { kind: 'stale' };

/** How often another decision point is asked about one call, if the session changes each time before it answers. */
const mostAttempts = 8;

interface ConsistentDecisionParts<R> {
  readonly point: AdditionalDecisionPoint | undefined;
  readonly session: SessionStore;
  readonly prepare: (call: Call) => Promise<PreparedCall | RejectedCall>;
  /** Returns true for a result whose records must survive a power cut. */
  readonly durable: (result: R) => boolean;
}

/**
 * Decides calls under the session's lock, together with another decision point where there is one. Nobody holds the
 * lock while that is asked, so that one which hangs holds up nobody else; but what it said counts only if
 * everything it was told is still so when the lock is held. Else it is asked again.
 */
export class ConsistentDecision<R extends { readonly kind: string }> {
  readonly #parts: ConsistentDecisionParts<R>;
  /** Calls that were overtaken ask one after the other, or they would overtake each other again. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: ConsistentDecisionParts<R>) {
    this.#parts = parts;
  }

  /** @throws when nothing can be decided or recorded */
  async run<T extends R>(call: Call, way: DecisionSteps<T>): Promise<T> {
    const { point, prepare } = this.#parts;
    if (point === undefined) {
      return this.#settled(await prepare(call), way);
    }
    const first = await this.#attempt(point, call, way);
    return isStale(first) ? this.#inTurn(() => this.#again(point, call, way)) : first;
  }

  async #again<T extends R>(point: AdditionalDecisionPoint, call: Call, way: DecisionSteps<T>): Promise<T> {
    for (let attempt = 1; attempt < mostAttempts; attempt++) {
      const result = await this.#attempt(point, call, way);
      if (!isStale(result)) {
        return result;
      }
    }
    const external = new ExternalDecision(point.name);
    external.fail('the session, the policies or the tools changed each time before it had answered');
    return this.#settled({ ...(await this.#parts.prepare(call)), external }, way);
  }

  async #attempt<T extends R>(
    point: AdditionalDecisionPoint,
    call: Call,
    way: DecisionSteps<T>,
  ): Promise<T | Stale> {
    const asked = await this.#parts.prepare(call);
    if ('rejected' in asked) {
      return this.#transaction((session) => way.decide(session, asked));
    }
    const view = await this.#parts.session.transaction((session): View => viewOf(session, way.except));
    const external = view.halted
      ? undefined
      : await way.ask(point, decisionInputOf(asked, view), asked, view);
    const prepared = { ...(await this.#parts.prepare(call)), external };
    const bound = 'rejected' in prepared || bindingDigest(prepared.binding) === bindingDigest(asked.binding);
    const isFinal = external?.unavailable !== undefined;
    return this.#transaction((session) =>
      isFinal || (bound && sameFacts(view.facts, session.facts(way.except)))
        ? way.decide(session, prepared)
        : stale,
    );
  }

  async #settled<T extends R>(prepared: PreparedCall | RejectedCall, way: DecisionSteps<T>): Promise<T> {
    const result = await this.#transaction((session) => way.decide(session, prepared));
    if (isStale(result)) {
      throw new Error('the call was decided with what another decision point had said of another');
    }
    return result;
  }

  #transaction<T extends R>(work: (session: OpenSession) => T | Stale): Promise<T | Stale> {
    return this.#parts.session.transaction(work, (result) => !isStale(result) && this.#parts.durable(result));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(work);
    this.#turn = run.catch(() => undefined);
    return run;
  }
}

function isStale(result: { readonly kind: string }): result is Stale {
  return result.kind === 'stale';
}

function viewOf(session: OpenSession, except: string | undefined): View {
  const { grants, halt, now } = session;
  return { facts: session.facts(except), grants: grants.map(grantOf), now, halted: halt !== undefined };
}

function decisionInputOf(
  { call, layers, surroundings }: PreparedCall,
  { facts: session, now }: View,
): DecisionInput {
  const facts = { ...surroundings, session };
  return { own: layerDecisionsOf(layers.policyLayers, facts, now), facts, now, signal: call.signal };
}

/** Apart from the time that passes by itself. */
function sameFacts(a: SessionFacts, b: SessionFacts): boolean {
  return JSON.stringify({ ...a, seconds: 0 }) === JSON.stringify({ ...b, seconds: 0 });
}
