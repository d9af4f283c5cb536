import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import { list, schemaParts } from './schema-parts';

/**
 * The names of arguments that a tool's input schema does not know, as paths (`options.force`, `edits[0].mode`). JSON
 * Schema lets unknown members pass unless it is told not to; here a schema that lists members means those and no
 * others, unless it speaks of additional ones itself. Without a schema every argument is unexpected.
 */
export function unexpectedArguments(args: JsonObject, schema: JsonValue | undefined): readonly string[] {
  if (!isJsonObject(schema)) {
    return Object.keys(args);
  }
  const found: string[] = [];
  collect(args, [schema], { root: schema, at: '', depth: 0 }, found);
  return found;
}

const deepest = 32;

interface ArgumentLocation {
  readonly root: JsonObject;
  readonly at: string;
  readonly depth: number;
}

function collect(
  value: JsonValue,
  schemas: readonly JsonValue[],
  place: ArgumentLocation,
  found: string[],
): void {
  if (typeof value !== 'object' || value === null || place.depth > deepest) {
    return;
  }
  const { open, parts } = schemaParts(schemas, place.root);
  const below = (step: string): ArgumentLocation => ({
    ...place,
    at: place.at + step,
    depth: place.depth + 1,
  });
  if (Array.isArray(value)) {
    const items = parts.flatMap((part) => [part['items'], ...list(part['prefixItems'])]).filter(isJsonObject);
    (value as readonly JsonValue[]).forEach((item, index) =>
      collect(item, items, below(`[${index}]`), found),
    );
    return;
  }
  // A schema that says nothing at all about an inner object's members describes a free map.
  const free =
    open ||
    parts.some(opensUp) ||
    (place.at !== '' && !parts.some((part) => isJsonObject(part['properties'])));
  for (const [name, member] of Object.entries(value)) {
    const known = parts
      .map((part) => part['properties'])
      .filter(isJsonObject)
      .filter((properties) => Object.hasOwn(properties, name))
      .map((properties) => properties[name] ?? null);
    const step = place.at === '' ? name : `.${name}`;
    if (known.length > 0) {
      collect(member, known, below(step), found);
    } else if (free) {
      const additional = parts.map((part) => part['additionalProperties']).filter(isJsonObject);
      collect(member, additional, below(step), found);
    } else {
      found.push(place.at + step);
    }
  }
}

/** Patterns come from the server and may be slow to match: that there are some is enough. */
function opensUp(schema: JsonObject): boolean {
  const { additionalProperties, patternProperties } = schema;
  return (
    additionalProperties === true || isJsonObject(additionalProperties) || isJsonObject(patternProperties)
  );
}
