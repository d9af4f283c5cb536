import type { Approver, DecisionNotice, LaunchInfo, StateChange } from '../../protocol';

/** A guard's connection to the window that launched it. */
export interface WindowLink {
  /** What the window told the guard to run. */
  readonly launch: LaunchInfo;
  /** Asks that window's human; once the window is gone, nobody. */
  readonly approver: Approver;
  /** Tells the window about a decision that was just written. Never throws. */
  decisionRecorded(notice: DecisionNotice): void;
  /** The listener runs when a person changed something in the state folder. */
  onStateChange(listener: (what: StateChange) => void): void;
  /** The listener runs once when the window is gone; at once if it already is. */
  onClosed(listener: () => void): void;
  close(): void;
}

/** Where the window listens, and what the guard proves itself with. */
export interface WindowAddress {
  /** Unix socket or Windows named pipe. */
  readonly socketPath: string;
  /** The launch token that the window put into the environment. */
  readonly token: string;
  /** The installation key: 32 bytes. */
  readonly key: Buffer;
  /** Milliseconds for connecting, proof and launch together; 15,000 if not given. */
  readonly timeoutMs?: number;
}

/** The window can't be reached, or couldn't prove itself. The guard must not start without it. */
export class WindowUnreachable extends Error {
  override readonly name = 'WindowUnreachable';
}

/**
 * Connects to the window, proves each to the other, asks what to launch.
 * @throws {WindowUnreachable} always that, with a message for the guard's stderr
 */
export function connectWindow(address: WindowAddress): Promise<WindowLink> {
  return Promise.reject(new WindowUnreachable(`Nothing listens on ${address.socketPath}.`));
}
