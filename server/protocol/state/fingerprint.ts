import type { JsonObject, JsonValue } from '../json';
import { digestOfJson } from './canonical-json';

/**
 * The members of a definition that identify a server, beside `type`. All others may change without a new fingerprint.
 */
const identifying = ['command', 'args', 'env', 'envFile', 'cwd', 'url', 'headers'] as const;

/**
 * The fingerprint of a server: SHA-256 over the canonical JSON of its definition as written, before `${…}` is
 * substituted, so that no resolved secret goes in. `type`, empty `args` and empty `env` may be left out without
 * changing it.
 */
export function serverFingerprint(definition: JsonObject): string {
  const kept: Record<string, JsonValue> = { type: typeOf(definition) };
  for (const name of identifying) {
    const value = definition[name];
    if (value !== undefined && value !== null && !isEmpty(value)) {
      kept[name] = value;
    }
  }
  return digestOfJson(kept);
}

function typeOf(definition: JsonObject): JsonValue {
  return definition['type'] ?? (definition['url'] === undefined ? 'stdio' : 'http');
}

function isEmpty(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
