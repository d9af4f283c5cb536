import type { ApprovalAnswer, ApprovalRequest, GrantedAnswer, NewRecord } from '../../protocol';
import { messageOf } from '../../protocol';
import type { OpenSession, SessionStore } from '../session/session-store';
import type { Call } from './call';
import { lateMinutes } from './grants';
import type { EnforcerOptions } from './options';
import type { Question } from './question';
import { approvalRecord } from './records';

const mostAsked = 200;

/** Questions that humans were asked, for answers that come when the caller no longer waits. */
export class LateAnswers {
  readonly #options: EnforcerOptions;
  readonly #session: SessionStore;
  readonly #asked = new Map<string, { readonly call: Call; readonly question: Question }>();
  #closed = false;

  constructor(options: EnforcerOptions, session: SessionStore) {
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
    const expiresAt = new Date(session.now + lateMinutes * 60_000).toISOString();
    session.append(
      record,
      { ...this.#grant(call, question, answer), how: 'late', digest: question.binding.digest, expiresAt },
      ...this.sessionGrant(call, question, answer),
    );
    return true;
  }

  /** A grant for the rest of the session; empty unless the person chose it and every refusing policy permits it. */
  sessionGrant(call: Call, question: Question, answer: GrantedAnswer): readonly NewRecord[] {
    return answer.how === 'session' && question.refusal.remember.session
      ? [{ ...this.#grant(call, question, answer), how: 'session' }]
      : [];
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

  #grant(
    call: Call,
    { binding, level }: Question,
    answer: GrantedAnswer,
  ): Omit<Extract<NewRecord, { type: 'grant' }>, 'how'> {
    const { agent, kind, launch, policies, tool, user } = binding;
    return {
      type: 'grant',
      id: this.#options.random(8).toString('hex'),
      decision: call.id,
      level,
      user,
      agent,
      server: this.#options.server.name,
      launch,
      kind,
      tool,
      policies,
      approver: answer.approver,
    };
  }
}
