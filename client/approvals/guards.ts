import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import {
  approvalRequest,
  approvalWithdrawal,
  decisionNotice,
  lateAnswerNotice,
  launchRequest,
  stateChangeNotice,
} from '../../server/protocol';
import type {
  ApprovalAnswer,
  ApprovalRequest,
  DecisionNotice,
  LaunchInfo,
  StateChange,
} from '../../server/protocol';
import type { ConnectedGuard } from './guard-channel';
import type { ApprovalQueue } from './queue';
import { isApprovalRequest } from './request-shape';

/** Approved requests that are remembered, to name them when their yes turns out to be late. */
const mostRemembered = 50;

/** The effect of a yes that came when the caller no longer waited for it. */
export type LateYes = 'counts-for-a-retry' | 'does-nothing';

interface GuardsOptions {
  readonly queue: ApprovalQueue;
  readonly onDecision: (notice: DecisionNotice) => void;
  readonly onLateYes: (request: ApprovalRequest, became: LateYes) => void;
  readonly onConnection: (launch: LaunchInfo, connected: boolean) => void;
}

/** The guards that are connected to this window, and what they ask it. */
export class Guards {
  readonly #options: GuardsOptions;
  readonly #connected = new Set<ConnectedGuard<LaunchInfo>>();

  constructor(options: GuardsOptions) {
    this.#options = options;
  }

  /** The names of the servers whose guards are connected. */
  get servers(): readonly string[] {
    return [...this.#connected].map(({ launch }) => launch.server.name);
  }

  /** Serves a guard that has proved itself, until it goes. */
  add(guard: ConnectedGuard<LaunchInfo>): void {
    const { onConnection, onDecision, onLateYes, queue } = this.#options;
    const { connection, launch } = guard;
    // A yes and the notice that it was too late can cross.
    const lastGranted = new Map<string, ApprovalRequest>();
    let gone = false;
    connection.onRequest(launchRequest, () => launch);
    connection.onRequest(approvalRequest, async (request: unknown): Promise<ApprovalAnswer> => {
      if (!isApprovalRequest(request)) {
        throw new ResponseError(
          ErrorCodes.InvalidParams,
          'This is not a question that the window understands.',
        );
      }
      const answer = await queue.submit(request, guard);
      if (answer.outcome === 'granted') {
        lastGranted.set(request.id, request);
        const [oldest] = lastGranted.keys();
        if (lastGranted.size > mostRemembered && oldest !== undefined) {
          lastGranted.delete(oldest);
        }
        if (gone) {
          onLateYes(request, 'does-nothing');
        }
      }
      return answer;
    });
    connection.onNotification(approvalWithdrawal, ({ id }) => {
      queue.withdraw(guard, id);
    });
    connection.onNotification(lateAnswerNotice, ({ id, kept }) => {
      const request = lastGranted.get(id);
      if (request !== undefined) {
        onLateYes(request, kept ? 'counts-for-a-retry' : 'does-nothing');
      }
    });
    connection.onNotification(decisionNotice, onDecision);
    this.#connected.add(guard);
    guard.onClosed(() => {
      gone = true;
      this.#connected.delete(guard);
      queue.withdrawAll(guard);
      onConnection(launch, false);
    });
    connection.listen();
    onConnection(launch, true);
  }

  /** Tells every guard to read something in the state folder again. */
  stateChanged(what: StateChange): void {
    for (const { connection } of this.#connected) {
      notify(connection, what);
    }
  }
}

function notify(connection: MessageConnection, what: StateChange): void {
  connection.sendNotification(stateChangeNotice, { what }).catch(() => undefined);
}
