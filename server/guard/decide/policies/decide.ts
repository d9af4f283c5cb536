import { stricterBounds } from '../../../protocol';
import type { AskWording, Grant, RememberBounds } from '../../../protocol';
import { noApproval } from '../../request/build';
import type { Reason } from '../../request/outputs';
import type { ApprovalFacts } from '../../request/request-model';
import type { LayerDecision, LayerDecisions, DecidedBy } from './layer-decisions';

/** Why a call was not allowed at the highest level that refused it. */
export interface Refusal extends DecidedBy {
  readonly reasons: readonly Reason[];
  /** Quotations from the repository's policies. */
  readonly workspaceReasons: readonly string[];
  readonly ask: AskWording | undefined;
  readonly remember: RememberBounds;
  readonly redact: readonly string[];
}

/** Obligations of an allowed call (XACML): counters to raise, halts of the session, arguments to mask. */
export interface Obligations {
  readonly counts: readonly string[];
  /** The rules that halt the session with it, by their fully qualified names. */
  readonly halts: readonly string[];
  readonly redact: readonly string[];
}

/** The decision of all policy layers on a call, before a person is asked. */
export type Decision =
  | ({ readonly kind: 'allow'; readonly obligations: Obligations } & DecidedBy)
  | {
      readonly kind: 'ask';
      readonly level: 1 | 2 | 3;
      readonly refusal: Refusal;
      readonly obligations: Obligations;
    }
  | { readonly kind: 'deny'; readonly refusal: Refusal };

/** The combined decision of all policy layers at one level of consent. */
type Evaluation =
  | ({ readonly allowed: true; readonly obligations: Obligations } & DecidedBy)
  | { readonly allowed: false; readonly refusal: Refusal };

const levels = [1, 2, 3] as const;

/** Decides a call: the lowest approval level at which it is allowed is what it needs. */
export function decide(answers: LayerDecisions): Decision {
  const first = evaluate(answers, noApproval);
  if (first.allowed) {
    const { obligations, policy, rule } = first;
    return { kind: 'allow', obligations, policy, rule };
  }
  let { refusal } = first;
  for (const level of levels) {
    const evaluation = evaluate(answers, consentOf(level));
    if (evaluation.allowed) {
      return { kind: 'ask', level, refusal, obligations: evaluation.obligations };
    }
    ({ refusal } = evaluation);
  }
  return { kind: 'deny', refusal };
}

/** The consent that an answer to this very call gives: no grant, age 0. */
export function consentOf(level: ApprovalFacts['level']): ApprovalFacts {
  return { level, granted: false, ageSeconds: 0 };
}

/** The consent that a grant gives. @param now milliseconds since the epoch, by the session's clock */
export function consentBy({ isLate, level, since }: Grant, now: number): ApprovalFacts {
  const ageSeconds = Math.max(0, Math.floor((now - since) / 1000));
  // A late yes is the answer to this very call.
  return { level: level as ApprovalFacts['level'], granted: !isLate, ageSeconds };
}

/**
 * Puts a call to all that decide with a human's consent as given. It is allowed if the user's rules or, where
 * they are silent, the base allow it and nobody else refuses it; of other policies only an explicit denial refuses: "no
 * rule matched" is a no only of the base.
 */
export function evaluate(answers: LayerDecisions, approval: ApprovalFacts): Evaluation {
  const given = answers(approval);
  const refusing = given.filter(({ refuses }) => refuses);
  if (refusing.length > 0) {
    return { allowed: false, refusal: refusalOf(refusing) };
  }
  const trusted = given.filter(isTrusted);
  const broken = trusted.find(({ outputs }) => outputs.problem !== undefined);
  const granting = given.find(({ grants }) => grants);
  if (broken !== undefined || granting === undefined) {
    const reason = broken?.outputs.problem ?? 'no policy allows it';
    return { allowed: false, refusal: ownRefusal('unusable-output', reason, broken?.by.policy) };
  }
  const obligations = {
    counts: [...new Set(trusted.flatMap(({ outputs }) => outputs.counts))],
    halts: [...new Set(trusted.flatMap(({ outputs }) => outputs.halts))],
    redact: trusted.flatMap(({ outputs }) => outputs.redact),
  };
  return { allowed: true, obligations, ...granting.by };
}

/** A refusal by the guard itself. */
export function ownRefusal(rule: string, reason: string, policy = ''): Refusal {
  return {
    policy,
    rule,
    reasons: [ownReason(reason)],
    workspaceReasons: [],
    ask: undefined,
    remember: { session: false },
    redact: [],
  };
}

/** A reason that no rule gives. */
export function ownReason(text: string): Reason {
  return { text, rule: '' };
}

/** A repository's outputs can neither grant nor hide nor count: only its reasons are quoted. */
function isTrusted({ source }: LayerDecision): boolean {
  return source !== 'workspace';
}

/** The guardrails' no weighs most, then the user's. */
const weight = ['guardrails', 'user', 'base', 'decision-point', 'extra', 'workspace'] as const;

function refusalOf(refusing: readonly LayerDecision[]): Refusal {
  const ordered = [...refusing].sort((a, b) => weight.indexOf(a.source) - weight.indexOf(b.source));
  const trusted = ordered.filter(isTrusted);
  const causes = ordered.flatMap((answer) => answer.causes);
  return {
    ...(ordered[0]?.by ?? { policy: '', rule: '' }),
    reasons: distinct([...trusted.flatMap(({ outputs }) => outputs.reasons), ...causes.map(ownReason)]),
    workspaceReasons: ordered
      .filter((given) => !isTrusted(given))
      .flatMap(({ outputs }) => outputs.reasons.map(({ text }) => text)),
    ask: trusted.map(({ outputs }) => outputs.ask).find((ask) => ask !== undefined),
    // Whoever refuses must permit it; a repository's word does not count, so its refusal can't be remembered.
    remember: ordered
      .map((given) => (isTrusted(given) ? given.outputs.remember : undefined) ?? { session: false })
      .reduce(stricterBounds),
    redact: trusted.flatMap(({ outputs }) => outputs.redact),
  };
}

/** Each text once, with the rule that gives it first. */
function distinct(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.filter(({ text }, index) => reasons.findIndex((other) => other.text === text) === index);
}
