import type { DecisionNotice, DecisionRecord, NewRecord } from '../../../protocol';
import { messageOf } from '../../../protocol';
import { maskText } from '../../request/mask';
import type { ResourceKind } from '../../request/request-model';
import { reservationOwner } from '../../session/session-store';
import type { OpenSession } from '../../session/session-store';
import type { Call } from '../gather/call';
import type { PreparedCall } from '../gather/prepared-call';
import type { Rewording } from '../gather/tool-book';
import type { Decision, Obligations, Refusal } from '../policies/decide';
import type { DecidedBy } from '../policies/layer-decisions';
import type { Advice } from '../refusal-text';
import { FactsRecorder } from './facts-recorder';
import { haltReason } from './halt-reason';
import {
  attemptRecord,
  attemptRecords,
  decisionRecord,
  externalDecisionField,
  quoted,
  reasonsOf,
} from './records';

/** A decision that the log has. */
interface Forwarded {
  readonly kind: 'forward';
  /** Its records must survive a power cut before the call goes on. */
  readonly durable: boolean;
}

interface Refused {
  readonly kind: 'refuse';
  readonly refusal: Refusal;
  readonly advice: Advice;
}

/** A call that is decided for good. */
export type DecidedCall = Forwarded | Refused;

export type Asking = Extract<Decision, { kind: 'ask' }>;

/** Why a call goes on. */
export interface Allowed extends DecidedBy {
  readonly obligations: Obligations;
  readonly level: number;
  /** The grant that stood in for asking. */
  readonly grant?: string;
}

interface DecisionRecorderOptions {
  readonly server: () => { readonly name: string; readonly fingerprint: string };
  /** Takes note of what a person was told of, now that a call goes on with it. */
  readonly notice: (rewording: Rewording) => void;
  readonly hasDecisionPoint: boolean;
  /** Told after every decision that was written. */
  readonly recorded: ((notice: DecisionNotice) => void) | undefined;
  readonly log: ((line: string) => void) | undefined;
}

/** How calls other than those of tools are counted; URIs and the like have no end. */
const countedAs: Readonly<Record<Exclude<ResourceKind, 'mcp:tool'>, (action: string) => string>> = {
  'mcp:resource': (action) => `resources/${action}`,
  'mcp:prompt': () => 'prompts/get',
  'mcp:completion': () => 'completion/complete',
  'mcp:sampling': () => 'sampling/createMessage',
  'mcp:elicitation': () => 'elicitation/create',
  'mcp:other': () => 'other',
};

/** Writes decisions into the session's log, under its lock, and tells of them. */
export class DecisionRecorder {
  readonly #options: DecisionRecorderOptions;
  readonly #facts: FactsRecorder;

  constructor(options: DecisionRecorderOptions) {
    this.#options = options;
    this.#facts = new FactsRecorder(options.hasDecisionPoint);
  }

  /** The subject of a call in words for the log. @param redact paths of arguments that policy redacts */
  attempt(session: OpenSession, prepared: PreparedCall, redact: readonly string[]): readonly NewRecord[] {
    return attemptRecords(prepared, this.#server, redact, { recorder: this.#facts, session });
  }

  /** As {@link attempt}, of a call that is refused before any policy sees it. */
  unseenAttempt(call: Call): readonly NewRecord[] {
    return [attemptRecord(call, this.#server)];
  }

  /** Under the lock: records that a person is asked, and reserves what the call would add until it is answered. */
  hold(
    session: OpenSession,
    { call, external }: Pick<PreparedCall, 'call' | 'external'>,
    { level, obligations, refusal }: Asking,
    attempt: readonly NewRecord[],
  ): void {
    session.append(...attempt, {
      ...decisionRecord(call, 'ask', refusal),
      level,
      ...reasonsOf(refusal),
      ...quoted(refusal),
      ...externalDecisionField(external),
      key: this.#key(call),
      hold: { counts: obligations.counts, owner: reservationOwner() },
    });
    this.#tell(session, call, 'ask', false);
  }

  /** Under the lock: records that the call goes on. */
  forward(
    session: OpenSession,
    prepared: PreparedCall,
    allowed: Allowed,
    before: readonly NewRecord[],
  ): Forwarded {
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
      this.#options.notice(tool.rewording);
    }
    this.#tell(session, call, 'allow', true);
    return { kind: 'forward', durable: annotations?.destructiveHint === true };
  }

  /** Under the lock: records that it does not. @param level what the call would have needed */
  refuse(
    session: OpenSession,
    { call, external }: Pick<PreparedCall, 'call' | 'external'>,
    refusal: Refusal,
    advice: Advice,
    before: readonly NewRecord[],
    level?: number,
  ): Refused {
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

  get #server(): { readonly name: string; readonly fingerprint: string } {
    return this.#options.server();
  }

  /** Key in `callsByTool`. Kinds other than tools count by their method, since there is no end of URIs. */
  #key({ subject }: Call): string {
    const { action, kind, name } = subject;
    return `${this.#options.server().name}/${kind === 'mcp:tool' ? name : countedAs[kind](action)}`;
  }

  #tell(session: OpenSession, call: Call, effect: DecisionRecord['effect'], final: boolean): void {
    const { log, recorded } = this.#options;
    try {
      recorded?.({
        id: call.id,
        log: session.log,
        effect,
        final,
        server: this.#server.name,
        tool: maskText(call.subject.name),
      });
    } catch (error) {
      log?.(`the window was not told of ${call.id}: ${messageOf(error)}`);
    }
  }
}
