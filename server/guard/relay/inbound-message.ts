import type { StrictJson } from '../json/strict';
import type { BatchResponses } from './batch';
import type { Peer } from './peer';

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

/** What becomes of a message right now: it goes on as it is, or as other bytes (without the end of a line), or not. */
export type Disposition = 'pass' | 'stop' | Buffer;
