import type { JsonObject, JsonValue } from '../../protocol';
import { digestOfJson } from '../../protocol';
import type { InterceptedMethod, InterceptedRequest } from '../enforcer';
import type { ResourceKind } from './request-model';

/** Resource and action of a request, derived from its method and params. */
export interface Subject {
  readonly kind: ResourceKind;
  /** The tool's or prompt's name, the resource's URI; a fixed word for what a server asks. */
  readonly name: string;
  /** The action that policies allow or deny. */
  readonly action: string;
  readonly args: JsonObject;
  /** The object to search for paths instead of `args`, where the names in `args` do not show which values are paths. */
  readonly named?: JsonObject;
}

/** Params that lack what they must have; the message says what, for whoever sent them. */
export class MalformedParams extends Error {
  override readonly name = 'MalformedParams';
}

/**
 * Finds the subject of a request.
 * @param other of a method without rules of its own: its name, and true if nobody waits for a response
 * @throws {MalformedParams} if the params are not what MCP (2025-11-25) says of the method
 */
export function subjectOf(
  method: InterceptedMethod,
  params: JsonObject,
  other: InterceptedRequest['other'] = { method, isNotification: false },
): Subject {
  switch (method) {
    case 'tools/call': {
      const name = text(params, 'name');
      return { kind: 'mcp:tool', name, action: name, args: object(params, 'arguments') };
    }
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe': {
      const uri = text(params, 'uri');
      return { kind: 'mcp:resource', name: uri, action: method.slice('resources/'.length), args: { uri } };
    }
    case 'completion/complete': {
      const ref = object(params, 'ref');
      const name = text(ref, ref['type'] === 'ref/resource' ? 'uri' : 'name', 'params.ref');
      const args = withoutMeta(params);
      return {
        kind: 'mcp:completion',
        name,
        action: 'complete',
        args,
        named: { ...args, ...completed(params) },
      };
    }
    case 'other':
      return {
        kind: 'mcp:other',
        name: other.method,
        action: other.isNotification ? 'notify' : 'request',
        args: withoutMeta(params),
      };
    case 'prompts/get':
      return {
        kind: 'mcp:prompt',
        name: text(params, 'name'),
        action: 'get',
        args: object(params, 'arguments'),
      };
    case 'sampling/createMessage':
      return { kind: 'mcp:sampling', name: 'sampling', action: 'create', args: withoutMeta(params) };
    case 'elicitation/create':
      return { kind: 'mcp:elicitation', name: 'elicitation', action: 'create', args: withoutMeta(params) };
  }
}

/**
 * The digest that an approval is bound to: of kind, server, tool and arguments, exactly.
 * @param inexactNumbers the texts of numbers that the parsed arguments only have rounded
 */
export function digestOf(
  subject: Subject,
  fingerprint: string,
  inexactNumbers: readonly string[] = [],
): string {
  const { args, kind, name } = subject;
  return digestOfJson({ kind, fingerprint, tool: name, arguments: args, inexactNumbers });
}

function text(params: JsonObject, name: string, at = 'params'): string {
  const value = params[name];
  if (typeof value !== 'string' || value === '') {
    throw new MalformedParams(`"${at}.${name}" must be a text that is not empty`);
  }
  return value;
}

function object(params: JsonObject, name: string): JsonObject {
  const value: JsonValue | undefined = params[name];
  if (value === undefined) {
    return {};
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedParams(`"params.${name}" must be an object`);
  }
  return value as JsonObject;
}

/** A completion's arguments in the form that the prompt takes: the one to complete and those chosen before. */
function completed(params: JsonObject): JsonObject {
  const argument = object(params, 'argument');
  const name = text(argument, 'name', 'params.argument');
  const chosen = object(object(params, 'context'), 'arguments');
  return { ...chosen, [name]: argument['value'] ?? '' };
}

function withoutMeta(params: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(params).filter(([name]) => name !== '_meta'));
}
