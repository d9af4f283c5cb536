import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import type { JsonLimits } from '../json/limits';
import { parseStrict } from '../json/strict';
import type { ByteSpan, JsonProblem, MessageSpan, StrictJson } from '../json/strict';
import { requestId } from './ids';
import type { RequestId } from './ids';
import { envelopeNames, nameProblem } from './names';

interface Parsed {
  /** The parsed message, and where it and its members are in the line. */
  readonly value: JsonObject;
  readonly span: MessageSpan;
}

export interface RequestMessage extends Parsed {
  readonly kind: 'request';
  readonly id: RequestId;
  readonly method: string;
}

export interface NotificationMessage extends Parsed {
  readonly kind: 'notification';
  readonly method: string;
}

/** A result or an error. */
export interface ResponseMessage extends Parsed {
  readonly kind: 'answer';
  /** `null` for an error about a message whose id could not be read. */
  readonly id: RequestId | null;
}

/** A message that must not be forwarded. */
export interface InvalidMessage {
  readonly kind: 'invalid';
  /** JSON-RPC 2.0, section 5.1: -32700 if it is not JSON, else -32600. */
  readonly code: -32700 | -32600;
  readonly reason: string;
  /** How it begins, if it is not JSON: for the log, where it tells what a server has written in the wrong place. */
  readonly excerpt?: string;
  /** The request's id, if it is one and its id is certain. */
  readonly id?: RequestId;
  /** The id of the request that it answers, if it is an answer and its id is certain. */
  readonly answers?: RequestId;
}

export type Message = RequestMessage | NotificationMessage | ResponseMessage | InvalidMessage;

/** The messages of one line: one, or those of a batch. */
interface MessageLine {
  readonly json: StrictJson;
  readonly batch: boolean;
  readonly messages: readonly Message[];
}

/** Reads a line's messages: one, or those of a batch. A line that is no strict JSON is one invalid message. */
export function readLine(bytes: Buffer, limits: JsonLimits): MessageLine {
  const json = parseStrict(bytes, limits);
  const { messages: spans, problem, value } = json;
  if (value === undefined || problem !== undefined) {
    return { json, batch: false, messages: [refused(json, problem, bytes)] };
  }
  if (!Array.isArray(value)) {
    return { json, batch: false, messages: spans.map((span) => classify(value, span, bytes)) };
  }
  if (value.length === 0) {
    return { json, batch: false, messages: [invalid('an empty batch')] };
  }
  const elements = value as readonly JsonValue[];
  return { json, batch: true, messages: spans.map((span, at) => classify(elements[at], span, bytes)) };
}

function refused(json: StrictJson, problem: JsonProblem | undefined, bytes: Buffer): InvalidMessage {
  const reason = `${problem?.message ?? 'no value'} (at byte ${problem?.offset ?? 0})`;
  if (json.value === undefined) {
    return { kind: 'invalid', code: -32700, reason, excerpt: bytes.toString('utf8', 0, 100) };
  }
  // JSON, though not strict: whose it is may still be certain.
  const [span] = json.messages;
  const certain = span !== undefined && isJsonObject(json.value) && !overlaps(span.duplicates, envelopeNames);
  const message = certain ? classify(json.value, span, bytes) : undefined;
  return invalid(reason, message);
}

function classify(value: JsonValue | undefined, span: MessageSpan, bytes: Buffer): Message {
  if (!isJsonObject(value)) {
    return invalid('a message that is no object');
  }
  const names = nameProblem(value, envelopeNames);
  if (names !== undefined) {
    return invalid(names);
  }
  const text = textOf(span.members.get('id'), bytes);
  const id = text === undefined ? undefined : requestId(value['id'], text);
  const has = (name: string): boolean => Object.hasOwn(value, name);
  const isAnswer = has('result') || has('error');
  if (has('method')) {
    if (isAnswer) {
      return invalid('a message that is both a request and an answer');
    }
    return classifyRequest(value, span, id);
  }
  if (has('result') === has('error')) {
    return invalid(isAnswer ? 'an answer with both result and error' : 'a message without a method');
  }
  if (id !== undefined) {
    return { kind: 'answer', id, value, span };
  }
  if (has('error') && value['id'] === null) {
    return { kind: 'answer', id: null, value, span };
  }
  return invalid('an answer whose id is neither a string nor a number');
}

function classifyRequest(value: JsonObject, span: MessageSpan, id: RequestId | undefined): Message {
  const { method, params } = value;
  const withId = id && { id };
  if (typeof method !== 'string') {
    return { ...invalid('a method that is no string'), ...withId };
  }
  const names = isJsonObject(params) ? nameProblem(params, new Set()) : undefined;
  if (names !== undefined) {
    return { ...invalid(`${names}, in params`), ...withId };
  }
  if (id !== undefined) {
    return { kind: 'request', id, method, value, span };
  }
  return Object.hasOwn(value, 'id')
    ? invalid('a request whose id is neither a string nor a number')
    : { kind: 'notification', method, value, span };
}

function invalid(reason: string, message?: Message): InvalidMessage {
  return {
    kind: 'invalid',
    code: -32600,
    reason,
    ...(message?.kind === 'request' && { id: message.id }),
    ...(message?.kind === 'answer' && message.id !== null && { answers: message.id }),
  };
}

function textOf(span: ByteSpan | undefined, bytes: Buffer): string | undefined {
  return span && bytes.toString('utf8', span.start, span.end);
}

function overlaps(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...some].some((name) => others.has(name));
}
