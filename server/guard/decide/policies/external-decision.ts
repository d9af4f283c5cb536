import type { ExternalDecisionRecord, Grant } from '../../../protocol';
import { messageOf } from '../../../protocol';
import type { AdditionalAnswer, AdditionalDecisionPoint } from '../../decision-point/additional';
import { buildRequest } from '../../request/build';
import type { RequestFacts } from '../../request/build';
import { readOutputs } from '../../request/outputs';
import type { ApprovalFacts } from '../../request/request-model';
import { consentBy, consentOf, decide, ownRefusal } from './decide';
import type { Decision, Refusal } from './decide';
import type { LayerDecision, LayerDecisions } from './layer-decisions';

type Level = ApprovalFacts['level'];
const highest: Level = 3;
const levels: readonly Level[] = [0, 1, 2, highest];

/** The answers of another decision point about one call: one for each level of consent, and one for each grant. */
export class ExternalDecision {
  readonly #name: string;
  readonly #byLevel = new Map<Level, AdditionalAnswer>();
  readonly #byGrant = new Map<string, AdditionalAnswer>();
  /** Why there is no answer. */
  #unavailable: string | undefined;
  #missed = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** Why it gave no answer; then nothing may be allowed. */
  get unavailable(): string | undefined {
    return this.#unavailable === undefined
      ? undefined
      : `the decision point ${this.#name} gave no answer: ${this.#unavailable}`;
  }

  /**
   * True if a decision needed an answer that was never requested: the input has changed, and the point must be asked
   * again.
   */
  get missed(): boolean {
    return this.#missed;
  }

  get record(): ExternalDecisionRecord {
    const name = this.#name;
    if (this.#unavailable !== undefined) {
      return { name, answer: 'unavailable', why: this.#unavailable };
    }
    const asked = [...this.#byLevel.values()];
    const allowing = asked.find(({ allows }) => allows);
    const telling = allowing ?? asked.at(-1);
    const answer = allowing === undefined ? 'deny' : allowing === asked[0] ? 'allow' : 'ask';
    return {
      name,
      answer,
      levels: levels.map((level) => usable(this.#byLevel.get(level))),
      ...(telling === undefined ? {} : { policy: telling.policy, callId: telling.callId }),
    };
  }

  /** False also for a level that the point was not asked about. */
  allows(level: Level): boolean {
    return this.#byLevel.get(level)?.allows === true;
  }

  /** The answers of the policies in force, and its own. */
  with(own: LayerDecisions): LayerDecisions {
    return (approval) => [...own(approval), this.#answer(this.#byLevel.get(approval.level), approval.level)];
  }

  /** As {@link with}, for a consent that a human gave before. */
  withGrant(own: LayerDecisions, { id, level }: Grant): LayerDecisions {
    return (approval) => [...own(approval), this.#answer(this.#byGrant.get(id), level as Level)];
  }

  /** Notes what came of asking: at a level, or with a grant. */
  async note(consent: Level | Grant, asked: Promise<AdditionalAnswer>): Promise<void> {
    try {
      const answer = await asked;
      if (typeof consent === 'number') {
        this.#byLevel.set(consent, answer);
      } else {
        this.#byGrant.set(consent.id, answer);
      }
    } catch (error) {
      this.#unavailable ??= messageOf(error);
    }
  }

  fail(why: string): void {
    this.#unavailable = why;
  }

  #answer(given: AdditionalAnswer | undefined, level: Level): LayerDecision {
    this.#missed ||= given === undefined;
    const { allows, invalid, outputs, policy } = given ?? noAnswer;
    const asks = levels.some((other) => other > level && this.allows(other));
    const no = asks ? 'wants a person to confirm this' : 'does not allow this';
    const schema = invalid.map((problem) => `a schema of the decision point does not allow ${problem}`);
    return {
      source: 'decision-point',
      by: { policy, rule: 'decision-point' },
      causes: allows ? [] : [`the decision point ${this.#name} ${no}`, ...schema],
      outputs,
      refuses: !allows,
      grants: false,
    };
  }
}

/** True if an answer allows the call; null if there is none. One whose outputs can't be used allows nothing. */
function usable(given: AdditionalAnswer | undefined): boolean | null {
  return given === undefined ? null : given.allows && given.outputs.problem === undefined;
}

const noAnswer: AdditionalAnswer = {
  allows: false,
  policy: '',
  outputs: readOutputs([]),
  invalid: [],
  callId: '',
};

/** A decision point is asked about this, as things are at one moment. */
export interface DecisionInput {
  /** The answers of the policies in force. */
  readonly own: LayerDecisions;
  readonly facts: RequestFacts;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
}

type Asking = Extract<Decision, { kind: 'ask' }>;

/**
 * Asks another decision point for all that the decision of a call depends on: without consent, with as much as the own
 * policies want, with more where it refuses that, and with the grants that could stand in for a human's answer. What the
 * own policies deny is not put to it.
 * @returns undefined if there was nothing to ask
 */
export async function decideExternally(
  point: AdditionalDecisionPoint,
  input: DecisionInput,
  fitting: (decision: Asking) => readonly Grant[],
): Promise<ExternalDecision | undefined> {
  const alone = decide(input.own);
  if (alone.kind === 'deny') {
    return undefined;
  }
  const external = new ExternalDecision(point.name);
  const needed: Level = alone.kind === 'ask' ? alone.level : 0;
  await put(
    point,
    input,
    external,
    levels.filter((level) => level <= needed),
  );
  if (!external.allows(needed)) {
    await put(
      point,
      input,
      external,
      levels.filter((level) => level > needed),
    );
  }
  if (external.unavailable === undefined) {
    const decision = decide(external.with(input.own));
    await put(point, input, external, decision.kind === 'ask' ? fitting(decision) : []);
  }
  return external;
}

/** Asks another decision point about a call that a human has consented to. */
export async function decideExternallyAt(
  point: AdditionalDecisionPoint,
  input: DecisionInput,
  level: Level,
): Promise<ExternalDecision> {
  const external = new ExternalDecision(point.name);
  await put(point, input, external, [level]);
  return external;
}

/** Puts a call to a decision point with several consents at once; none if it was unavailable before. */
async function put(
  point: AdditionalDecisionPoint,
  { facts, now, signal }: DecisionInput,
  external: ExternalDecision,
  consents: readonly (Level | Grant)[],
): Promise<void> {
  if (external.unavailable !== undefined) {
    return;
  }
  await Promise.all(
    consents.map((consent) => {
      const approval = typeof consent === 'number' ? consentOf(consent) : consentBy(consent, now);
      return external.note(consent, point.ask(buildRequest(facts, approval), signal));
    }),
  );
}

/** A decision in which another decision point takes part, if one is set up. */
type JointDecision =
  | Decision
  | { readonly kind: 'unanswered'; readonly refusal: Refusal }
  /** It was asked about other things than these. */
  | { readonly kind: 'stale' };

/** @param external `none` if no other decision point is set up; missing if it was not asked */
export function decideTogether(
  own: LayerDecisions,
  external: ExternalDecision | 'none' | undefined,
): JointDecision {
  const alone = decide(own);
  if (alone.kind === 'deny' || external === 'none') {
    return alone;
  }
  if (external === undefined) {
    return { kind: 'stale' };
  }
  if (external.unavailable !== undefined) {
    return { kind: 'unanswered', refusal: unanswered(external.unavailable) };
  }
  const decision = decide(external.with(own));
  return external.missed ? { kind: 'stale' } : decision;
}

export function unanswered(why: string): Refusal {
  return ownRefusal('decision-point-unavailable', why);
}
