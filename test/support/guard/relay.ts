// A relay between two peers in memory, for tests.
import { PassThrough } from 'node:stream';
import type { JsonObject } from '../../../server/protocol';
import type {
  AgentIdentity,
  Enforcer,
  InterceptedRequest,
  ListKind,
  CallDecision,
} from '../../../server/guard/enforcer';
import { defaultLimits } from '../../../server/guard/json/limits';
import type { JsonLimits } from '../../../server/guard/json/limits';
import type { ToolFetcher } from '../../../server/guard/forward/tool-source';
import type { Timers } from '../../../server/guard/pending/timers';
import { peersOf } from '../../../server/guard/relay/peers';
import { Relay } from '../../../server/guard/relay/relay';
import type { Channel } from '../../../server/guard/wire/channel';
import { StreamChannel } from '../../../server/guard/wire/stream-channel';

/** An enforcer that does what a test says, and remembers what it was asked. */
export class ScriptedEnforcer implements Enforcer {
  readonly asked: InterceptedRequest[] = [];
  readonly outcomes: (readonly [id: string, status: string, detail?: string])[] = [];
  readonly lists: (readonly JsonObject[])[] = [];
  readonly initializeResults: JsonObject[] = [];
  policyChanged: () => void = () => undefined;
  /** By default everything is allowed at once. */
  decision: (request: InterceptedRequest) => CallDecision | Promise<CallDecision> = () => this.forward();
  show: (items: readonly JsonObject[], kind: ListKind) => readonly JsonObject[] = (items) => items;
  introduce: (result: JsonObject) => JsonObject = (result) => result;
  accepted = true;
  #count = 0;

  forward(): CallDecision {
    this.#count++;
    return { kind: 'forward', id: `d${this.#count}` };
  }

  refuse(message = 'no'): CallDecision {
    this.#count++;
    const id = `d${this.#count}`;
    return { kind: 'refuse', id, message, data: { id, effect: 'deny', rule: 'a-rule', policy: 'a-policy' } };
  }

  async decide(request: InterceptedRequest): Promise<CallDecision> {
    this.asked.push(request);
    return this.decision(request);
  }

  outcome(...what: [id: string, status: string, detail?: string]): void {
    this.outcomes.push(what);
  }

  list(kind: ListKind, items: readonly JsonObject[]): readonly JsonObject[] {
    this.lists.push(items);
    return this.show(items, kind);
  }

  initialized(result: JsonObject): JsonObject {
    this.initializeResults.push(result);
    return this.introduce(result);
  }

  onPolicyChange(listener: () => void): void {
    this.policyChanged = listener;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Time that passes when a test says so. */
export class ManualTimers implements Timers {
  #now = 0;
  #waiting: { at: number; run: () => void }[] = [];

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#waiting.push(timer);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== timer);
    };
  }

  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = this.#waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) {
        break;
      }
      this.#waiting = this.#waiting.filter((other) => other !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }
}

/** One end of a wire: what the relay sent there, and a way to send. */
class WireEnd {
  readonly toRelay = new PassThrough();
  readonly fromRelay = new PassThrough();
  #received = '';

  constructor() {
    this.fromRelay.on('data', (chunk: Buffer) => (this.#received += chunk.toString('utf8')));
  }

  /** Sends lines: objects as JSON, text as it is. */
  async send(...messages: readonly (object | string)[]): Promise<void> {
    for (const message of messages) {
      this.toRelay.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
    }
    await quiet();
  }

  /** Everything it received, as text. */
  get text(): string {
    return this.#received;
  }

  /** The lines that it received since this was read last. */
  take(): string[] {
    const lines = this.#received.split('\n');
    this.#received = lines.pop() ?? '';
    return lines;
  }

  /** As {@link take}, parsed. */
  takeJson(): Record<string, unknown>[] {
    return this.take().map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

interface Harness {
  readonly client: WireEnd;
  readonly upstream: WireEnd;
  readonly enforcer: ScriptedEnforcer;
  readonly timers: ManualTimers;
  readonly relay: Relay;
  readonly fetcher: ToolFetcher;
  readonly log: string[];
  readonly ends: ReturnType<Relay['run']>;
}

export function harness(
  options: { agent?: AgentIdentity; limits?: JsonLimits; askRoots?: boolean } = {},
): Harness {
  const client = new WireEnd();
  const upstream = new WireEnd();
  const enforcer = new ScriptedEnforcer();
  const timers = new ManualTimers();
  const log: string[] = [];
  let count = 0;
  const peers = peersOf({
    client: channelOf(client, options.limits),
    upstream: channelOf(upstream, options.limits),
    timers,
    randomId: () => `random-${++count}`,
  });
  const relay = new Relay({
    ...peers,
    enforcer,
    timers,
    log: (line) => log.push(line),
    askRoots: true,
    ...options,
  });
  return { client, upstream, enforcer, timers, relay, fetcher: peers.tools, log, ends: relay.run() };
}

function channelOf({ fromRelay, toRelay }: WireEnd, { maxLineBytes } = defaultLimits): Channel {
  return new StreamChannel(toRelay, fromRelay, maxLineBytes);
}

/** Resolves when what was sent has been relayed. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A `tools/call` request. */
export function call(id: number | string, name = 'read', args: object = {}, meta?: object): object {
  const params = { name, arguments: args, ...(meta && { _meta: meta }) };
  return { jsonrpc: '2.0', id, method: 'tools/call', params };
}
