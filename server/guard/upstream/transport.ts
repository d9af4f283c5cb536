import type { Channel } from '../wire/channel';

/** How an upstream ended: the exit code that the guard ends with, too, and that in words. */
export interface UpstreamEnd {
  readonly code: number;
  readonly description: string;
  readonly bySignal: boolean;
}

/**
 * The way to an upstream MCP server, whatever carries its messages. The tests in `transport.test.ts` are the contract
 * that every transport keeps.
 */
export interface UpstreamTransport extends Channel {
  /** As policies see it: `R.attr.server.transport`. */
  readonly kind: 'stdio' | 'http';
  /** Resolves when the upstream and all that it started have ended, or it did not start. Never rejects. */
  readonly end: Promise<UpstreamEnd>;
  /**
   * Starts the upstream, or reaches it; only then can be sent and received. Every further call returns the first
   * one's promise.
   * @throws {CommandError} if that fails; the message says why and what to do
   */
  start(): Promise<void>;
  /**
   * Ends the upstream. Nothing is sent any more; what was sent before goes on as far as the upstream takes it.
   * @param how `wait` gives it time to end by itself, `terminate` does not
   */
  close(how?: 'wait' | 'terminate'): Promise<UpstreamEnd>;
  /** Ends the upstream at once and without waiting, for a process that is ending itself. */
  kill(): void;
}
