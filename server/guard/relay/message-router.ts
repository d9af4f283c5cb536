import { isJsonObject } from '../../protocol';
import type { JsonValue } from '../../protocol';
import { classifyNotification, classifyRequest } from '../classify/classify';
import type { MessageContext, Told } from '../classify/classify';
import type { Disposition } from '../forward/disposition';
import type { BatchResponses } from '../pending/batch';
import { errorResponse } from '../pending/responses';
import type { RequestId } from '../receive/ids';
import type {
  InvalidMessage,
  Message,
  NotificationMessage,
  RequestMessage,
  ResponseMessage,
} from '../receive/message';
import { framed } from '../wire/lines';
import type { Connection } from './connection';
import type { Decisions } from './decisions';
import type { InboundMessage, Peer } from './inbound-message';

interface MessageRouterOptions {
  readonly decisions: Pick<Decisions, 'decide' | 'decideNotification'>;
  readonly connection: Pick<Connection, 'learn' | 'disposition'>;
  readonly maxDecidedValues: number;
  readonly log: (line: string) => void;
}

/** Sends each message on its way, as it is classified: on, back, or to be decided. */
export class MessageRouter {
  readonly #options: MessageRouterOptions;

  constructor(options: MessageRouterOptions) {
    this.#options = options;
  }

  take(inbound: InboundMessage, message: Message): Disposition {
    switch (message.kind) {
      case 'invalid':
        return this.#invalid(inbound, message);
      case 'request':
        return this.#request(inbound, message);
      case 'notification':
        return this.#notification(inbound, message);
      case 'answer':
        return this.#answer(inbound, message);
    }
  }

  /** Tells the sender why its message goes no further. */
  refuse(from: Peer, batch: BatchResponses | undefined, message: InvalidMessage): Disposition {
    const excerpt = message.excerpt === undefined ? '' : `: ${message.excerpt}`;
    this.#options.log(`refused a message from the ${from.name}: ${message.reason}${excerpt}`);
    const text = `Gatehouse does not forward this message: ${message.reason}`;
    const answer = errorResponse(message.id?.text ?? 'null', message.code, text);
    if (batch) {
      batch.settle(answer);
    } else {
      from.channel.send(framed(answer));
    }
    return 'stop';
  }

  #invalid({ batch, from }: InboundMessage, message: InvalidMessage): Disposition {
    this.refuse(from, batch, message);
    if (message.answers !== undefined) {
      const text = `The ${from.name}'s answer can't be passed on: ${message.reason}`;
      from.pending.unreadable(message.answers, message.reason, text);
    }
    return 'stop';
  }

  #request(inbound: InboundMessage, message: RequestMessage): Disposition {
    const { batch, from, to } = inbound;
    const { id, method, value } = message;
    const refuse = (reason: string, known?: RequestId): Disposition =>
      this.refuse(from, batch, { kind: 'invalid', code: -32600, reason, ...(known && { id: known }) });
    const problem = to.pending.problemWith(id);
    if (problem !== undefined) {
      return refuse(problem.reason, problem.id);
    }
    const classified = classifyRequest(message, this.#context(inbound));
    switch (classified.kind) {
      case 'refuse':
        return refuse(classified.reason, id);
      case 'decide':
        this.#options.decisions.decide(inbound, message, classified.decided);
        return 'stop';
      case 'pass':
        this.#learn(classified.told);
        to.pending.open({ id, method, params: value['params'], batch });
        return 'pass';
    }
  }

  #notification(inbound: InboundMessage, message: NotificationMessage): Disposition {
    const { from, to } = inbound;
    const classified = classifyNotification(message, this.#context(inbound));
    switch (classified.kind) {
      case 'refuse':
        // Nobody asked for an answer, so a batch expects none either.
        return this.refuse(from, undefined, { kind: 'invalid', code: -32600, reason: classified.reason });
      case 'decide':
        this.#options.decisions.decideNotification(inbound, message, classified.decided);
        return 'stop';
      case 'cancel':
        return classified.id === undefined || to.pending.cancel(classified.id) ? 'pass' : 'stop';
      case 'pass':
        this.#learn(classified.told);
        return 'pass';
    }
  }

  #answer({ from, line }: InboundMessage, message: ResponseMessage): Disposition {
    if (message.id === null) {
      return 'pass';
    }
    if (from.pending.takeOwn(message)) {
      return 'stop';
    }
    const request = from.pending.find(message.id);
    if (request === undefined || request.state === 'deciding') {
      this.#options.log(`dropped an answer of the ${from.name} to a request that nobody made`);
      return 'stop';
    }
    const { isInBatch } = request;
    from.pending.answered(request, ...statusOf(message));
    const disposition = this.#options.connection.disposition(from.name, line, message, request);
    if (!isInBatch) {
      return disposition;
    }
    const { end, start } = message.span;
    const bytes = typeof disposition === 'string' ? undefined : disposition;
    from.pending.respond(request, disposition === 'pass' ? line.subarray(start, end) : bytes);
    return 'stop';
  }

  #learn(told: Told | undefined): void {
    if (told !== undefined) {
      this.#options.connection.learn(told);
    }
  }

  #context({ from, json, line }: InboundMessage): MessageContext {
    return { sender: from.name, line, json, maxDecidedValues: this.#options.maxDecidedValues };
  }
}

function statusOf({ value }: ResponseMessage): [status: 'ok' | 'error', detail?: string] {
  const { error, result } = value;
  if (error === undefined) {
    return [isErrorResult(result) ? 'error' : 'ok'];
  }
  const detail = isJsonObject(error) ? error['message'] : undefined;
  return typeof detail === 'string' ? ['error', detail.slice(0, 200)] : ['error'];
}

function isErrorResult(result: JsonValue | undefined): boolean {
  return isJsonObject(result) && result['isError'] === true;
}
