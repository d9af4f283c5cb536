import type { StrictJson } from '../json/strict';
import type { BatchResponses } from '../pending/batch';
import type { PendingRequests } from '../pending/pending-requests';
import type { Channel } from '../wire/channel';

/** One of the two that the relay stands between. */
export interface Peer {
  readonly name: 'client' | 'upstream';
  readonly channel: Channel;
  /** The requests that wait for this peer's answer. */
  readonly pending: PendingRequests;
}

/** Where a message came from, and in what. */
export interface InboundMessage {
  readonly from: Peer;
  readonly to: Peer;
  /** The line without its end; the message's spans count from its start. */
  readonly line: Buffer;
  readonly json: StrictJson;
  /** Where answers go if the message's batch is taken apart. */
  readonly batch: BatchResponses | undefined;
}
