import { isJsonObject } from '../../protocol';
import type { JsonValue } from '../../protocol';
import type { Told } from '../classify/classify';
import type { AgentIdentity, Enforcer } from '../enforcer';
import type { Disposition } from '../forward/disposition';
import { ListFilter } from '../forward/list-filter';
import { ListTotals } from '../forward/list-totals';
import type { Roots } from '../forward/roots';
import type { ToolFetcher } from '../forward/tool-source';
import { UpstreamResponses } from '../forward/upstream-responses';
import type { PendingRequest } from '../pending/pending-requests';
import { agentFrom } from '../receive/agent';
import type { ResponseMessage } from '../receive/message';

interface ConnectionOptions {
  /** Shows what the upstream says of itself. */
  readonly enforcer: Pick<Enforcer, 'accepted' | 'initialized' | 'list'>;
  /** Who the agent is, if the launch told; else it is who it claims to be. */
  readonly agent: AgentIdentity | undefined;
  readonly roots: Roots;
  readonly tools: ToolFetcher;
}

/** Learns of the two peers from the messages that pass by, and shows the upstream's responses to the client. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #lists: ListFilter;
  readonly #responses: UpstreamResponses;
  readonly #totals = new ListTotals();
  #claimed: AgentIdentity = { verified: false };
  #clientReady = false;

  constructor(options: ConnectionOptions) {
    const { enforcer, tools } = options;
    this.#options = options;
    this.#lists = new ListFilter(
      (kind, items) => enforcer.list(kind, items),
      () => tools.invalidate(),
    );
    this.#responses = new UpstreamResponses(enforcer, this.#lists);
  }

  /** Who the agent is, as far as it is known at this moment. */
  get agent(): AgentIdentity {
    return this.#options.agent ?? this.#claimed;
  }

  learn(told: Told): void {
    const { roots, tools } = this.#options;
    switch (told.about) {
      case 'client':
        this.#claimed = agentFrom(told.params);
        if (declaresRoots(told.params)) {
          roots.declared();
        }
        break;
      case 'client-ready':
        this.#clientReady = true;
        break;
      case 'roots-changed':
        roots.changed();
        break;
      case 'tools-changed':
        this.#lists.clear();
        tools.invalidate();
        break;
    }
  }

  /** The disposition of a peer's response to a request of the other. */
  disposition(
    sender: 'client' | 'upstream',
    line: Buffer,
    message: ResponseMessage,
    request: PendingRequest,
  ): Disposition {
    if (sender === 'upstream') {
      return this.#totals.refusal(message, request) ?? this.#responses.disposition(line, message, request);
    }
    const { result } = message.value;
    if (request.method === 'roots/list' && isJsonObject(result)) {
      this.#options.roots.learned(result);
    }
    return 'pass';
  }

  /**
   * Forgets how lists were shown.
   * @returns the kinds of lists that the client must be told of: those that the upstream announces
   */
  listsChanged(): readonly string[] {
    this.#lists.clear();
    return this.#clientReady ? this.#responses.announces : [];
  }
}

function declaresRoots(params: JsonValue | undefined): boolean {
  const capabilities = isJsonObject(params) ? params['capabilities'] : undefined;
  return isJsonObject(capabilities) && isJsonObject(capabilities['roots']);
}
