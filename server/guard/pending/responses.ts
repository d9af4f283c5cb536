import type { JsonObject, JsonValue } from '../../protocol';
import type { InterceptedMethod, CallDecision } from '../enforcer';

/** Error codes of the guard's own, from the range that JSON-RPC 2.0 leaves to implementations (section 5.1). */
export const errorCodes = {
  /** Policy, or a human, said no. */
  refused: -32050,
  /** The answer can't come any more, or could not be passed on. */
  lost: -32051,
  /** Valid, but of a kind that is not supported yet. */
  notSupportedYet: -32052,
  /** The guard holds all that it may hold. */
  busy: -32053,
} as const;

/** The member of `_meta` that carries a refusal's decision. */
const decisionMeta = 'gatehouse/decision';

/**
 * A JSON-RPC error without the end of a line.
 * @param id the JSON text of the request's id, or `null`
 */
export function errorResponse(id: string, code: number, message: string, data?: JsonValue): Buffer {
  const error = { code, message, ...(data !== undefined && { data }) };
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(error)}}`);
}

/**
 * The response to a refused request: for a tool call a result, so that the model reads it; else an error.
 * @param id the JSON text of the request's id
 */
export function refusal(
  id: string,
  method: InterceptedMethod,
  decision: CallDecision & { kind: 'refuse' },
): Buffer {
  const data: JsonObject = { ...decision.data };
  if (method !== 'tools/call') {
    return errorResponse(id, errorCodes.refused, decision.message, data);
  }
  const result = {
    content: [{ type: 'text', text: decision.message }],
    isError: true,
    _meta: { [decisionMeta]: data },
  };
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`);
}
