/** The public API of the protocol layer: what guard, window and command line agree on. */

export type { JsonObject, JsonValue } from './json';
export { isJsonObject } from './json';
export type {
  ApprovalAgent,
  ApprovalAnswer,
  ApprovalRequest,
  Approver,
  ApproverIdentity,
  AskWording,
  GrantedAnswer,
  LateAnswerListener,
  RefusedResponse,
  GrantBounds,
  RememberBounds,
} from './approval';
export type {
  ActivationReport,
  BaseChange,
  FailedExpectation,
  FileChange,
  LayerChange,
  LayerIssue,
  LayerTests,
} from './activation-report';
export { failedTests } from './activation-report';
export { inertText, visibleLine, visibleText } from './printable';
export type { DecisionPointSettings, LaunchInfo, SessionSettings } from './launch';
export {
  approvalRequest,
  approvalWithdrawal,
  decisionNotice,
  lateAnswerNotice,
  launchRequest,
  stateChangeNotice,
} from './messages';
export type { ApprovalWithdrawal, DecisionNotice, LateAnswerNotice, StateChange } from './messages';
export { clockTolerance, elapsedSince, momentOf, systemClock } from './clock';
export type { Clock, Moment } from './clock';

// Which server it is.
export { identityFrom, serverFacts, serverIdentity } from './identity/server-identity';
export type { ServerFacts, ServerIdentity, StartedServer } from './identity/server-identity';

// State folder and session records.
export { acceptedFile, readAccepted, writeAccepted } from './state/accepted';
export type { AcceptedServer } from './state/accepted';
export type { TextChange } from './text-change';
export {
  activateLayers,
  layerDigest,
  readActiveCopy,
  readActiveIndex,
  readActiveLayer,
  replacesBase,
} from './state/active';
export type { Activation, ActiveIndex, BaseMode, LayerFile, LayerName } from './state/active';
export { canonicalJson, digestOfJson, sha256 } from './state/canonical-json';
export { writeAll, writeFileAtomically } from './state/files';
export { checkPrivateFolder, openPrivate, privateFolder, readPrivate } from './state/private';
export { serverFingerprint } from './state/fingerprint';
export { openStateFolder, stateFolder, stateLayout } from './state/folder';
export type { StateLayout } from './state/folder';
export { describeOwner, FolderLock } from './state/folder-lock';
export type { HeldLock, LockOwner } from './state/folder-lock';
export { installationId, installationKey } from './state/installation-key';
export { sessionKey, workspaceKey } from './state/keys';
export { knownWorkspaces, rememberWorkspace, sessionWorkspace } from './state/workspaces';
export type { KnownWorkspace, SessionWorkspace } from './state/workspaces';
export { identityText, lifeOf, parseIdentity, thisProcess } from './state/process-identity';
export type { ProcessIdentity } from './state/process-identity';
export { errorCode, messageOf, StateError } from './state/state-error';
export type {
  AgentPace,
  AgentRecord,
  Allowance,
  ApprovalRecord,
  AttemptFacts,
  AttemptRecord,
  CheckpointRecord,
  ClockRecord,
  ExternalDecisionRecord,
  ContinuedRecord,
  DecisionRecord,
  EndRecord,
  FactsRecord,
  GrantRecord,
  HaltRecord,
  HeldCall,
  LogOwner,
  NewRecord,
  OutcomeRecord,
  PoliciesRecord,
  RecordBase,
  RecoveryRecord,
  ReleaseRecord,
  RepeatsRecord,
  Reservation,
  ResumeRecord,
  RetiredLogs,
  RevokeRecord,
  SessionHeader,
  SessionRecord,
  SessionState,
  SharedFacts,
} from './session/records';
export { noSession } from './session/facts';
export type { SessionFacts } from './session/facts';
export { callState } from './session/calls';
export type { CallEntry, CallState } from './session/calls';
export { agentKey, paceLimits } from './session/pace';
export type { PaceLimits } from './session/pace';
export {
  fittingGrants,
  grantOf,
  isMinutes,
  isUses,
  lateGrant,
  permits,
  readGrantBounds,
  rememberingGrant,
  revocation,
  stricterBounds,
} from './session/grants';
export type { Grant, GrantedCall, GrantScope, IssuedGrant } from './session/grants';
export { SessionReducer } from './session/reducer';
export type { SessionCounts } from './session/reducer';
export { asRefusal, floodRule, fullRecords, refusalKey } from './session/refusals';

// How programs start.
export { CodeCache } from './start/code-cache';
export { loadBundle } from './start/load-bundle';
export type { LoadedBundle } from './start/load-bundle';

// The channel between guard and window.
export { ByteBuffer } from './channel/byte-buffer';
export { connectionOver } from './channel/connection';
export { greetGuard, greetWindow } from './channel/handshake';
export type { GreetedGuard, RandomBytes } from './channel/handshake';
export { ChannelError, JsonLines, messageLimits } from './channel/json-lines';
export type { SealedLines } from './channel/sealed-lines';

// Language server and its client.
export { coverageRequest, explainTestRequest, runTestsRequest, testCommands, testsNotice } from './language';
export type {
  CoveredBranch,
  CoveredRule,
  ExplainTestParams,
  Explanation,
  PolicyCoverage,
  RunTestsParams,
  SuiteReport,
  TestCounts,
  TestFailure,
  TestOutcome,
  TestReport,
  TestsNotice,
  TextPosition,
  TextRange,
} from './language';
