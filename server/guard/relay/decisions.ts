import type { AgentIdentity, CallDecision, Enforcer, InterceptedRequest, OutcomeStatus } from '../enforcer';
import { spliced } from '../json/splice';
import type { Replacement } from '../paths/resolved-arguments';
import { conversationOf } from './agent';
import { errorResponse, errorCodes, refusal } from './responses';
import type { InboundMessage } from './inbound-message';
import { tellProgress } from './asking';
import { framed } from '../wire/lines';
import type { NotificationMessage, RequestMessage } from './message';
import type { Peer, PendingRequest } from './peer';
import type { Roots } from './roots';
import type { Timers } from './timers';

/** Requests that wait for a decision, and the bytes that they hold. */
const maxWaiting = 10_000;
const maxWaitingBytes = 256 * 2 ** 20;

export interface DecisionsOptions {
  readonly enforcer: Enforcer;
  readonly roots: Roots;
  /** True if decisions need the client's roots; the relay then requests them and waits for the response. */
  readonly askRoots: boolean;
  /** Who the agent is, as far as it is known at this moment. */
  readonly agent: () => AgentIdentity;
  readonly timers: Timers;
  readonly log: (line: string) => void;
}

/** The parts of a message that the enforcer decides on. */
type Asked = Pick<InterceptedRequest, 'method' | 'other' | 'params'>;

/** Holds requests back until the enforcer has decided, and then forwards or answers them. */
export class Decisions {
  readonly #options: DecisionsOptions;
  readonly #waiting = new Set<Promise<void>>();
  #waitingBytes = 0;

  constructor(options: DecisionsOptions) {
    this.#options = options;
  }

  /** Has a request decided; nobody waits for that. */
  decide(inbound: InboundMessage, message: RequestMessage, asked: Asked): void {
    const { batch, from, line } = inbound;
    const abort = new AbortController();
    const { method, value } = message;
    const pending: PendingRequest = {
      id: message.id,
      method,
      params: value['params'],
      state: 'deciding',
      abort,
      batch,
    };
    if (this.#isFull(line)) {
      const text = 'Too many requests wait for a decision. Try again when some are answered.';
      from.answer(pending, errorResponse(message.id.text, errorCodes.busy, text));
      return;
    }
    // A copy, since the bytes of a small line may keep a large buffer alive while a human thinks.
    const bytes = framed(line.subarray(message.span.start, message.span.end));
    from.requests.add(pending);
    this.#wait(bytes, this.#settle(inbound, pending, asked, bytes));
  }

  /** Has a notification decided; a refusal is only logged, since nobody waits for an answer. */
  decideNotification(inbound: InboundMessage, message: NotificationMessage, asked: Asked): void {
    const { line, to } = inbound;
    if (this.#isFull(line)) {
      this.#options.log('dropped a notification: too many messages wait for a decision');
      return;
    }
    const bytes = framed(line.subarray(message.span.start, message.span.end));
    const settle = async (): Promise<void> => {
      const decision = await this.#decisionOn(
        asked,
        inbound.json.inexactNumbers,
        new AbortController().signal,
      );
      if (decision.kind === 'refuse') {
        this.#options.log(`dropped a notification: ${decision.message}`);
        return;
      }
      to.channel.send(bytes);
      this.#options.enforcer.outcome(decision.id, to.channel.closed ? 'lost' : 'ok');
    };
    this.#wait(bytes, settle());
  }

  #isFull(line: Buffer): boolean {
    return this.#waiting.size >= maxWaiting || this.#waitingBytes + line.length > maxWaitingBytes;
  }

  #wait(bytes: Buffer, work: Promise<void>): void {
    this.#waitingBytes += bytes.length;
    const settled = work.finally(() => {
      this.#waitingBytes -= bytes.length;
      this.#waiting.delete(settled);
    });
    this.#waiting.add(settled);
  }

  /** Resolves when nothing waits any more, or after so many milliseconds. */
  async settled(milliseconds: number): Promise<void> {
    let cancel = (): void => undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = this.#options.timers.after(milliseconds, resolve);
    });
    await Promise.race([Promise.all(this.#waiting), timeout]);
    cancel();
  }

  /** Notes what became of a request, if it was decided. */
  outcome(request: PendingRequest, status: OutcomeStatus, detail?: string): void {
    if (request.decision !== undefined) {
      this.#options.enforcer.outcome(request.decision, status, detail);
    }
  }

  /** A request will get no answer any more: withdraws it or notes it as lost, and tells who waits for it. */
  lose(peer: Peer, request: PendingRequest, reason: string): void {
    if (request.state === 'cancelled') {
      return;
    }
    request.abort?.abort();
    this.outcome(request, 'lost', reason);
    peer.answer(request, errorResponse(request.id.text, errorCodes.lost, reason));
  }

  async #settle(
    { from, json, to }: InboundMessage,
    pending: PendingRequest,
    asked: Asked,
    bytes: Buffer,
  ): Promise<void> {
    const signal = pending.abort?.signal ?? AbortSignal.abort();
    const stopProgress = tellProgress(asked.params, this.#options.timers, (line) => from.channel.send(line));
    signal.addEventListener('abort', stopProgress, { once: true });
    const decision = await this.#decisionOn(asked, json.inexactNumbers, signal);
    stopProgress();
    if (signal.aborted) {
      if (decision.kind === 'forward') {
        this.#options.enforcer.outcome(decision.id, 'cancelled', 'not forwarded: the caller no longer waits');
      }
      return;
    }
    if (decision.kind === 'refuse') {
      from.answer(pending, refusal(pending.id.text, asked.method, decision));
      return;
    }
    pending.decision = decision.id;
    let forwarded: Buffer;
    try {
      forwarded = withReplaced(bytes, decision.replacements);
    } catch (error) {
      this.#options.log(`a call was not forwarded: ${String(error)}`);
      this.lose(from, pending, 'Not forwarded: what was decided on could not be written.');
      return;
    }
    pending.state = 'forwarded';
    if (to.channel.closed) {
      this.lose(from, pending, `Not forwarded: the connection to the ${to.name} is closed.`);
      return;
    }
    to.channel.send(forwarded);
  }

  async #decisionOn(
    asked: Asked,
    inexactNumbers: readonly string[],
    signal: AbortSignal,
  ): Promise<CallDecision> {
    const roots = this.#options.askRoots ? await this.#options.roots.paths() : this.#options.roots.known;
    if (signal.aborted) {
      return refusedByFault('Refused: the caller no longer waits.', 'cancelled');
    }
    const conversationId = conversationOf(asked.params);
    try {
      return await this.#options.enforcer.decide({
        ...asked,
        agent: { ...this.#options.agent(), ...(conversationId !== undefined && { conversationId }) },
        ...(inexactNumbers.length > 0 && { inexactNumbers }),
        ...(roots && { roots }),
        signal,
      });
    } catch (error) {
      this.#options.log(`a decision failed: ${String(error)}`);
      const message = 'Refused: the decision failed inside Gatehouse. The log of this server says why.';
      return refusedByFault(message, 'decision-failed');
    }
  }
}

/** The bytes that were decided on: those that were sent, but for the strings that the decision replaced. */
function withReplaced(bytes: Buffer, replacements: readonly Replacement[] = []): Buffer {
  return replacements.length === 0
    ? bytes
    : spliced(
        bytes,
        replacements.map(({ at, forwarded }) => ({ at: ['params', 'arguments', ...at], value: forwarded })),
      );
}

function refusedByFault(message: string, rule: string): CallDecision {
  return { kind: 'refuse', id: '', message, data: { id: '', effect: 'deny', rule, policy: '' } };
}
