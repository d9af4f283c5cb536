import type {
  ApprovalAnswer,
  ApprovalRequest,
  DecisionRecord,
  GrantedAnswer,
  NewRecord,
  ServerIdentity,
} from '../../protocol';
import { fittingGrants, floodRule, grantOf, messageOf } from '../../protocol';
import type { AdditionalDecisionPoint } from '../decision-point/additional';
import type { CallDecision } from '../enforcer';
import { ambiguousArguments } from '../request/ambiguous-arguments';
import { maskText } from '../request/mask';
import type { ResourceKind } from '../request/request-model';
import { reservationOwner } from '../session/session-store';
import type { OpenSession, SessionStore } from '../session/session-store';
import { layerDecisionsOf } from './layer-decisions';
import type { LayerDecisions, DecidedBy } from './layer-decisions';
import type { Call, CallReader } from './call';
import type { PreparedCall, RejectedCall } from './prepared-call';
import { decideExternally, decideExternallyAt, decideTogether, unanswered } from './external-decision';
import { consentBy, consentOf, evaluate, ownReason, ownRefusal } from './decide';
import type { Decision, Obligations, Refusal } from './decide';
import { ConsistentDecision, stale } from './consistent-decision';
import type { Stale } from './consistent-decision';
import { agentDigest, bindingDigest } from './binding';
import { FactsRecorder } from './facts-recorder';
import { haltReason } from './halt-reason';
import { LateAnswers } from './late-answers';
import type { LayerStore } from './layers';
import type { EnforcerOptions } from './options';
import { approvalRequest } from './question';
import type { Question } from './question';
import {
  approvalRecord,
  attemptRecord,
  attemptRecords,
  decisionRecord,
  externalDecisionField,
  quoted,
  reasonsOf,
} from './records';
import { refusalText } from './refusal-text';
import type { Advice } from './refusal-text';
import type { ToolBook, ToolFacts } from './tool-book';

interface CallAuthorizerParts {
  readonly options: EnforcerOptions;
  readonly layers: LayerStore;
  readonly book: ToolBook;
  readonly session: SessionStore;
  readonly reader: CallReader;
  readonly identity: () => ServerIdentity;
  /** Missing if the policies in force decide alone. */
  readonly decisionPoint: AdditionalDecisionPoint | undefined;
}

const changedMeanwhile = 'the policies, the tool, or where a path leads changed while a person was asked';
/** Of the guardrails: what it asks about, accepting the server again settles, too. */
const rewordedRule = 'reworded-tools-ask';
/** How calls other than those of tools are counted; URIs and the like have no end. */
const countedAs: Readonly<Record<Exclude<ResourceKind, 'mcp:tool'>, (action: string) => string>> = {
  'mcp:resource': (action) => `resources/${action}`,
  'mcp:prompt': () => 'prompts/get',
  'mcp:completion': () => 'completion/complete',
  'mcp:sampling': () => 'sampling/createMessage',
  'mcp:elicitation': () => 'elicitation/create',
  'mcp:other': () => 'other',
};

type Result =
  | { readonly kind: 'forward'; readonly durable: boolean }
  | { readonly kind: 'refuse'; readonly refusal: Refusal; readonly advice: Advice }
  | { readonly kind: 'ask'; readonly request: ApprovalRequest; readonly question: Question };

/** Takes one call from request to final record: decide, ask a human, decide again with the answer, record. */
export class CallAuthorizer {
  readonly #parts: CallAuthorizerParts;
  readonly #late: LateAnswers;
  readonly #consistent: ConsistentDecision<Result>;
  readonly #recorder: FactsRecorder;

  constructor(parts: CallAuthorizerParts) {
    this.#parts = parts;
    this.#late = new LateAnswers(parts.options, parts.session);
    this.#recorder = new FactsRecorder(parts.decisionPoint !== undefined);
    this.#consistent = new ConsistentDecision({
      point: parts.decisionPoint,
      session: parts.session,
      prepare: (call) => this.#prepare(call),
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
      decide: (session, prepared) => this.#first(session, prepared),
    });
    if (result.kind !== 'ask') {
      return this.#callDecision(call, result);
    }
    return this.#callDecision(call, await this.#ask(call, result.request, result.question));
  }

  /** Collects the facts of this moment, or why the call can't be put to policy at all. */
  async #prepare(call: Call): Promise<PreparedCall | RejectedCall> {
    const { book, layers, options, reader } = this.#parts;
    let tool: ToolFacts | undefined;
    if (call.subject.kind === 'mcp:tool') {
      try {
        tool = book.facts(call.subject.name, await options.toolSource());
      } catch (error) {
        const reason = `the server's list of tools can't be read: ${messageOf(error)}`;
        return { call, rejected: ownRefusal('tools-unknown', reason) };
      }
    }
    const ambiguity = tool && ambiguousArguments(call.subject.args, tool.inputSchema);
    if (ambiguity !== undefined) {
      const reason = `the server could read other arguments than were decided on: ${ambiguity}`;
      return { call, rejected: ownRefusal('ambiguous-arguments', reason), advice: 'malformed' };
    }
    const current = layers.current();
    if (current.kind === 'broken') {
      return { call, rejected: ownRefusal('policies-unusable', current.reason) };
    }
    const surroundings = reader.surroundings(call, tool, book.accepted() !== undefined);
    const agent = agentDigest(call.agent);
    const binding = reader.binding(call, surroundings, tool?.rewording, agent, current.digest);
    return { call, tool, surroundings, layers: current, binding };
  }

  /** Under the lock: records the attempt and decides it. */
  #first(session: OpenSession, prepared: PreparedCall | RejectedCall): Result | Stale {
    const { call } = prepared;
    if (session.halt !== undefined) {
      const refusal = ownRefusal('session-halted', `the session was halted: ${session.halt.reason}`);
      return this.#refuse(session, prepared, refusal, 'halted', [attemptRecord(call, this.#server)]);
    }
    const wait = session.wait(call.agent);
    if (wait > 0) {
      const reason = `this agent made too many calls, or too many of them were refused, in a short time; it may go on in ${wait} s`;
      const refusal = ownRefusal(floodRule, reason);
      return this.#refuse(session, prepared, refusal, 'slow-down', [attemptRecord(call, this.#server)]);
    }
    if ('rejected' in prepared) {
      const { advice = 'repair', rejected } = prepared;
      return this.#refuse(session, prepared, rejected, advice, [attemptRecord(call, this.#server)]);
    }
    const own = ownAnswers(session, prepared);
    const decision = decideTogether(own, this.#external(prepared));
    switch (decision.kind) {
      case 'stale':
        return stale;
      case 'allow': {
        const attempt = this.#attempt(session, prepared, decision.obligations.redact);
        return this.#forward(session, prepared, { ...decision, level: 0 }, attempt);
      }
      case 'ask':
        return this.#stepUp(session, prepared, decision, own);
      case 'deny':
      case 'unanswered': {
        const { refusal } = decision;
        const attempt = this.#attempt(session, prepared, refusal.redact);
        const advice = decision.kind === 'unanswered' ? 'decision-point' : adviceOn(prepared);
        return this.#refuse(session, prepared, refusal, advice, attempt);
      }
    }
  }

  /** Lets a grant stand in for a human, or asks one. */
  #stepUp(session: OpenSession, prepared: PreparedCall, asking: Asking, own: LayerDecisions): Result | Stale {
    const decision = namesProtected(prepared) ? neverRemembered(asking) : asking;
    const { level, refusal } = decision;
    const attempt = this.#attempt(session, prepared, refusal.redact);
    if (level > 1) {
      const reason = `it needs approval level ${level}, which is not supported yet`;
      const higher = {
        ...refusal,
        rule: 'not-supported-yet',
        reasons: [...refusal.reasons, ownReason(reason)],
      };
      return this.#refuse(session, prepared, higher, 'higher-level', attempt, level);
    }
    const granted = this.#byGrant(session, prepared, decision, own);
    if (prepared.external?.missed === true) {
      return stale;
    }
    if (granted !== undefined) {
      return this.#forward(session, prepared, granted, attempt);
    }
    if (!this.#parts.options.approver.available) {
      const nobody = this.#parts.options.launchedByWindow ? 'window-gone' : 'nobody-to-ask';
      const advice = refusal.rule === rewordedRule ? 'acceptance' : nobody;
      return this.#refuse(session, prepared, refusal, advice, attempt, level);
    }
    return this.#hold(session, prepared, decision, attempt);
  }

  /** Decides with the consent that a human gave before, if there is any that fits and the policy still agrees. */
  #byGrant(
    session: OpenSession,
    prepared: PreparedCall,
    { level, refusal }: Asking,
    own: LayerDecisions,
  ): Allowed | undefined {
    if (namesProtected(prepared)) {
      return undefined;
    }
    const { binding, external } = prepared;
    const { now } = session;
    const grants = session.grants.map(grantOf);
    for (const grant of fittingGrants(grants, binding, { level, now, remember: refusal.remember })) {
      const approval = consentBy(grant, now);
      const evaluation = evaluate(external?.withGrant(own, grant) ?? own, approval);
      if (evaluation.allowed) {
        return { ...evaluation, level: approval.level, grant: grant.id };
      }
    }
    return undefined;
  }

  /** `none` if no other decision point is set up, which {@link decideTogether} tells from one that was not asked. */
  #external({ external }: PreparedCall): PreparedCall['external'] | 'none' {
    return this.#parts.decisionPoint === undefined ? 'none' : external;
  }

  /** Reserves what the call would add, until it is answered. */
  #hold(
    session: OpenSession,
    prepared: PreparedCall,
    { level, obligations, refusal }: Asking,
    attempt: readonly NewRecord[],
  ): Result {
    const { binding, call } = prepared;
    session.append(...attempt, {
      ...decisionRecord(call, 'ask', refusal),
      level,
      ...reasonsOf(refusal),
      ...quoted(refusal),
      ...externalDecisionField(prepared.external),
      key: this.#key(call),
      hold: { counts: obligations.counts, owner: reservationOwner() },
    });
    this.#tell(session, call, 'ask', false);
    const question = { binding, level, session: session.id, refusal };
    const { surroundings, tool } = prepared;
    const changes = tool?.rewording?.noticed === false ? tool.rewording.changes : [];
    const shown = { surroundings, session: session.facts(call.id), obligations, changes };
    const request = approvalRequest(call, question, shown);
    return { kind: 'ask', request, question };
  }

  async #ask(call: Call, request: ApprovalRequest, question: Question): Promise<Result> {
    this.#late.expect(call, question);
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
      this.#late.answered(call);
    }
    if (!granted) {
      return this.#parts.session.transaction((session) => this.#refused(session, call, question, answer));
    }
    return this.#consistent.run(call, {
      except: call.id,
      ask: (point, input) => decideExternallyAt(point, input, question.level),
      decide: (session, prepared) => this.#granted(session, prepared, question, answer),
    });
  }

  /** Under the lock again: the answer was no, or for something else, or there is none. */
  #refused(session: OpenSession, call: Call, question: Question, answer: ApprovalAnswer): Result {
    const why = answer.outcome === 'granted' ? 'the answer was for another request' : answer.why;
    const refusal = { ...question.refusal, reasons: [...question.refusal.reasons, ownReason(why)] };
    const outcome = answer.outcome === 'granted' ? 'denied' : answer.outcome;
    return this.#refuse(session, { call }, refusal, adviceFor(outcome), [
      approvalRecord(call, answer, outcome),
    ]);
  }

  /** Under the lock again: the yes is recorded, and the call decided anew with the facts of this moment. */
  #granted(
    session: OpenSession,
    prepared: PreparedCall | RejectedCall,
    question: Question,
    answer: GrantedAnswer,
  ): Result | Stale {
    const { call } = prepared;
    if (call.signal.aborted) {
      const refusal = ownRefusal('withdrawn', 'the caller no longer waits for the answer');
      this.#late.keep(session, call, question, answer);
      return this.#refuse(session, prepared, refusal, 'withdrawn', []);
    }
    const approval = approvalRecord(call, answer, 'granted');
    const refuse = (refusal: Refusal, advice: Advice): Result =>
      this.#refuse(session, prepared, refusal, advice, [approval]);
    if (session.halt !== undefined) {
      return refuse(ownRefusal('session-halted', `the session was halted: ${session.halt.reason}`), 'halted');
    }
    if ('rejected' in prepared) {
      return refuse(prepared.rejected, 'repair');
    }
    if (session.id !== question.session || !session.holds(call.id)) {
      return refuse(ownRefusal('session-ended', 'the session ended while a person was asked'), 'repair');
    }
    if (bindingDigest(prepared.binding) !== bindingDigest(question.binding)) {
      return refuse(ownRefusal('circumstances-changed', changedMeanwhile), 'repair');
    }
    const { external } = prepared;
    if (external === undefined && this.#parts.decisionPoint !== undefined) {
      return stale;
    }
    if (external?.unavailable !== undefined) {
      return refuse(unanswered(external.unavailable), 'decision-point');
    }
    const own = ownAnswers(session, prepared);
    const evaluation = evaluate(external?.with(own) ?? own, consentOf(question.level));
    if (!evaluation.allowed) {
      return refuse(evaluation.refusal, 'policy');
    }
    const records = [approval, ...this.#late.remembering(session, call, question, answer)];
    return this.#forward(session, prepared, { ...evaluation, level: question.level }, records);
  }

  #forward(
    session: OpenSession,
    prepared: PreparedCall,
    allowed: Allowed,
    before: readonly NewRecord[],
  ): Result {
    const { call, tool } = prepared;
    const { grant, level, obligations } = allowed;
    const annotations = tool?.annotations;
    const touches = [
      ...(annotations?.openWorldHint === true ? (['openWorld'] as const) : []),
      ...(annotations?.destructiveHint === true ? (['destructive'] as const) : []),
    ];
    const { counts, halts } = obligations;
    const reason = haltReason({
      rules: halts,
      call: `${call.subject.name} of ${this.#server.name}`,
      counts,
      before: session.facts(call.id).counters,
    });
    const halt: readonly NewRecord[] = halts.length > 0 ? [{ type: 'halt', id: call.id, reason }] : [];
    session.append(
      ...before,
      {
        ...decisionRecord(call, 'allow', allowed),
        level,
        key: this.#key(call),
        counts,
        touches,
        ...(grant === undefined ? {} : { grant }),
        ...externalDecisionField(prepared.external),
      },
      ...halt,
    );
    if (tool?.rewording !== undefined) {
      // The guardrail lets none go before a person was told of the changes.
      this.#parts.book.notice(tool.rewording);
    }
    this.#tell(session, call, 'allow', true);
    return { kind: 'forward', durable: annotations?.destructiveHint === true };
  }

  #refuse(
    session: OpenSession,
    { call, external }: Pick<PreparedCall, 'call' | 'external'>,
    refusal: Refusal,
    advice: Advice,
    before: readonly NewRecord[],
    level?: number,
  ): Result {
    session.append(...before, {
      ...decisionRecord(call, 'deny', refusal),
      ...(level === undefined ? {} : { level }),
      ...reasonsOf(refusal),
      ...quoted(refusal),
      ...externalDecisionField(external),
    });
    this.#tell(session, call, 'deny', true);
    return { kind: 'refuse', refusal, advice };
  }

  /** The subject of a call in words for the log. @param redact paths of arguments that policy redacts */
  #attempt(session: OpenSession, prepared: PreparedCall, redact: readonly string[]): readonly NewRecord[] {
    return attemptRecords(prepared, this.#server, redact, { recorder: this.#recorder, session });
  }

  #callDecision(call: Call, result: Result): CallDecision {
    const { id, subject } = call;
    if (result.kind === 'forward') {
      return { kind: 'forward', id, ...(call.replaced && { replacements: call.replaced.by }) };
    }
    const refusal = result.kind === 'refuse' ? result.refusal : ownRefusal('guard-failed', 'nobody answered');
    const advice = result.kind === 'refuse' ? result.advice : 'repair';
    const { policy, rule } = refusal;
    const message = refusalText(subject.name, refusal, advice);
    return { kind: 'refuse', id, message, data: { id, effect: 'deny', rule, policy } };
  }

  get #server(): { readonly name: string; readonly fingerprint: string } {
    return { name: this.#parts.options.server.name, fingerprint: this.#parts.identity().fingerprint };
  }

  /** Key in `callsByTool`. Kinds other than tools count by their method, since there is no end of URIs. */
  #key({ subject }: Call): string {
    const { action, kind, name } = subject;
    return `${this.#parts.options.server.name}/${kind === 'mcp:tool' ? name : countedAs[kind](action)}`;
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
        tool: maskText(call.subject.name),
      });
    } catch (error) {
      log?.(`the window was not told of ${call.id}: ${messageOf(error)}`);
    }
  }
}

type Asking = Extract<Decision, { kind: 'ask' }>;

interface Allowed extends DecidedBy {
  readonly obligations: Obligations;
  readonly level: number;
  /** The grant that stood in for asking. */
  readonly grant?: string;
}

/** For a call that names a protected path no grant replaces the question, whatever the policies permit. */
function namesProtected({ surroundings }: PreparedCall): boolean {
  return surroundings.paths.some((path) => path.protected);
}

function neverRemembered(asking: Asking): Asking {
  return { ...asking, refusal: { ...asking.refusal, remember: { session: false } } };
}

/** The answers of the policies in force, without the call's own reservation. */
function ownAnswers(session: OpenSession, { call, layers, surroundings }: PreparedCall): LayerDecisions {
  const facts = { ...surroundings, session: session.facts(call.id) };
  return layerDecisionsOf(layers.policyLayers, facts, session.now);
}

function adviceOn({ tool }: PreparedCall): Advice {
  return tool !== undefined && (!tool.accepted || tool.changed) ? 'acceptance' : 'policy';
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
