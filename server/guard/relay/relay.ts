import { isJsonObject } from '../../protocol';
import type { JsonValue } from '../../protocol';
import type { AgentIdentity, Enforcer, ToolSource } from '../enforcer';
import { defaultLimits } from '../json/limits';
import type { JsonLimits } from '../json/limits';
import { agentFrom } from './agent';
import { BatchResponses, joined } from './batch';
import type { InboundMessage, Disposition } from './inbound-message';
import { Decisions } from './decisions';
import { intercepts, isOther, resemblesKnown } from './interception';
import type { Channel } from '../wire/channel';
import { framed } from '../wire/lines';
import type { Line } from '../wire/lines';
import { ListFilter } from './list-filter';
import { ListTotals } from './list-totals';
import { readLine } from './message';
import type { Message } from './message';
import { MessageRouter } from './message-router';
import { OwnRequests } from './own-requests';
import { Peer } from './peer';
import { Roots } from './roots';
import type { Timers } from './timers';

import { ToolFetcher } from './tool-source';
import { UpstreamResponses } from './upstream-responses';

/** The dependencies of a relay. Channels, timers and randomness are passed in. */
export interface RelayOptions {
  readonly client: Channel;
  readonly upstream: Channel;
  readonly enforcer: Enforcer;
  /** Who the agent is, if the launch told; else it is who it claims to be. */
  readonly agent?: AgentIdentity;
  /** False if the workspace is known from the launch: then the client is not asked for its roots. */
  readonly askRoots: boolean;
  readonly timers: Timers;
  /** At least 128 random bits, as text. */
  readonly randomId: () => string;
  /** Takes lines for the person who reads the guard's log. */
  readonly log: (line: string) => void;
  readonly limits?: JsonLimits;
}

const ownRequestMilliseconds = { tools: 30_000, roots: 3_000 };
/** A peer that does not take the guard's own answers is read no further. */
const maxWaitingAnswers = 16 * 2 ** 20;

/**
 * Stands between an MCP client and an upstream and forwards their messages, byte for byte, both ways at once, each way
 * in order. Only what policy decides is held back until it is decided; nothing else waits for it.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #limits: JsonLimits;
  readonly #client: Peer;
  readonly #upstream: Peer;
  readonly #toolFetcher: ToolFetcher;
  readonly #lists: ListFilter;
  readonly #upstreamAnswers: UpstreamResponses;
  readonly #listTotals = new ListTotals();
  readonly #roots: Roots;
  readonly #decisions: Decisions;
  readonly #messages: MessageRouter;
  #claimed: AgentIdentity = { verified: false };
  #clientReady = false;

  constructor(options: RelayOptions) {
    const { agent, enforcer, log, timers } = options;
    this.#options = options;
    this.#limits = options.limits ?? defaultLimits;
    this.#client = this.#peer('client', options.client);
    this.#upstream = this.#peer('upstream', options.upstream);
    this.#toolFetcher = new ToolFetcher(
      (params) => this.#upstream.own.ask('tools/list', params, ownRequestMilliseconds.tools),
      timers,
    );
    this.#lists = new ListFilter(
      (kind, items) => enforcer.list(kind, items),
      () => this.#toolFetcher.invalidate(),
    );
    this.#roots = new Roots(async () => {
      const { result } = await this.#client.own.ask('roots/list', undefined, ownRequestMilliseconds.roots);
      return result;
    });
    this.#upstreamAnswers = new UpstreamResponses(enforcer, this.#lists);
    this.#decisions = new Decisions({
      enforcer,
      roots: this.#roots,
      askRoots: options.askRoots,
      agent: () => agent ?? this.#claimed,
      timers,
      log,
    });
    this.#messages = new MessageRouter({
      decisions: this.#decisions,
      maxDecidedValues: this.#limits.maxDecidedValues,
      log,
      observer: {
        initializing: (params) => this.#initializing(params),
        initialized: () => (this.#clientReady = true),
        rootsChanged: () => this.#roots.changed(),
        rootsTold: (result) => this.#roots.learned(result),
        toolsChanged: () => this.#forgetTools(),
        upstreamAnswer: (line, message, request) =>
          this.#listTotals.refusal(message, request) ??
          this.#upstreamAnswers.disposition(line, message, request),
      },
    });
    enforcer.onPolicyChange(() => this.listsChanged());
  }

  /** The upstream's whole tool list, remembered until it may have changed. */
  readonly tools: ToolSource = () => this.#toolFetcher.tools();

  /** Starts to relay. Each promise resolves when that side has said its last. Never rejects. */
  run(): { readonly clientEnded: Promise<void>; readonly upstreamEnded: Promise<void> } {
    return {
      clientEnded: this.#pump(this.#client, this.#upstream),
      upstreamEnded: this.#pump(this.#upstream, this.#client),
    };
  }

  /** Resolves when nothing is being decided any more, or after so many milliseconds. */
  decided(milliseconds: number): Promise<void> {
    return this.#decisions.settled(milliseconds);
  }

  /** Discards the filtered lists and sends the client `list_changed` for each kind that the upstream announces. */
  listsChanged(): void {
    this.#lists.clear();
    for (const kind of this.#clientReady ? this.#upstreamAnswers.announces : []) {
      const notification = { jsonrpc: '2.0', method: `notifications/${kind}/list_changed` };
      this.#client.channel.send(framed(Buffer.from(JSON.stringify(notification))));
    }
  }

  /**
   * Ends all that is open: withdraws what is being decided, and tells the client for each of its requests that no
   * answer will come.
   */
  close(reason: string): void {
    for (const peer of [this.#client, this.#upstream]) {
      peer.own.close();
      for (const request of peer.requests.values()) {
        this.#decisions.lose(peer, request, reason);
      }
    }
  }

  #peer(name: 'client' | 'upstream', channel: Channel): Peer {
    return new Peer(name, channel, new OwnRequests(channel, this.#options.randomId, this.#options.timers));
  }

  #initializing(params: JsonValue | undefined): void {
    this.#claimed = agentFrom(params);
    const capabilities = isJsonObject(params) ? params['capabilities'] : undefined;
    if (isJsonObject(capabilities) && isJsonObject(capabilities['roots'])) {
      this.#roots.declared();
    }
  }

  #forgetTools(): void {
    this.#lists.clear();
    this.#toolFetcher.invalidate();
  }

  async #pump(from: Peer, to: Peer): Promise<void> {
    try {
      for await (const lines of from.channel.receive()) {
        for (const line of lines) {
          this.#line(from, to, line);
        }
        await to.channel.ready();
        if (from.channel.waiting > maxWaitingAnswers) {
          await from.channel.ready();
        }
      }
    } catch (error) {
      this.#options.log(`reading from the ${from.name} failed: ${String(error)}`);
    }
  }

  #line(from: Peer, to: Peer, line: Line): void {
    if (line.kind === 'unfinished') {
      this.#options.log(`the ${from.name} ended within a line; its ${line.length} bytes are no message`);
      return;
    }
    if (line.kind === 'too-long') {
      const reason = `a line of ${line.length} bytes; at most ${this.#limits.maxLineBytes} are allowed`;
      this.#messages.refuse(from, undefined, { kind: 'invalid', code: -32700, reason });
      return;
    }
    try {
      const { batch, json, messages } = readLine(line.bytes, this.#limits);
      const inbound: InboundMessage = { from, to, line: line.bytes, json, batch: undefined };
      const [only] = messages;
      if (batch) {
        this.#batch(inbound, messages, line.framed);
      } else if (only !== undefined) {
        goOn(to, this.#messages.take(inbound, only), line.framed);
      }
    } catch (error) {
      // A fault of ours: the message stops here, and the connection lives on.
      this.#options.log(`a message from the ${from.name} was dropped: ${String(error)}`);
    }
  }

  /**
   * A batch passes whole if nothing in it is decided or refused, else every request and notification goes on by
   * itself, and the answers come back as one array. Answers stay together, without those that are not passed on.
   */
  #batch(inbound: InboundMessage, messages: readonly Message[], whole: Buffer): void {
    const { from, json, line, to } = inbound;
    const apart = messages.some((message) => standsOut(from, message));
    const wanted = messages.filter(({ kind }) => kind === 'request' || kind === 'invalid').length;
    const batch = apart ? new BatchResponses(wanted, (answers) => from.channel.send(answers)) : undefined;
    const together: Uint8Array[] = [];
    let changed = apart;
    for (const [at, message] of messages.entries()) {
      const span = json.messages[at];
      const bytes = line.subarray(span?.start, span?.end);
      const disposition = this.#messages.take({ ...inbound, batch }, message);
      changed ||= disposition !== 'pass';
      if (apart && message.kind !== 'answer') {
        goOn(to, disposition, framed(bytes));
      } else if (disposition !== 'stop') {
        together.push(disposition === 'pass' ? bytes : disposition);
      }
    }
    if (!changed) {
      to.channel.send(whole);
    } else if (together.length > 0) {
      to.channel.send(joined(together));
    }
  }
}

function goOn(to: Peer, disposition: Disposition, whole: Buffer): void {
  if (disposition !== 'stop') {
    to.channel.send(disposition === 'pass' ? whole : framed(disposition));
  }
}

/** True if a message may have to be stopped or held, so that its batch can't be forwarded as a whole. */
function standsOut(from: Peer, message: Message): boolean {
  switch (message.kind) {
    case 'invalid':
      return true;
    case 'answer':
      return false;
    case 'notification':
    case 'request':
      return (
        message.method === 'notifications/cancelled' ||
        intercepts(from.name, message.method) ||
        resemblesKnown(from.name, message.method) ||
        isOther(from.name, message.kind, message.method, message.value['params'])
      );
  }
}
