import type { ApprovalRequest, Approver, NewRecord, ServerIdentity } from '../../../protocol';
import { fittingGrants } from '../../../protocol';
import type { CallDecision } from '../../enforcer';
import type { SessionStore } from '../../session/session-store';
import type { Call, CallReader } from '../gather/call';
import { CallGatherer } from '../gather/call-gatherer';
import type { ToolBook } from '../gather/tool-book';
import type { EnforcerOptions } from '../options';
import { decideExternally, decideExternallyAt } from '../policies/external-decision';
import type { LayerStore } from '../policies/layers';
import { DecisionRecorder } from '../record/decision-recorder';
import type { DecidedCall } from '../record/decision-recorder';
import { refusalText } from '../refusal-text';
import { AnsweredDecision } from './answered-decision';
import { ConsistentDecision } from './consistent-decision';
import { FirstDecision } from './first-decision';
import type { Asked } from './first-decision';
import { LateAnswers } from './late-answers';
import type { Question } from './question';

interface CallAuthorizerParts {
  readonly options: Pick<
    EnforcerOptions,
    | 'approver'
    | 'decisionPoint'
    | 'launchedByWindow'
    | 'log'
    | 'random'
    | 'recorded'
    | 'server'
    | 'toolSource'
  >;
  readonly layers: LayerStore;
  readonly book: ToolBook;
  readonly session: SessionStore;
  readonly reader: CallReader;
  readonly identity: () => ServerIdentity;
}

/**
 * The stages of one call after it was received: gather its facts, decide and record it under the session's lock, ask a
 * person where needed, gather and decide anew with the answer. Each stage gets what the one before it returned.
 */
export class CallAuthorizer {
  readonly #approver: Approver;
  readonly #session: SessionStore;
  readonly #late: LateAnswers;
  readonly #first: FirstDecision;
  readonly #answered: AnsweredDecision;
  readonly #consistent: ConsistentDecision<DecidedCall | Asked>;

  constructor({ book, identity, layers, options, reader, session }: CallAuthorizerParts) {
    const { approver, decisionPoint, launchedByWindow, log, recorded, server, toolSource } = options;
    const hasDecisionPoint = decisionPoint !== undefined;
    const recorder = new DecisionRecorder({
      server: () => ({ name: server.name, fingerprint: identity().fingerprint }),
      notice: (rewording) => book.notice(rewording),
      hasDecisionPoint,
      recorded,
      log,
    });
    const gatherer = new CallGatherer({ book, layers, reader, toolSource });
    this.#approver = approver;
    this.#session = session;
    this.#late = new LateAnswers(options, session);
    this.#first = new FirstDecision({ recorder, approver, launchedByWindow, hasDecisionPoint });
    this.#answered = new AnsweredDecision({ recorder, late: this.#late, hasDecisionPoint });
    this.#consistent = new ConsistentDecision({
      point: decisionPoint,
      session,
      prepare: (call) => gatherer.gather(call),
      durable: (result) => result.kind === 'forward' && result.durable,
    });
  }

  close(): void {
    this.#late.close();
  }

  /** @throws when the decision can't be made or recorded; nothing must be forwarded then */
  async authorize(call: Call): Promise<CallDecision> {
    const result = await this.#consistent.run(call, {
      ask: (point, input, { binding }, { grants }) =>
        decideExternally(point, input, ({ level, refusal }) =>
          fittingGrants(grants, binding, { level, now: input.now, remember: refusal.remember }),
        ),
      decide: (session, prepared) => this.#first.decide(session, prepared),
    });
    return callDecision(
      call,
      result.kind === 'ask' ? await this.#ask(call, result.request, result.question) : result,
    );
  }

  async #ask(call: Call, request: ApprovalRequest, question: Question): Promise<DecidedCall> {
    this.#late.expect(call, question);
    try {
      return await this.#settle(call, request, question);
    } catch (error) {
      // Nobody waits any more for what was reserved.
      const release: NewRecord = { type: 'release', id: call.id, why: 'The answer could not be recorded.' };
      this.#session.note(release).catch(() => undefined);
      throw error;
    }
  }

  async #settle(call: Call, request: ApprovalRequest, question: Question): Promise<DecidedCall> {
    const answer = await this.#approver.approve(request, call.signal);
    const granted = answer.outcome === 'granted' && answer.digest === request.digest;
    if (answer.outcome !== 'withdrawn') {
      this.#late.answered(call);
    }
    if (!granted) {
      return this.#session.transaction((session) => this.#answered.refused(session, call, question, answer));
    }
    return this.#consistent.run(call, {
      except: call.id,
      ask: (point, input) => decideExternallyAt(point, input, question.level),
      decide: (session, prepared) => this.#answered.granted(session, prepared, question, answer),
    });
  }
}

function callDecision(call: Call, result: DecidedCall): CallDecision {
  const { id, subject } = call;
  if (result.kind === 'forward') {
    return { kind: 'forward', id, ...(call.replaced && { replacements: call.replaced.by }) };
  }
  const { policy, rule } = result.refusal;
  const message = refusalText(subject.name, result.refusal, result.advice);
  return { kind: 'refuse', id, message, data: { id, effect: 'deny', rule, policy } };
}
