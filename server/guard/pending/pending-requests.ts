import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import type { OutcomeStatus } from '../enforcer';
import { RequestTable } from '../receive/ids';
import type { RequestId } from '../receive/ids';
import type { ResponseMessage } from '../receive/message';
import type { Channel } from '../wire/channel';
import { framed } from '../wire/lines';
import type { BatchResponses } from './batch';
import { OwnRequestFailed } from './own-request';
import type { OwnResult } from './own-request';
import { tellProgress } from './progress';
import { errorCodes, errorResponse } from './responses';
import type { Timers } from './timers';

/** A request as a peer made it. */
interface AskedRequest {
  readonly id: RequestId;
  readonly method: string;
  readonly params: JsonValue | undefined;
  /** The batch that it came in, if that was taken apart. */
  readonly batch: BatchResponses | undefined;
}

/** A request of a peer that waits for the other one's answer. */
export interface PendingRequest extends Omit<AskedRequest, 'batch'> {
  /**
   * `deciding` until it is decided: it was not forwarded, so an answer to it is nobody's.
   * `cancelled` requests may still be answered, or not; their id is free again. `settled` ones are forgotten.
   */
  readonly state: 'deciding' | 'forwarded' | 'cancelled' | 'settled';
  /** True if its answer must be given to {@link PendingRequests.respond}, since a batch waits for it. */
  readonly isInBatch: boolean;
  /** Aborted when nobody waits for its decision any more. */
  readonly signal: AbortSignal;
}

/** Records how a forwarded request ended; runs once. */
type RecordOutcome = (status: OutcomeStatus, detail?: string) => void;

/** Requests that may be open at once; a peer that never gets answers must not fill the guard's memory. */
const maxOpen = 100_000;
/** A client may cancel for ever; what was cancelled longest ago is forgotten. */
const maxCancelled = 1_000;

const neverAborted = new AbortController().signal;

class Entry implements PendingRequest {
  readonly id: RequestId;
  readonly method: string;
  readonly params: JsonValue | undefined;
  state: PendingRequest['state'] = 'forwarded';
  batch: BatchResponses | undefined;
  /** Withdraws what is being decided. */
  abort: AbortController | undefined;
  stopProgress: (() => void) | undefined;
  recordOutcome: RecordOutcome | undefined;
  /** Takes the answer, if the guard itself asked. */
  takeOwn: ((answer: OwnResult | OwnRequestFailed) => void) | undefined;

  constructor({ batch, id, method, params }: AskedRequest) {
    this.id = id;
    this.method = method;
    this.params = params;
    this.batch = batch;
  }

  get isInBatch(): boolean {
    return this.batch !== undefined;
  }

  get signal(): AbortSignal {
    return this.abort?.signal ?? neverAborted;
  }

  /** The decision is there, or not needed any more. */
  decided(): void {
    this.stopProgress?.();
    this.stopProgress = undefined;
  }

  ended(status: OutcomeStatus, detail?: string): void {
    const record = this.recordOutcome;
    this.recordOutcome = undefined;
    record?.(status, detail);
  }
}

interface PendingOptions {
  /** The peer that answers. */
  readonly to: Channel;
  /** The peer that asks. */
  readonly from: Channel;
  readonly timers: Timers;
  /** At least 128 random bits, as text. */
  readonly randomId: () => string;
}

/**
 * The requests that wait for one peer's answer: those of the other peer, from the moment on in which they are held for
 * a decision, and the guard's own. Nothing else remembers a request.
 */
export class PendingRequests {
  readonly #options: PendingOptions;
  readonly #table = new RequestTable<Entry>();
  #cancelled: Entry[] = [];

  constructor(options: PendingOptions) {
    this.#options = options;
  }

  /**
   * Why a new request can't be opened.
   * @returns the reason, and the id to answer with where that can't be taken for another request's; else undefined
   */
  problemWith(id: RequestId): { readonly reason: string; readonly id?: RequestId } | undefined {
    const open = this.#table.get(id);
    if (open?.takeOwn !== undefined) {
      return { reason: 'its id is taken', id };
    }
    if (open !== undefined && open.state !== 'cancelled') {
      // Answered without the id: an error with it would look like the answer to the request that is open.
      return { reason: `the id ${id.text.slice(0, 80)} is that of a request that is not answered yet` };
    }
    return this.#table.size >= maxOpen ? { reason: 'too many requests are not answered yet', id } : undefined;
  }

  /** Adds a request that is forwarded at once. */
  open(asked: AskedRequest): PendingRequest {
    return this.#add(asked);
  }

  /** Adds a request that is decided first, and lets its sender see meanwhile that it is alive. */
  hold(asked: AskedRequest): PendingRequest {
    const entry = this.#add(asked);
    entry.state = 'deciding';
    entry.abort = new AbortController();
    const { from, timers } = this.#options;
    entry.stopProgress = tellProgress(asked.params, timers, (line) => from.send(line));
    return entry;
  }

  /** The other peer's request with an id; not one of the guard's own. */
  find(id: RequestId): PendingRequest | undefined {
    return this.#find(id);
  }

  /** A held request is decided: it goes on under that decision. */
  forward(request: PendingRequest, recordOutcome: RecordOutcome): void {
    const entry = own(request);
    entry.decided();
    entry.state = 'forwarded';
    entry.recordOutcome = recordOutcome;
  }

  /** The peer has answered: records how, unless the request was cancelled, and forgets it unless a batch waits for it. */
  answered(request: PendingRequest, status: 'ok' | 'error', detail?: string): void {
    const entry = own(request);
    if (entry.state === 'forwarded') {
      entry.ended(status, detail);
    }
    if (entry.batch === undefined) {
      this.#forget(entry);
    }
  }

  /** Answers a request in the peer's place, and forgets it. @param message without the end of a line; missing if none is due */
  respond(request: PendingRequest, message: Uint8Array | undefined): void {
    const entry = own(request);
    this.#forget(entry);
    if (entry.batch) {
      entry.batch.settle(message);
    } else if (message !== undefined) {
      this.#options.from.send(framed(message));
    }
  }

  /**
   * The sender no longer waits for a request.
   * @returns true if the peer has to hear of that: the request was forwarded, or is unknown
   */
  cancel(id: RequestId): boolean {
    const entry = this.#find(id);
    if (entry?.state === 'deciding') {
      entry.decided();
      entry.abort?.abort();
      this.respond(entry, undefined);
      return false;
    }
    if (entry?.state === 'forwarded') {
      entry.ended('cancelled');
      entry.state = 'cancelled';
      // Its batch waits no longer; should an answer still come, it goes on by itself.
      entry.batch?.settle();
      entry.batch = undefined;
      this.#cancelled.push(entry);
      const oldest = this.#cancelled.length > maxCancelled ? this.#cancelled.shift() : undefined;
      if (oldest !== undefined) {
        this.#forget(oldest);
      }
    }
    return true;
  }

  /** A request will get no answer any more: withdraws it or notes it as lost, and tells who waits for it. */
  lose(request: PendingRequest, reason: string): void {
    const entry = own(request);
    if (entry.state === 'cancelled' || entry.state === 'settled') {
      return;
    }
    entry.decided();
    entry.abort?.abort();
    entry.ended('lost', reason);
    this.respond(entry, errorResponse(entry.id.text, errorCodes.lost, reason));
  }

  /** No answer will come any more, to anybody. */
  close(reason: string): void {
    for (const entry of this.#table.values()) {
      if (entry.takeOwn === undefined) {
        this.lose(entry, reason);
      } else {
        entry.takeOwn(new OwnRequestFailed('the connection is closed'));
      }
    }
  }

  /**
   * Asks the peer something for the guard itself, under a random id, so that nobody can answer unasked.
   * @throws {OwnRequestFailed} for an error, a malformed result, no answer in time, or a peer that is gone
   */
  async ask(method: string, params: JsonObject | undefined, milliseconds: number): Promise<OwnResult> {
    const { randomId, timers, to } = this.#options;
    const name = `gatehouse-${randomId()}`;
    const answer = await new Promise<OwnResult | OwnRequestFailed>((resolve) => {
      if (to.closed) {
        resolve(new OwnRequestFailed(`${method}: the connection is closed`));
        return;
      }
      const id = { key: `s${name}`, text: JSON.stringify(name) };
      const entry = this.#add({ id, method, params, batch: undefined });
      const cancelTimer = timers.after(milliseconds, () => {
        entry.takeOwn?.(new OwnRequestFailed(`${method}: no answer within ${milliseconds / 1000} s`));
      });
      entry.takeOwn = (given) => {
        cancelTimer();
        this.#forget(entry);
        resolve(given);
      };
      const request = { jsonrpc: '2.0', id: name, method, ...(params && { params }) };
      to.send(framed(Buffer.from(JSON.stringify(request))));
    });
    if (answer instanceof OwnRequestFailed) {
      throw answer;
    }
    return answer;
  }

  /** Takes an answer to a request of the guard's own; false if it is none. */
  takeOwn(message: ResponseMessage): boolean {
    const take = message.id && this.#table.get(message.id)?.takeOwn;
    if (!take) {
      return false;
    }
    const { error, result } = message.value;
    if (isJsonObject(result)) {
      take({ result, bytes: message.span.end - message.span.start });
    } else {
      const told = isJsonObject(error) ? error['message'] : undefined;
      take(new OwnRequestFailed(typeof told === 'string' ? told : 'no result'));
    }
    return true;
  }

  /** The answer with an id could not be read: whoever waits for it would wait for ever. */
  unreadable(id: RequestId, reason: string, text: string): void {
    this.#table.get(id)?.takeOwn?.(new OwnRequestFailed(`the answer is refused: ${reason}`));
    const entry = this.#find(id);
    if (entry?.state === 'forwarded') {
      entry.ended('error', reason);
      this.respond(entry, errorResponse(entry.id.text, errorCodes.lost, text));
    }
  }

  #add(asked: AskedRequest): Entry {
    const entry = new Entry(asked);
    this.#table.add(entry);
    return entry;
  }

  #find(id: RequestId): Entry | undefined {
    const entry = this.#table.find(id);
    return entry?.takeOwn === undefined ? entry : undefined;
  }

  #forget(entry: Entry): void {
    entry.decided();
    entry.state = 'settled';
    this.#table.delete(entry);
  }
}

/** All requests that others hold were made here. */
function own(request: PendingRequest): Entry {
  if (!(request instanceof Entry)) {
    throw new TypeError('a request of another table');
  }
  return request;
}
