import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import {
  connectionOver,
  decisionNotice,
  greetWindow,
  JsonLines,
  launchRequest,
  stateChangeNotice,
} from '../../protocol';
import type { Approver, DecisionNotice, LaunchInfo, SealedLines, StateChange } from '../../protocol';
import { WindowApprover } from './approver';

/** A guard's connection to the window that launched it. */
export interface WindowLink {
  /** The window's response to the launch request. */
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
interface WindowAddress {
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
export async function connectWindow(address: WindowAddress): Promise<WindowLink> {
  const { timeoutMs = 15_000 } = address;
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(new Error(`no answer within ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  let lines: SealedLines | undefined;
  try {
    lines = await greeted(address, deadline.signal, attempts);
    deadline.signal.addEventListener('abort', () => lines?.destroy(deadline.signal.reason as Error));
    return await openLink(lines);
  } catch (error) {
    lines?.destroy();
    const why = error instanceof Error ? error.message : String(error);
    throw new WindowUnreachable(`The VS Code window that started this guard can't be used: ${why}`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** A window to which very many connect drops those that have waited longest, and this guard may be among them. */
const attempts = 5;

/** Connects until the window has said something; what has said nothing was shown no token either. */
async function greeted(address: WindowAddress, deadline: AbortSignal, left: number): Promise<SealedLines> {
  const socket = connect(address.socketPath);
  const lines = new JsonLines(socket);
  const giveUp = (): void => lines.destroy(deadline.reason as Error);
  deadline.addEventListener('abort', giveUp);
  let isConnected = false;
  try {
    await connected(socket);
    isConnected = true;
    return await greetWindow(lines, address.key, address.token, randomBytes);
  } catch (error) {
    lines.destroy();
    if (isConnected && socket.bytesRead === 0 && left > 1 && !deadline.aborted) {
      return await greeted(address, deadline, left - 1);
    }
    throw error;
  } finally {
    deadline.removeEventListener('abort', giveUp);
  }
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
  });
}

async function openLink(lines: SealedLines): Promise<WindowLink> {
  const connection = connectionOver(lines);
  const stateListeners: ((what: StateChange) => void)[] = [];
  const closeListeners: (() => void)[] = [];
  let closed = false;
  connection.onNotification(stateChangeNotice, ({ what }) => {
    for (const listener of stateListeners) {
      listener(what);
    }
  });
  const approver = new WindowApprover(connection);
  lines.onClose(() => {
    closed = true;
    // Pending requests of a disposed connection reject, so that nobody waits for a window that is gone.
    approver.windowClosed();
    connection.dispose();
    for (const listener of closeListeners.splice(0)) {
      listener();
    }
  });
  connection.listen();
  const launch = await connection.sendRequest(launchRequest);
  return {
    launch,
    approver,
    decisionRecorded: (notice) => {
      if (!closed) {
        connection.sendNotification(decisionNotice, notice).catch(() => undefined);
      }
    },
    onStateChange: (listener) => {
      stateListeners.push(listener);
    },
    onClosed: (listener) => {
      if (closed) {
        listener();
      } else {
        closeListeners.push(listener);
      }
    },
    close: () => {
      lines.end();
    },
  };
}
