// The window's end of the channel between guard and window.
export { GuardChannel } from '../../../client/approvals/guard-channel';
export type { ConnectedGuard } from '../../../client/approvals/guard-channel';
export { socketAddress } from '../../../client/approvals/socket-address';
