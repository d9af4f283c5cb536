import type { InterceptedMethod } from '../enforcer';
import { resembles } from './names';

/**
 * What policy decides, by who asks, with the members of `params` that mean something (MCP 2025-11-25 schema; `task`
 * is there because a call that is augmented with a task is the same call).
 *
 * Everything else is forwarded as it is, unknown methods too. Considered and left alone: `tasks/result` and its like
 * only fetch what a decided call has done; `completion/complete` and `resources/subscribe` hand out no contents;
 * listings only name things.
 */
export const intercepted: Readonly<
  Record<
    'client' | 'upstream',
    ReadonlyMap<string, { method: InterceptedMethod; params: ReadonlySet<string> }>
  >
> = {
  client: table({
    'tools/call': ['name', 'arguments', 'task', '_meta', 'inputResponses', 'requestState'],
    'resources/read': ['uri', '_meta', 'inputResponses', 'requestState'],
    'prompts/get': ['name', 'arguments', '_meta', 'inputResponses', 'requestState'],
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

const names = {
  client: new Set(intercepted.client.keys()),
  upstream: new Set(intercepted.upstream.keys()),
};

/** Whether a method of that sender is one that policy decides, or might be taken for one by a lenient parser. */
export function intercepts(sender: 'client' | 'upstream', method: string): boolean {
  return names[sender].has(method) || resembles(method, names[sender]);
}

function table(
  methods: Partial<Record<InterceptedMethod, readonly string[]>>,
): ReadonlyMap<string, { method: InterceptedMethod; params: ReadonlySet<string> }> {
  const entries = Object.entries(methods) as [InterceptedMethod, readonly string[]][];
  return new Map(entries.map(([method, params]) => [method, { method, params: new Set(params) }]));
}
