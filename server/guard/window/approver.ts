import type { MessageConnection } from 'vscode-jsonrpc/node';
import {
  approvalRequest,
  approvalWithdrawal,
  lateAnswerNotice,
  permits,
  readGrantBounds,
} from '../../protocol';
import type {
  ApprovalAnswer,
  ApprovalRequest,
  Approver,
  GrantedAnswer,
  LateAnswerListener,
} from '../../protocol';

/** Asks the human of the window that launched the guard, and nobody else, ever. */
export class WindowApprover implements Approver {
  readonly #connection: MessageConnection;
  #lateAnswer: LateAnswerListener = () => Promise.resolve({ kept: false });
  #available = true;
  readonly #gone = new AbortController();

  constructor(connection: MessageConnection) {
    this.#connection = connection;
  }

  get available(): boolean {
    return this.#available;
  }

  /** Whoever waits gets `unreachable`, now and from now on. */
  windowClosed(): void {
    this.#available = false;
    this.#gone.abort();
  }

  onLateAnswer(listener: LateAnswerListener): void {
    this.#lateAnswer = listener;
  }

  async approve(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer> {
    if (signal.aborted) {
      return withdrawn(request);
    }
    if (!this.#available) {
      return unreachable(request);
    }
    const wait = { over: false };
    const answer = this.#ask(request).then((given) => {
      if (wait.over) {
        void this.#takeLate(request, given);
      }
      return given;
    });
    const winner = await Promise.race([answer, aborted(AbortSignal.any([signal, this.#gone.signal]))]);
    wait.over = true;
    if (winner !== 'aborted') {
      return winner;
    }
    if (!this.available) {
      return unreachable(request);
    }
    this.#connection
      .sendNotification(approvalWithdrawal, { id: request.id, why: 'The caller no longer waits for it.' })
      .catch(() => undefined);
    return withdrawn(request);
  }

  async #ask(request: ApprovalRequest): Promise<ApprovalAnswer> {
    let answer: unknown;
    try {
      answer = await this.#connection.sendRequest(approvalRequest, request);
    } catch {
      return unreachable(request);
    }
    return checked(request, answer);
  }

  async #takeLate(request: ApprovalRequest, answer: ApprovalAnswer): Promise<void> {
    if (answer.outcome === 'withdrawn' || answer.outcome === 'unreachable') {
      return;
    }
    const { kept } = await this.#lateAnswer(request, answer);
    await this.#connection
      .sendNotification(lateAnswerNotice, { id: request.id, kept })
      .catch(() => undefined);
  }
}

/** Whatever the window sends, only a well-formed yes to exactly this request is a yes. */
function checked(request: ApprovalRequest, answer: unknown): ApprovalAnswer {
  const given = (typeof answer === 'object' && answer !== null ? answer : {}) as Partial<ApprovalAnswer>;
  const refuse = (why: string): ApprovalAnswer => ({ outcome: 'denied', digest: request.digest, why });
  if (given.digest !== request.digest) {
    return refuse('The answer was for another request.');
  }
  switch (given.outcome) {
    case 'granted':
      if (!isPermitted(request, given)) {
        return refuse('The answer goes further than the policy permits.');
      }
      return typeof given.approver?.name === 'string'
        ? (given as ApprovalAnswer)
        : refuse('The answer does not say who approved.');
    case 'denied':
    case 'too-fast':
    case 'withdrawn':
    case 'unreachable':
      return typeof given.why === 'string'
        ? (given as ApprovalAnswer)
        : { ...(given as ApprovalAnswer & { outcome: 'denied' }), why: 'No reason was given.' };
    default:
      return refuse('The window gave an answer that is none.');
  }
}

/** True if the answer is remembered no further than the request permits. */
function isPermitted({ remember }: ApprovalRequest, { bounds, how }: Partial<GrantedAnswer>): boolean {
  switch (how) {
    case 'once':
      return bounds === undefined;
    case 'session':
      return bounds === undefined && permits(remember, {});
    case 'bounded': {
      const read = readGrantBounds(bounds);
      return read !== undefined && permits(remember, read);
    }
    default:
      return false;
  }
}

function withdrawn(request: ApprovalRequest): ApprovalAnswer {
  return { outcome: 'withdrawn', digest: request.digest, why: 'The caller no longer waits for an answer.' };
}

function unreachable(request: ApprovalRequest): ApprovalAnswer {
  return {
    outcome: 'unreachable',
    digest: request.digest,
    why: 'The VS Code window that started this server is gone, so nobody can be asked. Start the server again from VS Code.',
  };
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve('aborted');
    } else {
      signal.addEventListener('abort', () => resolve('aborted'), { once: true });
    }
  });
}
