import { isJsonObject } from '../../protocol';
import type { JsonValue } from '../../protocol';
import type { InterceptedMethod } from '../enforcer';
import { resembles } from '../receive/names';

/** The methods that are decided by their own rules; any other one that is decided is `other`. */
type OwnMethod = Exclude<InterceptedMethod, 'other'>;

interface Decided {
  readonly method: OwnMethod;
  /** The members of `params` that mean something. */
  readonly params: ReadonlySet<string>;
}

/**
 * The methods that policy decides, by sender, with the members of `params` that mean something (schema.ts of MCP
 * 2025-11-25 and 2026-07-28; `task` is there because a call that is augmented with a task is the same call).
 */
export const intercepted: Readonly<Record<'client' | 'upstream', ReadonlyMap<string, Decided>>> = {
  client: table({
    'tools/call': ['name', 'arguments', 'task', '_meta', 'inputResponses', 'requestState'],
    'resources/read': ['uri', '_meta', 'inputResponses', 'requestState'],
    'resources/subscribe': ['uri', '_meta'],
    'resources/unsubscribe': ['uri', '_meta'],
    'prompts/get': ['name', 'arguments', '_meta', 'inputResponses', 'requestState'],
    'completion/complete': ['ref', 'argument', 'context', '_meta'],
  }),
  upstream: table({
    'sampling/createMessage': [
      'messages',
      'modelPreferences',
      'systemPrompt',
      'includeContext',
      'temperature',
      'maxTokens',
      'stopSequences',
      'metadata',
      'tools',
      'toolChoice',
      'task',
      '_meta',
    ],
    'elicitation/create': ['mode', 'message', 'requestedSchema', 'url', 'elicitationId', 'task', '_meta'],
  }),
};

type Check = (value: JsonValue) => boolean;

const isText: Check = (value) => typeof value === 'string' && value.length <= 1_024;
const isNumber: Check = (value) => typeof value === 'number';
const isId: Check = (value) => isNumber(value) || isText(value);
const anything: Check = () => true;
const levels: ReadonlySet<JsonValue> = new Set([
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
]);
const page = { cursor: isText };
const task = { taskId: isText };

/**
 * The client's messages that pass without a decision: requests and notifications that leave no room for data that an
 * agent has read. Each member of their `params` has a check. `_meta` is the protocol's own. Sources: schema.ts of
 * 2025-11-25 (ClientRequest, ClientNotification) and of 2026-07-28 (ClientRequest: `server/discover`,
 * `subscriptions/listen`), and the extension for tasks (SEP-2663: `tasks/update`).
 */
const plain: Readonly<
  Record<'request' | 'notification', ReadonlyMap<string, Readonly<Record<string, Check>>>>
> = {
  request: new Map<string, Readonly<Record<string, Check>>>([
    ['initialize', { protocolVersion: isText, capabilities: anything, clientInfo: anything }],
    ['server/discover', {}],
    ['ping', {}],
    ['tools/list', page],
    ['prompts/list', page],
    ['resources/list', page],
    ['resources/templates/list', page],
    ['logging/setLevel', { level: (value) => levels.has(value) }],
    ['subscriptions/listen', { notifications: isListFilter }],
    ['tasks/list', page],
    ['tasks/get', task],
    ['tasks/result', task],
    ['tasks/cancel', task],
    ['tasks/update', { ...task, inputResponses: anything }],
  ]),
  notification: new Map<string, Readonly<Record<string, Check>>>([
    ['notifications/initialized', {}],
    ['notifications/roots/list_changed', {}],
    // A cancellation must always arrive, whatever reason it gives.
    ['notifications/cancelled', { requestId: anything, reason: anything }],
    ['notifications/progress', { progressToken: isId, progress: isNumber, total: isNumber, message: isText }],
    [
      'notifications/tasks/status',
      {
        ...task,
        status: isText,
        statusMessage: isText,
        createdAt: isText,
        lastUpdatedAt: isText,
        ttl: (value) => value === null || isNumber(value),
        pollInterval: isNumber,
      },
    ],
  ]),
};

/** `subscriptions/listen` for changes of lists; resources that it names are text, and decided (2026-07-28). */
function isListFilter(value: JsonValue): boolean {
  const names = new Set(['toolsListChanged', 'promptsListChanged', 'resourcesListChanged']);
  return (
    isJsonObject(value) &&
    Object.entries(value).every(([name, flag]) => names.has(name) && typeof flag === 'boolean')
  );
}

const names = {
  client: new Set(intercepted.client.keys()),
  upstream: new Set(intercepted.upstream.keys()),
};
const known = {
  client: new Set([...names.client, ...plain.request.keys()]),
  upstream: names.upstream,
};

/** True if policy has rules for a sender's method, or for one that a lenient parser might take it for. */
export function intercepts(sender: 'client' | 'upstream', method: string): boolean {
  return names[sender].has(method) || resembles(method, names[sender]);
}

/** True if a lenient parser might take the method for another one that the relay treats specially. */
export function resemblesKnown(sender: 'client' | 'upstream', method: string): boolean {
  return resembles(method, known[sender]);
}

/**
 * True if a client's message of no intercepted method may carry free text to the upstream: policy decides it as
 * `mcp:other`. False for an upstream's messages: they send no data out.
 */
export function isOther(
  sender: 'client' | 'upstream',
  kind: 'request' | 'notification',
  method: string,
  params: JsonValue | undefined,
): boolean {
  if (sender === 'upstream' || params === undefined || params === null) {
    return false;
  }
  if (!isJsonObject(params)) {
    return true;
  }
  const checks = plain[kind].get(method) ?? {};
  return Object.entries(params).some(([name, value]) => {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    return name !== '_meta' && check?.(value) !== true;
  });
}

function table(methods: Partial<Record<OwnMethod, readonly string[]>>): ReadonlyMap<string, Decided> {
  const entries = Object.entries(methods) as [OwnMethod, readonly string[]][];
  return new Map(entries.map(([method, params]) => [method, { method, params: new Set(params) }]));
}
