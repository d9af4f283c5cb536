import type { JsonValue } from '../../protocol';
import type { BatchResponses } from './batch';
import { RequestTable } from './ids';
import type { RequestId } from './ids';
import { framed } from '../wire/lines';
import type { Channel } from '../wire/channel';
import type { OwnRequests } from './own-requests';

/** A request that a peer made and that is not answered yet. */
export interface PendingRequest {
  readonly id: RequestId;
  readonly method: string;
  readonly params: JsonValue | undefined;
  /**
   * `deciding` until the enforcer has decided: it was not forwarded, so an answer to it is nobody's.
   * `cancelled` requests may still be answered, or not; their id is free again.
   */
  state: 'deciding' | 'forwarded' | 'cancelled';
  /** The decision under which it was forwarded. */
  decision?: string;
  /** Withdraws the question. */
  readonly abort?: AbortController;
  /** The batch that it came in, if that was taken apart. */
  batch: BatchResponses | undefined;
}

/** A client may cancel for ever; what was cancelled longest ago is forgotten. */
const maxCancelled = 1_000;

/** One of the two that the relay stands between. */
export class Peer {
  readonly name: 'client' | 'upstream';
  /** Messages to this peer. */
  readonly channel: Channel;
  /** The guard's own requests to this peer. */
  readonly own: OwnRequests;
  /** This peer's open requests. */
  readonly requests = new RequestTable<PendingRequest>();
  #cancelled: PendingRequest[] = [];

  constructor(name: 'client' | 'upstream', channel: Channel, own: OwnRequests) {
    this.name = name;
    this.channel = channel;
    this.own = own;
  }

  /** Answers one of its requests, and forgets that. @param message without the end of a line; nothing if cancelled */
  answer(request: PendingRequest, message: Uint8Array | undefined): void {
    this.requests.delete(request);
    if (request.batch) {
      request.batch.settle(message);
    } else if (message !== undefined) {
      this.channel.send(framed(message));
    }
  }

  /** It no longer waits for a request that was forwarded. */
  cancelled(request: PendingRequest): void {
    request.state = 'cancelled';
    // Its batch waits no longer; should an answer still come, it goes on by itself.
    request.batch?.settle();
    request.batch = undefined;
    this.#cancelled.push(request);
    const oldest = this.#cancelled.length > maxCancelled ? this.#cancelled.shift() : undefined;
    if (oldest !== undefined) {
      this.requests.delete(oldest);
    }
  }
}
