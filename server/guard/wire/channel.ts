import type { Line } from './lines';

/**
 * A way to a peer that takes and gives whole messages, in order in each direction. A message is one line with its LF,
 * as MCP's stdio transport writes it; another transport leaves the LF out, or adds it.
 */
export interface Channel {
  /** True once nothing more can be delivered: the peer is gone, or the channel was closed. */
  readonly closed: boolean;
  /** Bytes that the peer has not taken yet. */
  readonly waiting: number;
  /** Resolves when the peer can take no more messages. Never rejects. */
  readonly gone: Promise<void>;
  /**
   * Sends one message after all before it. Swallows it if the channel is closed. Never throws.
   * @param line bytes that end with LF and have no other
   */
  send(line: Uint8Array): void;
  /** Resolves when the peer has room again, or is gone. */
  ready(): Promise<void>;
  /**
   * The peer's messages, in groups that came together; ends when it has said its last. To be called once. What comes
   * before the call is kept, and no more is read than is taken. Throws if reading fails.
   */
  receive(): AsyncIterable<readonly Line[]>;
}
