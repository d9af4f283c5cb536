import type {
  ApprovalAnswer,
  ApprovalRequest,
  DecisionRecord,
  GrantRecord,
  GrantedAnswer,
} from '../../protocol';
import { messageOf } from '../../protocol';
import type { Ruling } from '../enforcer';
import type { ApprovalFacts, ResourceKind } from '../request/request-model';
import { reservationOwner } from '../session/session-store';
import type { OpenSession, SessionStore } from '../session/session-store';
import type { NewRecord } from '../session/log-file';
import type { Call, CallReader, Surroundings } from './call';
import { decide, evaluate, ownRefusal } from './decide';
import type { DecidedBy, Obligations, Refusal } from './decide';
import { agentDigest, bindingDigest, fittingGrants, lateMinutes } from './grants';
import type { Binding } from './grants';
import type { Layers, LayerStore } from './layers';
import type { EnforcerOptions } from './options';
import { approvalRequest } from './question';
import type { Question } from './question';
import { approvalRecord, attemptRecord, decisionRecord, quoted } from './records';
import { refusalText } from './refusal-text';
import type { Advice } from './refusal-text';
import type { ToolBook, ToolFacts } from './tool-book';

export interface JudgeParts {
  readonly options: EnforcerOptions;
  readonly layers: LayerStore;
  readonly book: ToolBook;
  readonly session: SessionStore;
  readonly reader: CallReader;
  readonly fingerprint: string;
}

const mostAsked = 200;
const changedMeanwhile = 'the policies, the tool, or where a path leads changed while a person was asked';
const methods: Readonly<Record<ResourceKind, string | undefined>> = {
  'mcp:tool': undefined,
  'mcp:resource': 'resources/read',
  'mcp:prompt': 'prompts/get',
  'mcp:sampling': 'sampling/createMessage',
  'mcp:elicitation': 'elicitation/create',
};

/** What a transaction came to. */
type Result =
  | { readonly kind: 'forward'; readonly durable: boolean }
  | { readonly kind: 'refuse'; readonly refusal: Refusal; readonly advice: Advice }
  | { readonly kind: 'ask'; readonly request: ApprovalRequest; readonly question: Question };

/** A call with everything that its decision depends on, at one moment. */
interface Case {
  readonly call: Call;
  readonly tool: ToolFacts | undefined;
  readonly surroundings: Surroundings;
  readonly layers: Extract<Layers, { kind: 'ready' }>;
  readonly binding: Binding;
}

/** The way of one call: decided, asked about, decided again, written down. */
export class Judge {
  readonly #parts: JudgeParts;
  /** Questions that humans were asked, for answers that come late. */
  readonly #asked = new Map<string, { readonly call: Call; readonly question: Question }>();
  #closed = false;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
    parts.options.approver.onLateAnswer((request, answer) => this.#late(request, answer));
  }

  close(): void {
    this.#closed = true;
  }

  /** @throws when the decision can't be made or recorded; nothing must be forwarded then */
  async rule(call: Call): Promise<Ruling> {
    const prepared = await this.#prepare(call);
    const result = await this.#parts.session.transaction(
      (session) => this.#first(session, prepared),
      ({ kind, ...rest }) => kind === 'forward' && 'durable' in rest && rest.durable,
    );
    if (result.kind !== 'ask') {
      return this.#ruling(call, result);
    }
    return this.#ruling(call, await this.#ask(call, result.request, result.question));
  }

  /** Collects the facts of this moment, or why the call can't be put to policy at all. */
  async #prepare(call: Call): Promise<Case | Unready> {
    const { book, layers, options, reader } = this.#parts;
    let tool: ToolFacts | undefined;
    if (call.subject.kind === 'mcp:tool') {
      try {
        tool = book.facts(call.subject.name, await options.toolSource());
      } catch (error) {
        const reason = `the server's list of tools can't be read: ${messageOf(error)}`;
        return { call, unready: ownRefusal('tools-unknown', reason) };
      }
    }
    const current = layers.current();
    if (current.kind === 'broken') {
      return { call, unready: ownRefusal('policies-unusable', current.reason) };
    }
    const surroundings = reader.surroundings(call, tool);
    const binding = reader.binding(call, surroundings, agentDigest(call.agent), current.digest);
    return { call, tool, surroundings, layers: current, binding };
  }

  /** Under the lock: records the attempt and decides it. */
  #first(session: OpenSession, prepared: Case | Unready): Result {
    const { call } = prepared;
    if (session.halt !== undefined) {
      const refusal = ownRefusal('session-halted', `the session was halted: ${session.halt.reason}`);
      return this.#refuse(session, call, refusal, 'halted', [attemptRecord(call, this.#server)]);
    }
    if ('unready' in prepared) {
      return this.#refuse(session, call, prepared.unready, 'repair', [attemptRecord(call, this.#server)]);
    }
    const facts = { ...prepared.surroundings, session: session.facts() };
    const decision = decide(prepared.layers.questions, facts, session.now);
    if (decision.kind === 'allow') {
      const records = [attemptRecord(call, this.#server, decision.obligations.redact)];
      return this.#forward(session, prepared, { ...decision, level: 0 }, records);
    }
    const { refusal } = decision;
    const attempt = attemptRecord(call, this.#server, refusal.redact);
    if (decision.kind === 'deny') {
      const { tool } = prepared;
      const held = tool !== undefined && (!tool.accepted || tool.changed);
      return this.#refuse(session, call, refusal, held ? 'acceptance' : 'policy', [attempt]);
    }
    if (decision.level > 1) {
      const reason = `it needs approval level ${decision.level}, which is not supported yet`;
      const higher = { ...refusal, rule: 'not-supported-yet', reasons: [...refusal.reasons, reason] };
      return this.#refuse(session, call, higher, 'higher-level', [attempt]);
    }
    const granted = this.#byGrant(session, prepared, decision.level, refusal);
    if (granted !== undefined) {
      return this.#forward(session, prepared, granted, [attempt]);
    }
    if (!this.#parts.options.approver.available) {
      const advice = this.#parts.options.launchedByWindow ? 'window-gone' : 'nobody-to-ask';
      return this.#refuse(session, call, refusal, advice, [attempt]);
    }
    return this.#hold(session, prepared, decision, attempt);
  }

  /** Decides with the consent that a human gave before, if there is any that fits and the policy still agrees. */
  #byGrant(session: OpenSession, prepared: Case, level: number, refusal: Refusal): Allowed | undefined {
    const { binding, layers, surroundings } = prepared;
    const facts = { ...surroundings, session: session.facts() };
    const bounds = { now: session.now, session: refusal.remember.session };
    for (const grant of fittingGrants(session.grants, binding, level, bounds)) {
      const approval = approvalBy(grant, session.now);
      const evaluation = evaluate(layers.questions, facts, approval, session.now);
      if (evaluation.allowed) {
        return { ...evaluation, level: approval.level, grant: grant.id };
      }
    }
    return undefined;
  }

  /** Reserves what the call would add, until it is answered. */
  #hold(
    session: OpenSession,
    prepared: Case,
    { level, obligations, refusal }: { level: 1 | 2 | 3; obligations: Obligations; refusal: Refusal },
    attempt: NewRecord,
  ): Result {
    const { binding, call } = prepared;
    session.append(attempt, {
      ...decisionRecord(call, 'ask', refusal),
      level,
      reasons: refusal.reasons,
      ...quoted(refusal),
      key: this.#key(call),
      hold: { counts: obligations.counts, owner: reservationOwner() },
    });
    this.#tell(session, call, 'ask', false);
    const question = { binding, level, session: session.id, refusal };
    const shown = { surroundings: prepared.surroundings, session: session.facts(call.id), obligations };
    const request = approvalRequest(call, question, shown);
    return { kind: 'ask', request, question };
  }

  async #ask(call: Call, request: ApprovalRequest, question: Question): Promise<Result> {
    this.#remember(call, question);
    try {
      return await this.#settle(call, request, question);
    } catch (error) {
      // Nobody waits any more for what was reserved.
      const release: NewRecord = { type: 'release', id: call.id, why: 'The answer could not be recorded.' };
      this.#parts.session.note(release).catch(() => undefined);
      throw error;
    }
  }

  async #settle(call: Call, request: ApprovalRequest, question: Question): Promise<Result> {
    const answer = await this.#parts.options.approver.approve(request, call.signal);
    const granted = answer.outcome === 'granted' && answer.digest === request.digest;
    if (answer.outcome !== 'withdrawn') {
      this.#asked.delete(call.id);
    }
    const prepared = granted ? await this.#prepare(call) : undefined;
    return this.#parts.session.transaction(
      (session) => this.#answered(session, call, question, answer, granted ? prepared : undefined),
      (result) => result.kind === 'forward' && result.durable,
    );
  }

  /** Questions that are taken back before anybody saw them never get an answer: only the last ones are kept. */
  #remember(call: Call, question: Question): void {
    this.#asked.set(call.id, { call, question });
    for (const id of this.#asked.keys()) {
      if (this.#asked.size <= mostAsked) {
        break;
      }
      this.#asked.delete(id);
    }
  }

  /** Under the lock again: the answer is recorded, and the call decided anew with the facts of this moment. */
  #answered(
    session: OpenSession,
    call: Call,
    question: Question,
    answer: ApprovalAnswer,
    prepared: Case | Unready | undefined,
  ): Result {
    if (prepared === undefined || answer.outcome !== 'granted') {
      const why = answer.outcome === 'granted' ? 'the answer was for another request' : answer.why;
      const refusal = { ...question.refusal, reasons: [...question.refusal.reasons, why] };
      const outcome = answer.outcome === 'granted' ? 'denied' : answer.outcome;
      return this.#refuse(session, call, refusal, adviceFor(outcome), [
        approvalRecord(call, answer, outcome),
      ]);
    }
    if (call.signal.aborted) {
      const refusal = ownRefusal('withdrawn', 'the caller no longer waits for the answer');
      this.#keepLate(session, call, question, answer);
      return this.#refuse(session, call, refusal, 'withdrawn', []);
    }
    const approval = approvalRecord(call, answer, 'granted');
    const refuse = (refusal: Refusal, advice: Advice): Result =>
      this.#refuse(session, call, refusal, advice, [approval]);
    if (session.halt !== undefined) {
      return refuse(ownRefusal('session-halted', `the session was halted: ${session.halt.reason}`), 'halted');
    }
    if ('unready' in prepared) {
      return refuse(prepared.unready, 'repair');
    }
    if (session.id !== question.session || !session.holds(call.id)) {
      return refuse(ownRefusal('session-ended', 'the session ended while a person was asked'), 'repair');
    }
    if (bindingDigest(prepared.binding) !== bindingDigest(question.binding)) {
      return refuse(ownRefusal('circumstances-changed', changedMeanwhile), 'repair');
    }
    const facts = { ...prepared.surroundings, session: session.facts(call.id) };
    const consent: ApprovalFacts = { level: question.level, granted: false, ageSeconds: 0 };
    const evaluation = evaluate(prepared.layers.questions, facts, consent, session.now);
    if (!evaluation.allowed) {
      return refuse(evaluation.refusal, 'policy');
    }
    const records = [approval, ...this.#sessionGrant(call, question, answer)];
    return this.#forward(session, prepared, { ...evaluation, level: question.level }, records);
  }

  #sessionGrant(call: Call, question: Question, answer: GrantedAnswer): readonly NewRecord[] {
    return answer.how === 'session' && question.refusal.remember.session
      ? [{ ...this.#grant(call, question, answer), how: 'session' }]
      : [];
  }

  /**
   * An answer after the caller had given up: a yes counts for one repetition of exactly that call, because the person
   * meant it. Runs outside of any transaction.
   */
  #late(request: ApprovalRequest, answer: ApprovalAnswer): { kept: boolean } {
    const asked = this.#asked.get(request.id);
    this.#asked.delete(request.id);
    if (this.#closed || asked === undefined) {
      return { kept: false };
    }
    const { call, question } = asked;
    const yes = answer.outcome === 'granted' && answer.digest === request.digest;
    const record = { ...approvalRecord(call, answer, answer.outcome), late: true as const };
    this.#parts.session
      .transaction((session) => {
        if (yes && session.id === question.session) {
          this.#keepLate(session, call, question, answer);
        } else {
          session.append(record);
        }
      })
      .catch((error: unknown) => this.#parts.options.log?.(`late answer not recorded: ${messageOf(error)}`));
    return { kept: yes };
  }

  #keepLate(session: OpenSession, call: Call, question: Question, answer: GrantedAnswer): void {
    const expiresAt = new Date(session.now + lateMinutes * 60_000).toISOString();
    session.append(
      { ...approvalRecord(call, answer, 'granted'), late: true },
      { ...this.#grant(call, question, answer), how: 'late', digest: question.binding.digest, expiresAt },
      ...this.#sessionGrant(call, question, answer),
    );
  }

  #grant(
    call: Call,
    { binding, level }: Question,
    answer: GrantedAnswer,
  ): Omit<Extract<NewRecord, { type: 'grant' }>, 'how'> {
    const { agent, fingerprint, kind, policies, tool, user } = binding;
    return {
      type: 'grant',
      id: this.#parts.options.random(8).toString('hex'),
      decision: call.id,
      level,
      user,
      agent,
      server: this.#parts.options.server.name,
      fingerprint,
      kind,
      tool,
      policies,
      approver: answer.approver,
    };
  }

  #forward(session: OpenSession, prepared: Case, allowed: Allowed, before: readonly NewRecord[]): Result {
    const { call, tool } = prepared;
    const { grant, level, obligations } = allowed;
    const annotations = tool?.annotations;
    const touches = [
      ...(annotations?.openWorldHint === true ? (['openWorld'] as const) : []),
      ...(annotations?.destructiveHint === true ? (['destructive'] as const) : []),
    ];
    const halt: readonly NewRecord[] = obligations.halt
      ? [{ type: 'halt', id: call.id, reason: `a rule of ${allowed.policy} ends it with this call` }]
      : [];
    session.append(
      ...before,
      {
        ...decisionRecord(call, 'allow', allowed),
        level,
        key: this.#key(call),
        counts: obligations.counts,
        touches,
        ...(grant === undefined ? {} : { grant }),
      },
      ...halt,
    );
    this.#tell(session, call, 'allow', true);
    return { kind: 'forward', durable: annotations?.destructiveHint === true };
  }

  #refuse(
    session: OpenSession,
    call: Call,
    refusal: Refusal,
    advice: Advice,
    before: readonly NewRecord[],
  ): Result {
    session.append(...before, {
      ...decisionRecord(call, 'deny', refusal),
      reasons: refusal.reasons,
      ...quoted(refusal),
    });
    this.#tell(session, call, 'deny', true);
    return { kind: 'refuse', refusal, advice };
  }

  #ruling(call: Call, result: Result): Ruling {
    const { id, subject } = call;
    if (result.kind === 'forward') {
      return { kind: 'forward', id };
    }
    const refusal = result.kind === 'refuse' ? result.refusal : ownRefusal('guard-failed', 'nobody answered');
    const advice = result.kind === 'refuse' ? result.advice : 'repair';
    const { policy, rule } = refusal;
    const message = refusalText(subject.name, refusal, advice);
    return { kind: 'refuse', id, message, data: { id, effect: 'deny', rule, policy } };
  }

  get #server(): { readonly name: string; readonly fingerprint: string } {
    return { name: this.#parts.options.server.name, fingerprint: this.#parts.fingerprint };
  }

  /** What policies see in `callsByTool`: other kinds are named by their method, since URIs and the like have no end. */
  #key({ subject }: Call): string {
    return `${this.#parts.options.server.name}/${methods[subject.kind] ?? subject.name}`;
  }

  #tell(session: OpenSession, call: Call, effect: DecisionRecord['effect'], final: boolean): void {
    const { log, recorded, server } = this.#parts.options;
    try {
      recorded?.({
        id: call.id,
        log: session.log,
        effect,
        final,
        server: server.name,
        tool: call.subject.name,
      });
    } catch (error) {
      log?.(`the window was not told of ${call.id}: ${messageOf(error)}`);
    }
  }
}

/** A call that can't be put to policy. */
interface Unready {
  readonly call: Call;
  readonly unready: Refusal;
}

interface Allowed extends DecidedBy {
  readonly obligations: Obligations;
  readonly level: number;
  /** The grant that stood in for asking. */
  readonly grant?: string;
}

function approvalBy(grant: GrantRecord, now: number): ApprovalFacts {
  const ageSeconds = Math.max(0, Math.floor((now - Date.parse(grant.time)) / 1000));
  // A late yes is the answer to this very call.
  return { level: grant.level as ApprovalFacts['level'], granted: grant.how === 'session', ageSeconds };
}

function adviceFor(outcome: ApprovalAnswer['outcome']): Advice {
  switch (outcome) {
    case 'withdrawn':
      return 'withdrawn';
    case 'unreachable':
      return 'window-gone';
    case 'granted':
    case 'denied':
    case 'too-fast':
      return 'person-said-no';
  }
}
