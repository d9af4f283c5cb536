import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import type { InterceptedRequest } from '../enforcer';
import { deepNameProblem, problemWords } from '../json/look-alikes';
import { memberSpans } from '../json/spans';
import type { StrictJson } from '../json/strict';
import { requestId } from '../receive/ids';
import type { RequestId } from '../receive/ids';
import type { NotificationMessage, RequestMessage } from '../receive/message';
import { nameProblem } from '../receive/names';
import { intercepted, intercepts, isOther, resemblesKnown } from './interception';

/** The parts of a message that policy decides on. */
export type DecidedParts = Pick<InterceptedRequest, 'method' | 'other' | 'params'>;

/** News of the connection in a message that passes. */
export type Told =
  | { readonly about: 'client'; readonly params: JsonValue | undefined }
  | { readonly about: 'client-ready' | 'roots-changed' | 'tools-changed' };

/** The way that a message goes. */
type Classification =
  | { readonly kind: 'pass'; readonly told?: Told }
  | { readonly kind: 'decide'; readonly decided: DecidedParts }
  | { readonly kind: 'refuse'; readonly reason: string };

/** A cancellation; `id` is missing if it names no request that there can be. */
interface Cancellation {
  readonly kind: 'cancel';
  readonly id: RequestId | undefined;
}

/** Where a message is from, and what it is in. */
export interface MessageContext {
  readonly sender: 'client' | 'upstream';
  /** The line that the message's spans count from. */
  readonly line: Buffer;
  readonly json: StrictJson;
  /** Values that a message may have which policy decides: deciding walks through all of them more than once. */
  readonly maxDecidedValues: number;
}

const cancelledNames: ReadonlySet<string> = new Set(['requestId', 'reason', '_meta']);
const pass: Classification = { kind: 'pass' };

/** Says whether a request passes at once, is decided, or is refused. */
export function classifyRequest(
  { method, span, value }: RequestMessage,
  { json, maxDecidedValues, sender }: MessageContext,
): Classification {
  const rule = intercepted[sender].get(method);
  if (rule === undefined && resemblesKnown(sender, method)) {
    return refuse('a method whose name is almost that of another');
  }
  if (rule === undefined && !isOther(sender, 'request', method, value['params'])) {
    return sender === 'client' && method === 'initialize'
      ? { kind: 'pass', told: { about: 'client', params: value['params'] } }
      : pass;
  }
  if (span.values > maxDecidedValues) {
    return refuse(`more than ${maxDecidedValues} values in a request that is decided`);
  }
  const params = rule === undefined ? asObject(value['params']) : (value['params'] ?? {});
  if (!isJsonObject(params)) {
    return refuse('params that are no object');
  }
  const problem = problemOf(json, params, rule);
  if (problem !== undefined) {
    return refuse(problem);
  }
  const other = { method, isNotification: false };
  return {
    kind: 'decide',
    decided: rule === undefined ? { method: 'other', other, params } : { method: rule.method, params },
  };
}

/** As {@link classifyRequest}, for a message that nobody waits to be answered. */
export function classifyNotification(
  message: NotificationMessage,
  context: MessageContext,
): Classification | Cancellation {
  const { method, span, value } = message;
  const { json, maxDecidedValues, sender } = context;
  if (intercepts(sender, method)) {
    return refuse('a request without an id');
  }
  const saysMore = isOther(sender, 'notification', method, value['params']);
  if (method === 'notifications/cancelled') {
    return classifyCancellation(message, context, saysMore);
  }
  if (!saysMore) {
    const told = tellers.get(`${sender} ${method}`);
    return told === undefined ? pass : { kind: 'pass', told };
  }
  if (span.values > maxDecidedValues) {
    return refuse(`more than ${maxDecidedValues} values in a notification that is decided`);
  }
  const params = asObject(value['params']);
  const problem = problemOf(json, params, undefined);
  const other = { method, isNotification: true };
  return problem === undefined
    ? { kind: 'decide', decided: { method: 'other', other, params } }
    : refuse(problem);
}

/** The notifications that tell something of the connection, by who sends them. */
const tellers: ReadonlyMap<string, Told> = new Map<string, Told>([
  ['client notifications/initialized', { about: 'client-ready' }],
  ['client notifications/roots/list_changed', { about: 'roots-changed' }],
  ['upstream notifications/tools/list_changed', { about: 'tools-changed' }],
]);

function classifyCancellation(
  { span, value }: NotificationMessage,
  { line }: MessageContext,
  saysMore: boolean,
): Classification | Cancellation {
  const { params } = value;
  const paramsAt = span.members.get('params');
  if (!isJsonObject(params) || paramsAt === undefined) {
    return pass;
  }
  const more = saysMore ? 'a cancellation that says more than what is cancelled, and why' : undefined;
  const problem = nameProblem(params, cancelledNames) ?? more;
  if (problem !== undefined) {
    return refuse(`${problem}, in params`);
  }
  const at = memberSpans(line, paramsAt.start).get('requestId');
  const id = at && requestId(params['requestId'], line.toString('utf8', at.start, at.end));
  return { kind: 'cancel', id };
}

function refuse(reason: string): Classification {
  return { kind: 'refuse', reason };
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
