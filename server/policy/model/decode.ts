import type { JsonValue } from '../../cel';
import type { YamlAlias, YamlEntry, YamlMap, YamlNode } from '../yaml/node';
import { checkMessage } from './check-message';
import type { DecodedMessage } from './check-message';
import { closest } from './closest';
import {
  decodeBoolean,
  decodeEnum,
  decodeInteger,
  decodeText,
  decodeTimestamp,
  hasLength,
} from './decode-scalar';
import { entryPath, fieldPath, itemPath } from './paths';
import { broken, DecodeIssues, labelOf, locationOf, spanOf, typeName } from './field-location';
import type { Broken, DecodeIssue, FieldLocation } from './field-location';
import type { Field, Located, MapShape, MessageShape, Shape, Type } from './schema';

/** Values expanded from aliases count against this, so that a few lines cannot stand for billions of values. */
const maxValues = 200_000;

/**
 * Reads a document as a type, with everything in it that makes sense; what does not is an issue. Follows
 * the reader of `cerbos 0.55` (`internal/parser`): names in camel or snake case, merge keys below own keys, numbers and
 * booleans as text.
 */
export function decode<T>(
  root: YamlNode,
  type: Type<T>,
): { value: T | undefined; issues: readonly DecodeIssue[] } {
  const decoder = new Decoder();
  const value = decoder.value(root, type.shape, { path: '$', span: root, mark: root.mark });
  return { value: value === broken ? undefined : (value as T), issues: decoder.issues.all };
}

class Decoder {
  readonly issues = new DecodeIssues();
  #budget = maxValues;

  value(node: YamlNode, shape: Shape, place: FieldLocation): unknown {
    if (--this.#budget < 0) {
      return this.#exhausted(place);
    }
    const resolved = this.#resolve(node, place);
    if (resolved === broken) {
      return broken;
    }
    switch (shape.kind) {
      case 'lazy':
        return this.value(resolved, shape.shape(), place);
      case 'text':
        return decodeText(resolved, shape, place, this.issues);
      case 'enum':
        return decodeEnum(resolved, shape, place, this.issues);
      case 'boolean':
        return decodeBoolean(resolved, place, this.issues);
      case 'integer':
        return decodeInteger(resolved, place, this.issues);
      case 'timestamp':
        return decodeTimestamp(resolved, place, this.issues);
      case 'json':
        return this.#json(resolved, place);
      case 'list':
        return this.#list(node, resolved, shape.item, place);
      case 'map':
        return this.#map(node, resolved, shape, place);
      case 'message':
        return this.#message(node, resolved, shape, place);
    }
  }

  #exhausted(place: FieldLocation): Broken {
    if (this.#budget < -1) {
      return broken;
    }
    const message = `the document stands for more than ${maxValues} values; use fewer aliases`;
    return this.issues.report('too-large', message, place, false);
  }

  #resolve(node: YamlNode, place: FieldLocation): Exclude<YamlNode, YamlAlias> | Broken {
    let current = node;
    while (current.kind === 'alias') {
      if (current.target === undefined) {
        const message = `unknown anchor "${current.name}"`;
        return this.issues.report('unknown-anchor', message, locationOf(place, current));
      }
      current = current.target;
    }
    return current;
  }

  #json(node: YamlNode, place: FieldLocation): JsonValue | Broken {
    if (--this.#budget < 0) {
      return this.#exhausted(place);
    }
    const resolved = this.#resolve(node, place);
    if (resolved === broken) {
      return broken;
    }
    switch (resolved.kind) {
      case 'scalar':
        if (resolved.type === 'Infinity' || resolved.type === 'Nan') {
          return this.issues.report('wrong-type', `unexpected ${resolved.type}`, locationOf(place, resolved));
        }
        return typeof resolved.value === 'bigint' ? Number(resolved.value) : resolved.value;
      case 'sequence':
        return resolved.items.map((item, index) => {
          const inner = { path: itemPath(place.path, index), span: item, mark: item.mark };
          return orNull(this.#json(item, inner));
        });
      case 'map': {
        const object = Object.create(null) as Record<string, JsonValue>;
        for (const entries of this.#merged(resolved, place)) {
          this.#reportRepeated(entries, place);
          for (const { key, value } of entries) {
            const name = this.#key(key, place, 'unexpected key type');
            if (name === broken) {
              continue;
            }
            const inner = { path: fieldPath(place.path, name), span: value, mark: value.mark };
            object[name] = orNull(this.#json(value, inner));
          }
        }
        return object;
      }
    }
  }

  #list(
    node: YamlNode,
    resolved: YamlNode,
    item: Shape,
    place: FieldLocation,
  ): readonly Located<unknown>[] | Broken {
    if (resolved.kind !== 'sequence') {
      const message = `expected sequence got ${typeName(resolved)}`;
      return this.issues.report('wrong-type', message, locationOf(place, node));
    }
    const items: Located<unknown>[] = [];
    let index = 0;
    for (const each of resolved.items) {
      const path = itemPath(place.path, index++);
      const value = this.value(each, item, { path, span: each, mark: each.mark });
      if (value !== broken) {
        items.push({ value, span: spanOf(each), mark: each.mark, path });
      }
    }
    // A copy has no room to spare, and a list is kept for as long as its file.
    return items.slice();
  }

  #map(
    node: YamlNode,
    resolved: YamlNode,
    shape: MapShape,
    place: FieldLocation,
  ): ReadonlyMap<string, Located<unknown>> | Broken {
    if (resolved.kind !== 'map') {
      const message = `expected map got ${typeName(resolved)}`;
      return this.issues.report('wrong-type', message, locationOf(place, node));
    }
    const read = new Map<string, Located<unknown>>();
    for (const entries of this.#merged(resolved, place)) {
      this.#reportRepeated(entries, place);
      for (const { key, value } of entries) {
        const name = this.#key(key, place, 'expected string got');
        if (name === broken) {
          continue;
        }
        const path = entryPath(place.path, name);
        if (shape.minKeyLength !== undefined && !hasLength(name, shape.minKeyLength)) {
          const message = `${labelOf({ path })}: must be at least ${shape.minKeyLength} characters`;
          this.issues.report('invalid-key', message, { path, span: key, mark: value.mark });
        }
        const inner = this.value(value, shape.value, { path, span: value, mark: value.mark });
        if (inner === broken) {
          continue;
        }
        read.set(name, { value: inner, span: spanOf(value), key: spanOf(key), mark: value.mark, path });
      }
    }
    return read;
  }

  #message(
    node: YamlNode,
    resolved: YamlNode,
    shape: MessageShape,
    place: FieldLocation,
  ): DecodedMessage | Broken {
    if (resolved.kind !== 'map') {
      const message = `expected object got ${typeName(resolved)}`;
      return this.issues.report('wrong-type', message, locationOf(place, node));
    }
    // Only names of the message's own fields become keys.
    const read: DecodedMessage = {};
    const written = new Set<string>();
    for (const entries of this.#merged(resolved, place)) {
      this.#fields(entries, shape, place, read, written);
    }
    checkMessage({ shape, place, node: resolved, read, written }, this.issues);
    return read;
  }

  #fields(
    entries: readonly YamlEntry[],
    shape: MessageShape,
    place: FieldLocation,
    read: DecodedMessage,
    written: Set<string>,
  ): void {
    const seen = new Map<string, string>();
    const chosen = new Map<string, string>();
    for (const { key, value } of entries) {
      const writtenName = this.#key(key, place, 'unexpected key type');
      if (writtenName === broken) {
        continue;
      }
      const found = fieldOf(shape, writtenName);
      const path = fieldPath(place.path, writtenName);
      const here: FieldLocation = { path, span: spanOf(key), mark: key.mark };
      if (found === undefined) {
        const near = closest(writtenName, Object.keys(shape.fields));
        const hint = near === undefined ? '' : `; did you mean "${near}"?`;
        this.issues.report('unknown-key', `unknown field "${writtenName}"${hint}`, here);
        continue;
      }
      const [name, field] = found;
      const before = seen.get(name);
      if (before !== undefined) {
        const message = `duplicate field definition: previous definition at ${before}`;
        this.issues.report('duplicate-key', message, here);
        continue;
      }
      seen.set(name, writtenName);
      if (field.oneof !== undefined) {
        const other = chosen.get(field.oneof);
        if (other !== undefined) {
          const message = `invalid value: oneof field is already set by "${other}"`;
          this.issues.report('too-many-kinds', message, here);
          continue;
        }
        chosen.set(field.oneof, name);
      }
      written.add(name);
      const inner = this.value(value, field.type.shape, here);
      if (inner === broken) {
        read[name] = undefined;
      } else {
        read[name] = { value: inner, span: spanOf(value), key: spanOf(key), mark: key.mark, path };
      }
    }
  }

  /** A map's entries: first those of merged maps, so that the map's own win. */
  #merged(map: YamlMap, place: FieldLocation, depth = 0): readonly (readonly YamlEntry[])[] {
    if (!map.entries.some(isMerge)) {
      return [map.entries];
    }
    const merges = map.entries.filter(isMerge);
    this.#reportRepeated(merges, place);
    const groups: (readonly YamlEntry[])[] = [];
    for (const { value } of merges) {
      if (--this.#budget < 0 || depth > 50) {
        this.#exhausted(place);
        continue;
      }
      const merged = this.#resolve(value, place);
      if (merged === broken) {
        continue;
      }
      if (merged.kind === 'map') {
        groups.push(...this.#merged(merged, place, depth + 1));
      } else {
        const message = `expected map alias got ${typeName(merged)}`;
        this.issues.report('wrong-type', message, locationOf(place, value));
      }
    }
    return [...groups, map.entries.filter((entry) => !isMerge(entry))];
  }

  #reportRepeated(entries: readonly YamlEntry[], place: FieldLocation): void {
    if (entries.length < 2) {
      return;
    }
    const seen = new Set<string>();
    for (const { key } of entries) {
      if (key.kind !== 'scalar') {
        continue;
      }
      const name = String(key.value);
      if (seen.has(name)) {
        this.issues.report('duplicate-key', `key "${name}" is already defined`, locationOf(place, key));
      }
      seen.add(name);
    }
  }

  #key(key: YamlNode, place: FieldLocation, complaint: string): string | Broken {
    if (key.kind === 'scalar' && key.type === 'String') {
      return String(key.value);
    }
    const message = `${complaint} ${typeName(key)}; put it in quotes`;
    return this.issues.report('invalid-key', message, locationOf(place, key));
  }
}

function orNull(value: JsonValue | Broken): JsonValue {
  return value === broken ? null : value;
}

function isMerge({ key }: YamlEntry): boolean {
  return key.kind === 'scalar' && key.style === 'plain' && key.value === '<<';
}

/** A field by its name in JSON or in the protocol's own snake case. */
function fieldOf({ fields }: MessageShape, name: string): readonly [string, Field<unknown>] | undefined {
  const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (known) {
    return [name, known];
  }
  if (!name.includes('_')) {
    return undefined;
  }
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const field = Object.hasOwn(fields, camel) ? fields[camel] : undefined;
  return field && [camel, field];
}
