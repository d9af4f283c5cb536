import type { DecidedParts } from '../classify/classify';
import type { AgentIdentity, CallDecision, Enforcer } from '../enforcer';
import type { Roots } from '../forward/roots';
import { spliced } from '../json/splice';
import type { Replacement } from '../paths/resolved-arguments';
import type { PendingRequest } from '../pending/pending-requests';
import { errorResponse, errorCodes, refusal } from '../pending/responses';
import type { Timers } from '../pending/timers';
import { conversationOf } from '../receive/agent';
import type { NotificationMessage, RequestMessage } from '../receive/message';
import { framed } from '../wire/lines';
import type { InboundMessage, Peer } from './inbound-message';

/** Requests that wait for a decision, and the bytes that they hold. */
const maxWaiting = 10_000;
const maxWaitingBytes = 256 * 2 ** 20;

interface DecisionsOptions {
  readonly enforcer: Pick<Enforcer, 'decide' | 'outcome'>;
  readonly roots: Pick<Roots, 'known' | 'paths'>;
  /** True if decisions need the client's roots; the relay then requests them and waits for the response. */
  readonly askRoots: boolean;
  /** Who the agent is, as far as it is known at this moment. */
  readonly agent: () => AgentIdentity;
  readonly timers: Timers;
  readonly log: (line: string) => void;
}

/** Holds messages back until the enforcer has decided, and then forwards, answers or drops them. */
export class Decisions {
  readonly #options: DecisionsOptions;
  readonly #waiting = new Set<Promise<void>>();
  #waitingBytes = 0;

  constructor(options: DecisionsOptions) {
    this.#options = options;
  }

  /** Has a request decided; nobody waits for that. */
  decide(inbound: InboundMessage, message: RequestMessage, asked: DecidedParts): void {
    const { batch, json, line, to } = inbound;
    const { id, method, value } = message;
    const request = { id, method, params: value['params'], batch };
    if (this.#isFull(line)) {
      const text = 'Too many requests wait for a decision. Try again when some are answered.';
      to.pending.respond(to.pending.open(request), errorResponse(id.text, errorCodes.busy, text));
      return;
    }
    // A copy, since the bytes of a small line may keep a large buffer alive while a human thinks.
    const bytes = framed(line.subarray(message.span.start, message.span.end));
    const pending = to.pending.hold(request);
    const settle = async (): Promise<void> => {
      const decision = await this.#decisionOn(asked, json.inexactNumbers, pending.signal);
      this.#settle(to, pending, asked, decision, bytes);
    };
    this.#wait(bytes, settle());
  }

  /** Has a notification decided; a refusal is only logged, since nobody waits for an answer. */
  decideNotification(inbound: InboundMessage, message: NotificationMessage, asked: DecidedParts): void {
    const { json, line, to } = inbound;
    if (this.#isFull(line)) {
      this.#options.log('dropped a notification: too many messages wait for a decision');
      return;
    }
    const bytes = framed(line.subarray(message.span.start, message.span.end));
    const settle = async (): Promise<void> => {
      const decision = await this.#decisionOn(asked, json.inexactNumbers, new AbortController().signal);
      if (decision.kind === 'refuse') {
        this.#options.log(`dropped a notification: ${decision.message}`);
        return;
      }
      to.channel.send(bytes);
      this.#options.enforcer.outcome(decision.id, to.channel.closed ? 'lost' : 'ok');
    };
    this.#wait(bytes, settle());
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

  #settle(
    to: Peer,
    request: PendingRequest,
    { method }: DecidedParts,
    decision: CallDecision,
    bytes: Buffer,
  ): void {
    const { enforcer, log } = this.#options;
    const { pending } = to;
    if (request.signal.aborted) {
      if (decision.kind === 'forward') {
        enforcer.outcome(decision.id, 'cancelled', 'not forwarded: the caller no longer waits');
      }
      return;
    }
    if (decision.kind === 'refuse') {
      pending.respond(request, refusal(request.id.text, method, decision));
      return;
    }
    pending.forward(request, (...how) => enforcer.outcome(decision.id, ...how));
    let forwarded: Buffer;
    try {
      forwarded = withReplaced(bytes, decision.replacements);
    } catch (error) {
      log(`a call was not forwarded: ${String(error)}`);
      pending.lose(request, 'Not forwarded: what was decided on could not be written.');
      return;
    }
    if (to.channel.closed) {
      pending.lose(request, `Not forwarded: the connection to the ${to.name} is closed.`);
      return;
    }
    to.channel.send(forwarded);
  }

  async #decisionOn(
    asked: DecidedParts,
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
