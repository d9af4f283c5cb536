import { NotificationType, RequestType, RequestType0 } from 'vscode-jsonrpc/node';
import type { ApprovalAnswer, ApprovalRequest } from './approval';
import type { LaunchInfo } from './launch';

/** Guard → window, first: what to run. Fails if the window no longer allows the server to start. */
export const launchRequest = new RequestType0<LaunchInfo, undefined>('launch');

/** Guard → window: ask a human. The answer may take hours, or come after the question was withdrawn. */
export const approvalRequest = new RequestType<ApprovalRequest, ApprovalAnswer, undefined>(
  'approval/request',
);

/** Why a question is taken back. */
export interface ApprovalWithdrawal {
  readonly id: string;
  readonly why: string;
}

/** Guard → window: the question is moot. One that is on screen stays there; its answer is late. */
export const approvalWithdrawal = new NotificationType<ApprovalWithdrawal>('approval/withdraw');

export interface LateAnswerNotice {
  readonly id: string;
  /** True if it counts for one identical retry. */
  readonly kept: boolean;
}

/** Guard → window: what the guard made of a late answer, so that the person can be told. */
export const lateAnswerNotice = new NotificationType<LateAnswerNotice>('approval/late');

/** A decision that was just written to the session's log. */
export interface DecisionNotice {
  readonly id: string;
  /** Absolute path of the session's log. */
  readonly log: string;
  readonly effect: 'allow' | 'ask' | 'deny';
  /** False for an `ask` that waits for its answer; true for how a call came out. */
  readonly final: boolean;
  readonly server: string;
  readonly tool: string;
}

/** Guard → window: so that views need no polling. */
export const decisionNotice = new NotificationType<DecisionNotice>('decision/recorded');

/** Window → guard: what a person changed in the state folder; read it again. */
export type StateChange = 'session' | 'policies' | 'servers' | 'accepted';

/** Window → guard: something in the state folder changed. */
export const stateChangeNotice = new NotificationType<{ readonly what: StateChange }>('state/changed');
