import { cerbosEnvironment, requestBindings, requestRecords } from '../../policy';
import type { RequestInput } from '../../policy';
import { compile, toJson } from '../../cel';
import type { Compilation, JsonObject, JsonValue, Timestamp } from '../../cel';

/** How many compiled expressions are kept; inputs often ask the same of many requests. */
const cacheSize = 200;
const cache = new Map<string, Compilation>();

/** A mistake in one line. The response to that line says it, and the next line is read. */
class BadLine extends Error {}

/**
 * Answers one line of `gatehouse eval`: `{"expr": …, "request": …}` with `{"value": …}` or `{"error": …}`.
 * Never throws: a line that cannot be understood is answered with an error too.
 */
export function answer(line: string, now: Timestamp): string {
  try {
    return JSON.stringify(evaluate(line, now));
  } catch (error) {
    const message = error instanceof BadLine ? error.message : `internal error: ${String(error)}`;
    return JSON.stringify({ error: message });
  }
}

function evaluate(line: string, now: Timestamp): { value: JsonValue } | { error: string } {
  const input = objectOf(parseJson(line), 'a line');
  const { expr, request } = input;
  if (typeof expr !== 'string') {
    throw new BadLine('expr must be a string.');
  }
  const { program, issues } = compiled(expr);
  if (!program) {
    return { error: issues.map((issue) => `${issue.position + 1}: ${issue.message}`).join('; ') };
  }
  const result = program.evaluate(requestBindings(requestRecords(requestOf(request))), { now });
  if (result.kind !== 'value') {
    return { error: result.kind === 'error' ? result.message : 'the value is unknown' };
  }
  const value = toJson(result.value);
  return value === undefined ? { error: 'the value has no JSON form' } : { value };
}

function compiled(expr: string): Compilation {
  const known = cache.get(expr);
  if (known) {
    return known;
  }
  if (cache.size >= cacheSize) {
    cache.clear();
  }
  const made = compile(expr, cerbosEnvironment());
  cache.set(expr, made);
  return made;
}

function parseJson(line: string): JsonValue {
  try {
    return JSON.parse(line) as JsonValue;
  } catch {
    throw new BadLine('the line is not JSON.');
  }
}

function objectOf(value: JsonValue | undefined, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadLine(`${what} must be a JSON object.`);
  }
  return value as JsonObject;
}

function textOf(value: JsonValue | undefined, what: string): string {
  if (value !== undefined && typeof value !== 'string') {
    throw new BadLine(`${what} must be a string.`);
  }
  return value ?? '';
}

/** Reads a Cerbos request. Everything may be missing; what is there must be of the right type. */
function requestOf(value: JsonValue | undefined): RequestInput {
  const request = value === undefined ? {} : objectOf(value, 'request');
  const part = (name: 'principal' | 'resource' | 'auxData'): JsonObject =>
    request[name] === undefined ? {} : objectOf(request[name], `request.${name}`);
  const { principal, resource, auxData } = {
    principal: part('principal'),
    resource: part('resource'),
    auxData: part('auxData'),
  };
  const common = (from: JsonObject, path: string) => ({
    id: textOf(from['id'], `${path}.id`),
    attr: from['attr'] === undefined ? {} : objectOf(from['attr'], `${path}.attr`),
    policyVersion: textOf(from['policyVersion'], `${path}.policyVersion`),
    scope: textOf(from['scope'], `${path}.scope`),
  });
  return {
    principal: { ...common(principal, 'request.principal'), roles: rolesOf(principal['roles']) },
    resource: {
      ...common(resource, 'request.resource'),
      kind: textOf(resource['kind'], 'request.resource.kind'),
    },
    ...(request['auxData'] === undefined
      ? {}
      : {
          auxData: {
            jwt: auxData['jwt'] === undefined ? {} : objectOf(auxData['jwt'], 'request.auxData.jwt'),
          },
        }),
  };
}

function rolesOf(value: JsonValue | undefined): readonly string[] {
  if (value === undefined) {
    return [];
  }
  if (!Array.isArray(value) || !value.every((role) => typeof role === 'string')) {
    throw new BadLine('request.principal.roles must be a list of strings.');
  }
  return value;
}
