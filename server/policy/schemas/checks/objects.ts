import type { JsonObject, JsonValue } from '../../../cel';
import { quote } from '../json/go-text';
import type { JsonNode } from '../json/json';
import type { KeywordReader } from '../keyword-reader';
import { compilePattern } from '../formats/pattern';
import type { Pattern } from '../formats/pattern';
import type { Check, Schema, SchemaVisit } from '../schema';
import { isObject } from '../visit';

/** How many properties there are, and which must be there. */
export function objectLimitChecks(reader: KeywordReader): readonly Check[] {
  const [least, most] = [reader.count('minProperties'), reader.count('maxProperties')];
  const required = reader.names('required') ?? [];
  if (least === undefined && most === undefined && required.length === 0) {
    return [];
  }
  const check = onObjects((object, visit) => {
    const count = Object.keys(object).length;
    const allowed = `properties allowed, but found ${count} properties`;
    if (least !== undefined && count < least) {
      visit.fail(`minimum ${least} ${allowed}`);
    }
    if (most !== undefined && count > most) {
      visit.fail(`maximum ${most} ${allowed}`);
    }
    const missing = required.filter((name) => !Object.hasOwn(object, name)).map(quote);
    if (missing.length > 0) {
      visit.fail(`missing properties: ${missing.join(', ')}`, true);
    }
  });
  return [check];
}

/** `properties`, `propertyNames`, `patternProperties` and `additionalProperties`. */
export function propertyChecks(reader: KeywordReader): readonly Check[] {
  const properties = reader.schemasByName('properties', 'part');
  const names = reader.schema('propertyNames', 'part');
  const patterns = reader
    .schemasByName('patternProperties', 'part')
    .flatMap(([source, schema]): readonly (readonly [Pattern, Schema])[] => {
      const pattern = compilePattern(source);
      return pattern ? [[pattern, schema]] : [];
    });
  const checks: Check[] = [];
  if (properties.length > 0) {
    checks.push(
      onObjects((object, visit) => {
        for (const [name, schema] of properties) {
          if (Object.hasOwn(object, name)) {
            checkProperty(object, name, schema, visit);
          }
        }
      }),
    );
  }
  if (names) {
    checks.push(
      onObjects((object, visit) => {
        for (const name of Object.keys(object)) {
          visit.add(visit.part(names, name, name));
        }
      }),
    );
  }
  if (patterns.length > 0) {
    checks.push(
      onObjects((object, visit) => {
        for (const [pattern, schema] of patterns) {
          for (const name of Object.keys(object)) {
            if (pattern.matches(name)) {
              checkProperty(object, name, schema, visit);
            }
          }
        }
      }),
    );
  }
  const additional = additionalCheck(reader);
  return additional ? [...checks, additional] : checks;
}

function checkProperty(object: JsonObject, name: string, schema: Schema, visit: SchemaVisit): void {
  visit.unevaluatedProperties?.delete(name);
  visit.add(visit.part(schema, valueAt(object, name), name));
}

function additionalCheck(reader: KeywordReader): Check | undefined {
  const node = reader.node('additionalProperties');
  if (!node) {
    return undefined;
  }
  const schema = node.kind === 'boolean' ? undefined : reader.schema('additionalProperties', 'part');
  return onObjects((object, visit) => {
    const others = [...(visit.unevaluatedProperties ?? [])];
    if (schema) {
      for (const name of others) {
        visit.add(visit.part(schema, valueAt(object, name), name));
      }
    }
    if (node.kind === 'boolean' && !node.value && others.length > 0) {
      visit.fail(`additionalProperties ${others.map(quote).join(', ')} not allowed`);
    }
    visit.unevaluatedProperties = undefined;
  });
}

/** Checks that hold only if a certain property is present. */
export function dependencyChecks(reader: KeywordReader, names: boolean, schemas: boolean): readonly Check[] {
  const old = schemas ? reader.node('dependencies') : undefined;
  const required = [
    ...(schemas ? namesByName(old) : []),
    ...(names ? namesByName(reader.node('dependentRequired')) : []),
  ];
  const checks = required.map(([name, others]): Check =>
    onObjects((object, visit) => {
      if (!Object.hasOwn(object, name)) {
        return;
      }
      for (const other of others) {
        if (!Object.hasOwn(object, other)) {
          visit.fail(`property ${quote(other)} is required, if ${quote(name)} property exists`);
        }
      }
    }),
  );
  if (!schemas) {
    return checks;
  }
  const dependent = ['dependencies', 'dependentSchemas'].flatMap((keyword) =>
    reader.schemasByName(keyword, 'same'),
  );
  for (const [name, schema] of dependent) {
    checks.push(
      onObjects((object, visit) => {
        if (Object.hasOwn(object, name)) {
          visit.add(visit.same(schema));
        }
      }),
    );
  }
  return checks;
}

function namesByName(node: JsonNode | undefined): readonly (readonly [string, readonly string[]])[] {
  if (node?.kind !== 'object') {
    return [];
  }
  return [...node.entries].flatMap(([name, value]): readonly (readonly [string, readonly string[]])[] => {
    if (value.kind !== 'array') {
      return [];
    }
    return [[name, value.items.flatMap((item) => (item.kind === 'string' ? [item.value] : []))]];
  });
}

/** `unevaluatedProperties`: what no other keyword has looked at. */
export function unevaluatedPropertiesCheck(reader: KeywordReader): Check | undefined {
  const schema = reader.schema('unevaluatedProperties', 'part');
  return (
    schema &&
    onObjects((object, visit) => {
      for (const name of visit.unevaluatedProperties ?? []) {
        visit.add(visit.part(schema, valueAt(object, name), name));
      }
      visit.unevaluatedProperties = undefined;
    })
  );
}

function valueAt(object: JsonObject, name: string): JsonValue {
  return object[name] ?? null;
}

function onObjects(check: (object: JsonObject, visit: SchemaVisit) => void): Check {
  return (visit) => {
    if (isObject(visit.value)) {
      check(visit.value, visit);
    }
  };
}
