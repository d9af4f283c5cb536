import { checkResource } from '../../policy';
import type { ActionDecision, CheckInput } from '../../policy';
import { messageOf } from '../../protocol';
import type { AskWording, RememberBounds } from '../../protocol';
import { buildRequest, noApproval } from '../request/build';
import type { RequestFacts } from '../request/build';
import type { ApprovalFacts, PolicyRequest } from '../request/request-model';
import type { Question } from './layers';
import { readOutputs } from './outputs';
import type { Outputs } from './outputs';

/** The rule behind a decision. */
export interface DecidedBy {
  /** As Cerbos names policies; empty if the guard itself decided. */
  readonly policy: string;
  readonly rule: string;
}

/** Why a call was not allowed at the highest level that refused it. */
export interface Refusal extends DecidedBy {
  readonly reasons: readonly string[];
  /** Quotations from the repository's policies. */
  readonly workspaceReasons: readonly string[];
  readonly ask: AskWording | undefined;
  readonly remember: RememberBounds;
  readonly redact: readonly string[];
}

/** What an allowed call brings with it. */
export interface Obligations {
  readonly counts: readonly string[];
  readonly halt: boolean;
  readonly redact: readonly string[];
}

/** How a call comes out, before anybody is asked. */
export type Decision =
  | ({ readonly kind: 'allow'; readonly obligations: Obligations } & DecidedBy)
  | {
      readonly kind: 'ask';
      readonly level: 1 | 2 | 3;
      readonly refusal: Refusal;
      readonly obligations: Obligations;
    }
  | { readonly kind: 'deny'; readonly refusal: Refusal };

/** What the questions answer at one level. */
export type Evaluation =
  | ({ readonly allowed: true; readonly obligations: Obligations } & DecidedBy)
  | { readonly allowed: false; readonly refusal: Refusal };

const levels = [1, 2, 3] as const;

/**
 * Decides a call: the lowest approval level at which it is allowed is what it needs.
 * @param now milliseconds since the epoch: what `now()` is in policies
 */
export function decide(questions: readonly Question[], facts: RequestFacts, now: number): Decision {
  const first = evaluate(questions, facts, noApproval, now);
  if (first.allowed) {
    const { obligations, policy, rule } = first;
    return { kind: 'allow', obligations, policy, rule };
  }
  let { refusal } = first;
  for (const level of levels) {
    const evaluation = evaluate(questions, facts, { level, granted: false, ageSeconds: 0 }, now);
    if (evaluation.allowed) {
      return { kind: 'ask', level, refusal, obligations: evaluation.obligations };
    }
    ({ refusal } = evaluation);
  }
  return { kind: 'deny', refusal };
}

/**
 * Puts a call to all questions with a human's consent as given. It is allowed if the base allows it and no other
 * question explicitly denies it; "no rule matched" is a no only of the base.
 */
export function evaluate(
  questions: readonly Question[],
  facts: RequestFacts,
  approval: ApprovalFacts,
  now: number,
): Evaluation {
  const request = buildRequest(facts, approval);
  const answers = questions.map((question) => answer(question, request, now));
  const refusing = answers.filter((given) => given.refuses);
  if (refusing.length > 0) {
    return { allowed: false, refusal: refusalOf(refusing) };
  }
  const trusted = answers.filter(isTrusted);
  const broken = trusted.find((given) => given.outputs.problem !== undefined);
  const base = answers.find((given) => given.question.name === 'base');
  if (broken !== undefined || base === undefined) {
    const reason = broken?.outputs.problem ?? 'there is no base policy';
    return { allowed: false, refusal: ownRefusal('unusable-output', reason, broken?.decision.policy) };
  }
  const obligations = {
    counts: [...new Set(trusted.flatMap((given) => given.outputs.counts))],
    halt: trusted.some((given) => given.outputs.halt),
    redact: trusted.flatMap((given) => given.outputs.redact),
  };
  return { allowed: true, obligations, ...decidedBy(base) };
}

/** A refusal by the guard itself. */
export function ownRefusal(rule: string, reason: string, policy = ''): Refusal {
  return {
    policy,
    rule,
    reasons: [reason],
    workspaceReasons: [],
    ask: undefined,
    remember: { session: false },
    redact: [],
  };
}

interface Answer {
  readonly question: Question;
  readonly decision: ActionDecision;
  /** Whether it was a schema of the policies that denied. */
  readonly bySchema: boolean;
  readonly outputs: Outputs;
  readonly refuses: boolean;
}

function answer(question: Question, request: PolicyRequest, now: number): Answer {
  const [action] = request.actions;
  let decision: ActionDecision | undefined;
  let outputs = readOutputs([]);
  let bySchema = false;
  try {
    // The request is JSON by construction; its interfaces only lack an index signature.
    const output = checkResource(question.set, request as unknown as CheckInput, {
      strictEvaluation: true,
      lenientScopeSearch: true,
      schemaEnforcement: 'reject',
      now: new Date(now),
    });
    bySchema = output.validationErrors.length > 0;
    decision = output.actions[action];
    outputs = readOutputs(output.outputs, decision?.rule?.fqn);
  } catch (error) {
    decision = failed(messageOf(error));
  }
  decision ??= failed('the engine gave no answer');
  const denied = decision.effect !== 'EFFECT_ALLOW';
  return {
    question,
    decision,
    bySchema,
    outputs,
    refuses: denied && (question.name === 'base' || decision.explicit),
  };
}

function failed(error: string): ActionDecision {
  return { effect: 'EFFECT_DENY', policy: '', scope: '', explicit: true, error };
}

/** A repository's outputs can neither grant nor hide nor count: only its reasons are quoted. */
function isTrusted({ question }: Answer): boolean {
  return question.name !== 'workspace';
}

/** The guardrails' no weighs most, then the user's. */
const weight = ['guardrails', 'base', 'extra', 'workspace'] as const;

function refusalOf(refusing: readonly Answer[]): Refusal {
  const ordered = [...refusing].sort(
    (a, b) => weight.indexOf(a.question.name) - weight.indexOf(b.question.name),
  );
  const trusted = ordered.filter(isTrusted);
  const [first] = ordered;
  const errors = ordered.flatMap(({ decision: { error }, bySchema }) => {
    if (error === undefined) return [];
    return [bySchema ? `a schema does not allow ${error}` : `a condition can't be evaluated: ${error}`];
  });
  return {
    ...(first === undefined ? { policy: '', rule: '' } : decidedBy(first)),
    reasons: [...new Set([...trusted.flatMap(({ outputs }) => outputs.reasons), ...errors])],
    workspaceReasons: ordered.filter((given) => !isTrusted(given)).flatMap(({ outputs }) => outputs.reasons),
    ask: trusted.map(({ outputs }) => outputs.ask).find((ask) => ask !== undefined),
    // Whoever refuses must permit it; a repository's word does not count, so its refusal can't be remembered.
    remember: {
      session: ordered.every((given) => isTrusted(given) && given.outputs.remember?.session === true),
    },
    redact: trusted.flatMap(({ outputs }) => outputs.redact),
  };
}

function decidedBy({ decision, bySchema }: Pick<Answer, 'decision' | 'bySchema'>): DecidedBy {
  const failure = bySchema ? 'schema' : 'evaluation-error';
  const unnamed = decision.error === undefined ? 'no-rule-matches' : failure;
  return { policy: decision.policy, rule: decision.rule?.name ?? unnamed };
}
