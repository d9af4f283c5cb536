import { ToolFetcher } from '../forward/tool-source';
import { PendingRequests } from '../pending/pending-requests';
import type { Timers } from '../pending/timers';
import type { Channel } from '../wire/channel';
import type { Peer } from './inbound-message';

/** How long the upstream may take for one page of its tools. */
const toolsMilliseconds = 30_000;

interface PeersOptions {
  readonly client: Channel;
  readonly upstream: Channel;
  readonly timers: Timers;
  /** At least 128 random bits, as text. */
  readonly randomId: () => string;
}

/** The two peers of a guard, each with the requests that wait for it, and the upstream's tools. */
interface Peers {
  readonly client: Peer;
  readonly upstream: Peer;
  readonly tools: ToolFetcher;
}

export function peersOf({ client, randomId, timers, upstream }: PeersOptions): Peers {
  const toUpstream = new PendingRequests({ to: upstream, from: client, timers, randomId });
  const toClient = new PendingRequests({ to: client, from: upstream, timers, randomId });
  return {
    client: { name: 'client', channel: client, pending: toClient },
    upstream: { name: 'upstream', channel: upstream, pending: toUpstream },
    tools: new ToolFetcher((params) => toUpstream.ask('tools/list', params, toolsMilliseconds), timers),
  };
}
