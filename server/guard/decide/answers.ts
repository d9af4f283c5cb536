import { checkResource } from '../../policy';
import type { ActionDecision, CheckInput } from '../../policy';
import { messageOf } from '../../protocol';
import { buildRequest } from '../request/build';
import type { RequestFacts } from '../request/build';
import type { ApprovalFacts, PolicyRequest } from '../request/request-model';
import type { Question } from './layers';
import { readOutputs } from '../request/outputs';
import type { Outputs } from '../request/outputs';

/** Stands for a rule where a policy denies because none matches. */
export const noRule = 'no-rule-matches';

/** The rule behind a decision. */
export interface DecidedBy {
  /** As Cerbos names policies; empty if the guard itself decided. */
  readonly policy: string;
  readonly rule: string;
}

/** What one policy set, or another decision point, says to a call with a human's consent as given. */
export interface Answer {
  readonly source: Question['name'] | 'decision-point';
  readonly by: DecidedBy;
  /** Why it refuses, beside what its rules say of that. */
  readonly causes: readonly string[];
  readonly outputs: Outputs;
  readonly refuses: boolean;
}

/** What all that decide say to a call, by the consent that it is put to them with. */
export type Answers = (approval: ApprovalFacts) => readonly Answer[];

/**
 * The answers of the policies in force.
 * @param now milliseconds since the epoch: what `now()` is in policies
 */
export function answersOf(questions: readonly Question[], facts: RequestFacts, now: number): Answers {
  return (approval) => {
    const request = buildRequest(facts, approval);
    return questions.map((question) => answer(question, request, now));
  };
}

function answer({ name, set }: Question, request: PolicyRequest, now: number): Answer {
  const [action] = request.actions;
  let decision: ActionDecision | undefined;
  let outputs = readOutputs([]);
  try {
    // The request is JSON by construction; its interfaces only lack an index signature.
    const output = checkResource(set, request as unknown as CheckInput, {
      strictEvaluation: true,
      lenientScopeSearch: true,
      schemaEnforcement: 'reject',
      now: new Date(now),
    });
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
    refuses: denied && (name === 'base' || decision.explicit),
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
  if (error === undefined) return [];
  return [
    bySchema === true ? `a schema does not allow ${error}` : `a condition can't be evaluated: ${error}`,
  ];
}
