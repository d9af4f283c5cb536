import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue, TextChange } from '../../protocol';

/*
 * A tool's definition is taken apart into its shape, which decides what a call means, and prose, which is only read.
 * No words are judged: whatever is not listed here as prose is shape. Names of tools and arguments, and the values of
 * an enum, are shape.
 */

/** Members of a definition that are its shape (MCP 2025-11-25, Tool). All others are prose: title, icons, `_meta`, … */
const shapeMembers: ReadonlySet<string> = new Set([
  'name',
  'inputSchema',
  'outputSchema',
  'annotations',
  'execution',
]);

/** Keywords that validate nothing (JSON Schema 2020-12, Validation, section 9; those of editors and of OpenAPI). */
const proseKeywords: ReadonlySet<string> = new Set([
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'example',
  'markdownDescription',
  'enumNames',
  'enumDescriptions',
  'markdownEnumDescriptions',
  'enumItemLabels',
  'x-enumNames',
  'x-enum-varnames',
  'x-enum-descriptions',
  'x-enumDescriptions',
  'deprecationMessage',
  'errorMessage',
  'patternErrorMessage',
]);

/** Keywords whose value is a schema, or a list of them (JSON Schema 2020-12, Core, section 10; draft-07's, too). */
const schemaKeywords: ReadonlySet<string> = new Set([
  'items',
  'prefixItems',
  'additionalItems',
  'unevaluatedItems',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'allOf',
  'anyOf',
  'oneOf',
  'contentSchema',
]);

/** Keywords whose value holds schemas under names of the server's choice. */
const namedSchemaKeywords: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  'dependencies',
  '$defs',
  'definitions',
]);

/** A tool's definition without its prose. */
export function shapeOf(definition: JsonObject): JsonObject {
  return mapped(definition, (name, value) => {
    if (!shapeMembers.has(name)) {
      return undefined;
    }
    switch (name) {
      case 'inputSchema':
      case 'outputSchema':
        return schemaShape(value);
      case 'annotations':
        return isJsonObject(value)
          ? mapped(value, (hint, set) => (hint === 'title' ? undefined : set))
          : value;
      default:
        return value;
    }
  });
}

function schemaShape(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) {
    return (schema as readonly JsonValue[]).map(schemaShape);
  }
  if (!isJsonObject(schema)) {
    return schema;
  }
  return mapped(schema, (keyword, value) => {
    if (proseKeywords.has(keyword)) {
      return undefined;
    }
    if (schemaKeywords.has(keyword)) {
      return schemaShape(value);
    }
    return namedSchemaKeywords.has(keyword) && isJsonObject(value)
      ? mapped(value, (_, member) => schemaShape(member))
      : value;
  });
}

/** Where two values differ, by the places of their texts. What is no text is given as JSON. */
export function changesBetween(before: JsonValue | undefined, after: JsonValue | undefined): TextChange[] {
  const old = textsOf(before);
  const fresh = textsOf(after);
  const places = [...new Set([...old.keys(), ...fresh.keys()])];
  return places.flatMap((place): TextChange[] => {
    const was = old.get(place);
    const is = fresh.get(place);
    return was === is
      ? []
      : [
          {
            place,
            ...(was === undefined ? {} : { before: was }),
            ...(is === undefined ? {} : { after: is }),
          },
        ];
  });
}

/** All leaves of a value with where they are; an empty object or list is a leaf. */
function textsOf(value: JsonValue | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (part: JsonValue, place: string): void => {
    if (Array.isArray(part) && part.length > 0) {
      (part as readonly JsonValue[]).forEach((item, index) => visit(item, `${place}[${index}]`));
    } else if (isJsonObject(part) && Object.keys(part).length > 0) {
      for (const [name, member] of Object.entries(part)) {
        visit(member, place === '' ? name : `${place}.${name}`);
      }
    } else {
      found.set(place, typeof part === 'string' ? part : JSON.stringify(part));
    }
  };
  if (value !== undefined) {
    visit(value, '');
  }
  return found;
}

/** The object with each member as `change` has it; without those that it makes undefined. */
function mapped(
  object: JsonObject,
  change: (name: string, value: JsonValue) => JsonValue | undefined,
): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]): [string, JsonValue][] => {
      const changed = change(name, value);
      return changed === undefined ? [] : [[name, changed]];
    }),
  );
}
