import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import type { AgentIdentity } from '../enforcer';

/** Names are shown to people: no client needs a longer one. */
const maxLength = 200;

/** Who a client claims to be in `initialize`. */
export function agentFrom(params: JsonValue | undefined): AgentIdentity {
  const info = isJsonObject(params) ? params['clientInfo'] : undefined;
  const name = isJsonObject(info) ? text(info['name']) : undefined;
  const version = isJsonObject(info) ? text(info['version']) : undefined;
  return { ...(name && { name }), ...(version && { version }), verified: false };
}

/** The conversation that VS Code names in calls from a chat; claimed, like everything a client sends. */
export function conversationOf(params: JsonObject): string | undefined {
  const meta = params['_meta'];
  return isJsonObject(meta) ? text(meta['vscode.conversationId']) : undefined;
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, maxLength) : undefined;
}
