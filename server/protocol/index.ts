/** The public API of the protocol layer: what guard, window and command line agree on. */

export type { JsonObject, JsonValue } from './json';
export type {
  ApprovalAgent,
  ApprovalAnswer,
  ApprovalRequest,
  Approver,
  ApproverIdentity,
  AskWording,
  GrantedAnswer,
  LateAnswerListener,
  RefusedAnswer,
  RememberBounds,
} from './approval';
export type { LaunchInfo, SessionSettings } from './launch';
export {
  approvalRequest,
  approvalWithdrawal,
  decisionNotice,
  lateAnswerNotice,
  launchRequest,
  stateChangeNotice,
} from './messages';
export type { ApprovalWithdrawal, DecisionNotice, LateAnswerNotice, StateChange } from './messages';

// State folder and session records: server/protocol/state/ and session-records.ts export theirs below.

// The channel between guard and window.
export { connectionOver } from './channel/connection';
export { greetGuard, greetWindow } from './channel/handshake';
export type { RandomBytes } from './channel/handshake';
export { ChannelError, JsonLines, messageLimits } from './channel/json-lines';
