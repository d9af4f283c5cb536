import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import { deepNameProblem, problemWords } from '../json/look-alikes';
import { memberSpans } from '../json/spans';
import type { StrictJson } from '../json/strict';
import { errorResponse, errorCodes } from './responses';
import type { InboundMessage, Disposition } from './inbound-message';
import type { BatchResponses } from './batch';
import type { Decisions } from './decisions';
import { requestId } from './ids';
import type { RequestId } from './ids';
import { intercepted, intercepts, isOther, resemblesKnown } from './interception';
import { framed } from '../wire/lines';
import type {
  ResponseMessage,
  InvalidMessage,
  Message,
  NotificationMessage,
  RequestMessage,
} from './message';
import { nameProblem } from './names';
import type { Peer, PendingRequest } from './peer';

/** Learns from what passes by. */
export interface Observer {
  /** The client's `initialize` params. */
  initializing(params: JsonValue | undefined): void;
  /** The client is ready for notifications. */
  initialized(): void;
  rootsChanged(): void;
  rootsTold(result: JsonObject): void;
  toolsChanged(): void;
  /** Takes a response of the upstream to a request of the client. @returns its disposition */
  upstreamAnswer(line: Buffer, message: ResponseMessage, request: PendingRequest): Disposition;
}

export interface MessageRouterOptions {
  readonly decisions: Decisions;
  readonly observer: Observer;
  /** Values that a request may have which policy decides. */
  readonly maxDecidedValues: number;
  readonly log: (line: string) => void;
}

/** Requests of one peer that may be open at once; a peer that never gets answers must not fill the guard's memory. */
const maxOpen = 100_000;

const cancelledNames: ReadonlySet<string> = new Set(['requestId', 'reason', '_meta']);

/** Decides for each message whether it goes on at once, and keeps the books of what was asked. */
export class MessageRouter {
  readonly #decisions: Decisions;
  readonly #observer: Observer;
  readonly #maxDecidedValues: number;
  readonly #log: (line: string) => void;

  constructor({ decisions, log, maxDecidedValues, observer }: MessageRouterOptions) {
    this.#decisions = decisions;
    this.#observer = observer;
    this.#maxDecidedValues = maxDecidedValues;
    this.#log = log;
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
    this.#log(`refused a message from the ${from.name}: ${message.reason}${excerpt}`);
    const text = `Gatehouse does not forward this message: ${message.reason}`;
    const answer = errorResponse(message.id?.text ?? 'null', message.code, text);
    if (batch) {
      batch.settle(answer);
    } else {
      from.channel.send(framed(answer));
    }
    return 'stop';
  }

  #invalid({ batch, from, to }: InboundMessage, message: InvalidMessage): Disposition {
    this.refuse(from, batch, message);
    // Whoever waits for a malformed answer would wait for ever.
    if (message.answers !== undefined) {
      from.own.fail(message.answers, message.reason);
    }
    const request = message.answers && to.requests.find(message.answers);
    if (request?.state === 'forwarded') {
      this.#decisions.outcome(request, 'error', message.reason);
      const text = `The ${from.name}'s answer can't be passed on: ${message.reason}`;
      to.answer(request, errorResponse(request.id.text, errorCodes.lost, text));
    }
    return 'stop';
  }

  #request(inbound: InboundMessage, message: RequestMessage): Disposition {
    const { batch, from, json, to } = inbound;
    const { id, method, value } = message;
    const refuse = (reason: string, known?: RequestId): Disposition =>
      this.refuse(from, batch, { kind: 'invalid', code: -32600, reason, ...(known && { id: known }) });
    if (to.own.has(id)) {
      return refuse('its id is taken', id);
    }
    const open = from.requests.get(id);
    if (open !== undefined && open.state !== 'cancelled') {
      // Answered without the id: an error with it would look like the answer to the request that is open.
      return refuse(`the id ${id.text.slice(0, 80)} is that of a request that is not answered yet`);
    }
    if (from.requests.size >= maxOpen) {
      return refuse('too many requests are not answered yet', id);
    }
    const rule = intercepted[from.name].get(method);
    if (rule === undefined && resemblesKnown(from.name, method)) {
      return refuse('a method whose name is almost that of another', id);
    }
    const isOneOfOthers = rule === undefined && isOther(from.name, 'request', method, value['params']);
    if (rule === undefined && !isOneOfOthers) {
      if (from.name === 'client' && method === 'initialize') {
        this.#observer.initializing(value['params']);
      }
      from.requests.add({ id, method, params: value['params'], state: 'forwarded', batch });
      return 'pass';
    }
    if (message.span.values > this.#maxDecidedValues) {
      // Deciding walks through all of them more than once, and nothing else is relayed meanwhile.
      return refuse(`more than ${this.#maxDecidedValues} values in a request that is decided`, id);
    }
    const params = rule === undefined ? asObject(value['params']) : (value['params'] ?? {});
    if (!isJsonObject(params)) {
      return refuse('params that are no object', id);
    }
    const problem = problemOf(json, params, rule);
    if (problem !== undefined) {
      return refuse(problem, id);
    }
    const other = { method, isNotification: false };
    this.#decisions.decide(
      inbound,
      message,
      rule === undefined ? { method: 'other', other, params } : { method: rule.method, params },
    );
    return 'stop';
  }

  #notification(inbound: InboundMessage, message: NotificationMessage): Disposition {
    const { from, json, line } = inbound;
    const { method, span, value } = message;
    // Nobody asked for an answer, so a batch expects none either.
    const refuse = (reason: string): Disposition =>
      this.refuse(from, undefined, { kind: 'invalid', code: -32600, reason });
    if (intercepts(from.name, method)) {
      return refuse('a request without an id');
    }
    const saysMore = isOther(from.name, 'notification', method, value['params']);
    if (saysMore && method !== 'notifications/cancelled') {
      if (span.values > this.#maxDecidedValues) {
        return refuse(`more than ${this.#maxDecidedValues} values in a notification that is decided`);
      }
      const params = asObject(value['params']);
      const problem = problemOf(json, params, undefined);
      if (problem !== undefined) {
        return refuse(problem);
      }
      const other = { method, isNotification: true };
      this.#decisions.decideNotification(inbound, message, { method: 'other', other, params });
      return 'stop';
    }
    switch (`${from.name} ${method}`) {
      case 'client notifications/cancelled':
      case 'upstream notifications/cancelled': {
        const params = value['params'];
        const at = span.members.get('params');
        if (!isJsonObject(params) || at === undefined) {
          return 'pass';
        }
        const more = saysMore ? 'a cancellation that says more than what is cancelled, and why' : undefined;
        const problem = nameProblem(params, cancelledNames) ?? more;
        return problem === undefined
          ? this.#cancelled(from, params, line, at.start)
          : refuse(`${problem}, in params`);
      }
      case 'client notifications/initialized':
        this.#observer.initialized();
        return 'pass';
      case 'client notifications/roots/list_changed':
        this.#observer.rootsChanged();
        return 'pass';
      case 'upstream notifications/tools/list_changed':
        this.#observer.toolsChanged();
        return 'pass';
      default:
        return 'pass';
    }
  }

  #cancelled(from: Peer, params: JsonObject, line: Buffer, paramsAt: number): Disposition {
    const at = memberSpans(line, paramsAt).get('requestId');
    const id = at && requestId(params['requestId'], line.toString('utf8', at.start, at.end));
    const request = id && from.requests.find(id);
    if (request?.state === 'deciding') {
      // It was never forwarded, so neither is this.
      request.abort?.abort();
      from.answer(request, undefined);
      return 'stop';
    }
    if (request?.state === 'forwarded') {
      this.#decisions.outcome(request, 'cancelled');
      from.cancelled(request);
    }
    return 'pass';
  }

  #answer({ from, line, to }: InboundMessage, message: ResponseMessage): Disposition {
    if (message.id === null) {
      return 'pass';
    }
    if (from.own.take(message)) {
      return 'stop';
    }
    const request = to.requests.find(message.id);
    if (request === undefined || request.state === 'deciding') {
      this.#log(`dropped an answer of the ${from.name} to a request that nobody made`);
      return 'stop';
    }
    if (request.state === 'forwarded') {
      this.#decisions.outcome(request, ...statusOf(message));
    }
    const disposition = this.#observed(from, line, message, request);
    if (request.batch) {
      to.answer(
        request,
        disposition === 'pass' ? line.subarray(message.span.start, message.span.end) : bytesOf(disposition),
      );
      return 'stop';
    }
    to.requests.delete(request);
    return disposition;
  }

  #observed(from: Peer, line: Buffer, message: ResponseMessage, request: PendingRequest): Disposition {
    if (from.name === 'upstream') {
      return this.#observer.upstreamAnswer(line, message, request);
    }
    const result = message.value['result'];
    if (request.method === 'roots/list' && isJsonObject(result)) {
      this.#observer.rootsTold(result);
    }
    return 'pass';
  }
}

/** Positional params as an object, for what is decided on objects. */
function asObject(params: JsonValue | undefined): JsonObject {
  return isJsonObject(params) ? params : { params: params ?? null };
}

/**
 * Why `params` can't be decided on, since their receiver may read them otherwise. At every depth names must differ
 * not only in case; only a tool's schema may declare two such names, and the enforcer looks at those.
 */
function problemOf(
  json: StrictJson,
  params: JsonObject,
  rule: { readonly method: string; readonly params: ReadonlySet<string> } | undefined,
): string | undefined {
  const members = Object.entries(params).filter(
    ([name]) => rule?.method !== 'tools/call' || name !== 'arguments',
  );
  const below = deepNameProblem(members.map(([, member]) => member));
  const problem = nameProblem(params, rule?.params ?? new Set()) ?? (below && problemWords(below));
  if (problem !== undefined) {
    return `${problem}, in params`;
  }
  return json.loneSurrogateAt === undefined
    ? undefined
    : `half a surrogate pair (at byte ${json.loneSurrogateAt})`;
}

function bytesOf(disposition: Disposition): Buffer | undefined {
  return typeof disposition === 'string' ? undefined : disposition;
}

function statusOf({ value }: ResponseMessage): [status: 'ok' | 'error', detail?: string] {
  const { error, result } = value;
  if (error === undefined) {
    return [isJsonObject(result) && result['isError'] === true ? 'error' : 'ok'];
  }
  const detail = isJsonObject(error) ? error['message'] : undefined;
  return typeof detail === 'string' ? ['error', detail.slice(0, 200)] : ['error'];
}
