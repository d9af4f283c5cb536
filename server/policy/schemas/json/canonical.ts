import type { JsonValue } from '../../../cel';
import { Decimal } from './decimal';
import type { JsonNode } from './json';

// A text that two values share exactly if they are equal, as JSON Schema has it: 1 and 1.0 are, whatever order keys have.

/** Of a value in a schema. */
export function canonicalNode(node: JsonNode): string {
  switch (node.kind) {
    case 'object':
      return objectText([...node.entries].map(([key, value]) => [key, canonicalNode(value)]));
    case 'array':
      return `[${node.items.map(canonicalNode).join()}]`;
    case 'string':
      return JSON.stringify(node.value);
    case 'number':
      return Decimal.of(node.text).canonical;
    case 'boolean':
      return String(node.value);
    case 'null':
      return 'null';
  }
}

/** Of an attribute. */
export function canonicalValue(value: JsonValue): string {
  if (typeof value === 'number') {
    return Decimal.of(value).canonical;
  }
  if (Array.isArray(value)) {
    return `[${(value as readonly JsonValue[]).map(canonicalValue).join()}]`;
  }
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value);
  }
  return objectText(Object.entries(value).map(([key, each]) => [key, canonicalValue(each)]));
}

function objectText(entries: [string, string][]): string {
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join()}}`;
}
