import { lateGrant, messageOf, permits, rememberingGrant } from '../../../protocol';
import type {
  ApprovalAnswer,
  ApprovalRequest,
  GrantedAnswer,
  IssuedGrant,
  NewRecord,
} from '../../../protocol';
import type { OpenSession, SessionStore } from '../../session/session-store';
import type { Call } from '../gather/call';
import type { EnforcerOptions } from '../options';
import { approvalRecord } from '../record/records';
import type { Question } from './question';

/** The parts of the guard's options that late answers need. */
type LateAnswerOptions = Pick<EnforcerOptions, 'approver' | 'log' | 'random' | 'server'>;

const mostAsked = 200;

/** Questions that humans were asked, for answers that come when the caller no longer waits. */
export class LateAnswers {
  readonly #options: LateAnswerOptions;
  readonly #session: SessionStore;
  readonly #asked = new Map<string, { readonly call: Call; readonly question: Question }>();
  #closed = false;

  constructor(options: LateAnswerOptions, session: SessionStore) {
    this.#options = options;
    this.#session = session;
    options.approver.onLateAnswer((request, answer) => this.#late(request, answer));
  }

  close(): void {
    this.#closed = true;
  }

  /** Questions that are taken back before anybody saw them never get an answer: only the last ones are kept. */
  expect(call: Call, question: Question): void {
    this.#asked.set(call.id, { call, question });
    for (const id of this.#asked.keys()) {
      if (this.#asked.size <= mostAsked) {
        break;
      }
      this.#asked.delete(id);
    }
  }

  /** The answer came in time. */
  answered({ id }: Call): void {
    this.#asked.delete(id);
  }

  /**
   * Keeps a yes for one repetition of exactly that call, because the person meant it; not in another session, which the
   * person did not speak of. Returns whether it is kept.
   */
  keep(session: OpenSession, call: Call, question: Question, answer: GrantedAnswer): boolean {
    const record: NewRecord = { ...approvalRecord(call, answer, 'granted'), late: true };
    if (session.id !== question.session) {
      session.append(record);
      return false;
    }
    const late = lateGrant(this.#issued(session, call, question, answer));
    session.append(record, late, ...this.remembering(session, call, question, answer));
    return true;
  }

  /** The grant for later calls that goes with a yes; none unless the person chose it and all policies permit it. */
  remembering(
    session: OpenSession,
    call: Call,
    question: Question,
    answer: GrantedAnswer,
  ): readonly NewRecord[] {
    const { bounds = {}, how } = answer;
    if (how === 'once' || !permits(question.refusal.remember, bounds)) {
      return [];
    }
    const grant = rememberingGrant(this.#issued(session, call, question, answer), bounds);
    return grant === undefined ? [] : [grant];
  }

  /** Runs outside of any transaction. */
  async #late(request: ApprovalRequest, answer: ApprovalAnswer): Promise<{ kept: boolean }> {
    const asked = this.#asked.get(request.id);
    this.#asked.delete(request.id);
    if (this.#closed || asked === undefined) {
      return { kept: false };
    }
    const { call, question } = asked;
    const yes = answer.outcome === 'granted' && answer.digest === request.digest;
    try {
      const kept = await this.#session.transaction((session) => {
        if (yes) {
          return this.keep(session, call, question, answer);
        }
        session.append({ ...approvalRecord(call, answer, answer.outcome), late: true });
        return false;
      });
      return { kept };
    } catch (error) {
      this.#options.log?.(`late answer not recorded: ${messageOf(error)}`);
      return { kept: false };
    }
  }

  #issued(
    { now }: OpenSession,
    call: Call,
    { binding, level }: Question,
    { approver }: GrantedAnswer,
  ): IssuedGrant {
    const id = this.#options.random(8).toString('hex');
    const server = this.#options.server.name;
    return { id, decision: call.id, level, call: binding, server, approver, now };
  }
}
