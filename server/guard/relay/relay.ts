import { intercepts, isOther, resemblesKnown } from '../classify/interception';
import type { AgentIdentity, Enforcer } from '../enforcer';
import type { Disposition } from '../forward/disposition';
import { Roots } from '../forward/roots';
import type { ToolFetcher } from '../forward/tool-source';
import { defaultLimits } from '../json/limits';
import type { JsonLimits } from '../json/limits';
import { BatchResponses, joined } from '../pending/batch';
import type { Timers } from '../pending/timers';
import { readLine } from '../receive/message';
import type { Message } from '../receive/message';
import { framed } from '../wire/lines';
import type { Line } from '../wire/lines';
import { Connection } from './connection';
import { Decisions } from './decisions';
import type { InboundMessage, Peer } from './inbound-message';
import { MessageRouter } from './message-router';

/** The dependencies of a relay. */
interface RelayOptions {
  readonly client: Peer;
  readonly upstream: Peer;
  /** The upstream's tools; the relay tells it when they may have changed. */
  readonly tools: ToolFetcher;
  readonly enforcer: Enforcer;
  /** Who the agent is, if the launch told; else it is who it claims to be. */
  readonly agent?: AgentIdentity;
  /** False if the workspace is known from the launch: then the client is not asked for its roots. */
  readonly askRoots: boolean;
  readonly timers: Timers;
  /** Takes lines for the person who reads the guard's log. */
  readonly log: (line: string) => void;
  readonly limits?: JsonLimits;
}

/** How long the client may take to tell its roots. */
const rootsMilliseconds = 3_000;
/** A peer that does not take the guard's own answers is read no further. */
const maxWaitingAnswers = 16 * 2 ** 20;

/**
 * Stands between an MCP client and an upstream and forwards their messages, byte for byte, both ways at once, each way
 * in order. Only what policy decides is held back until it is decided; nothing else waits for it.
 */
export class Relay {
  readonly #log: (line: string) => void;
  readonly #limits: JsonLimits;
  readonly #client: Peer;
  readonly #upstream: Peer;
  readonly #connection: Connection;
  readonly #decisions: Decisions;
  readonly #messages: MessageRouter;

  constructor(options: RelayOptions) {
    const { agent, askRoots, client, enforcer, limits = defaultLimits, log, timers, tools } = options;
    this.#log = log;
    this.#limits = limits;
    this.#client = client;
    this.#upstream = options.upstream;
    const roots = new Roots(async () => {
      const { result } = await client.pending.ask('roots/list', undefined, rootsMilliseconds);
      return result;
    });
    const connection = new Connection({ enforcer, agent, roots, tools });
    this.#connection = connection;
    this.#decisions = new Decisions({
      enforcer,
      roots,
      askRoots,
      agent: () => connection.agent,
      timers,
      log,
    });
    this.#messages = new MessageRouter({
      decisions: this.#decisions,
      connection,
      maxDecidedValues: limits.maxDecidedValues,
      log,
    });
    enforcer.onPolicyChange(() => this.listsChanged());
  }

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
    for (const kind of this.#connection.listsChanged()) {
      const notification = { jsonrpc: '2.0', method: `notifications/${kind}/list_changed` };
      this.#client.channel.send(framed(Buffer.from(JSON.stringify(notification))));
    }
  }

  /**
   * Ends all that is open: withdraws what is being decided, and tells the client for each of its requests that no
   * answer will come.
   */
  close(reason: string): void {
    this.#upstream.pending.close(reason);
    this.#client.pending.close(reason);
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
      this.#log(`reading from the ${from.name} failed: ${String(error)}`);
    }
  }

  #line(from: Peer, to: Peer, line: Line): void {
    if (line.kind === 'unfinished') {
      this.#log(`the ${from.name} ended within a line; its ${line.length} bytes are no message`);
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
      this.#log(`a message from the ${from.name} was dropped: ${String(error)}`);
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
