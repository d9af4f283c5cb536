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

/** `pass` forwards a message as it is, `stop` does not forward it, bytes (without a line end) replace it. */
export type Disposition = 'pass' | 'stop' | Buffer;
