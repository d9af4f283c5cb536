import type { JsonValue } from '../../cel';
import type { PolicyIssueCode } from '../issues';
import type { Span, YamlAlias, YamlEntry, YamlMap, YamlNode, YamlScalar } from '../yaml/node';
import { closest } from './closest';
import type { Field, Located, MessageShape, Shape, TextShape, Type } from './schema';
import { isTimestamp } from './timestamp';

/** A mistake in a document, in offsets. */
export interface DecodeIssue {
  readonly code: PolicyIssueCode;
  readonly message: string;
  readonly span: Span;
  readonly mark: number;
  /** Present exactly if the binary gives a position for this mistake. */
  readonly path?: string;
}

/** Values expanded from aliases count against this, so that a few lines cannot stand for billions of values. */
const maxValues = 200_000;

/**
 * Reads a document as a type, with everything in it that makes sense; what does not is an issue. Follows the binary's
 * reader (`internal/parser`): names in camel or snake case, merge keys below own keys, numbers and booleans as text.
 */
export function decode<T>(
  root: YamlNode,
  type: Type<T>,
): { value: T | undefined; issues: readonly DecodeIssue[] } {
  const decoder = new Decoder();
  const value = decoder.value(root, type.shape, { path: '$', span: root, mark: root.mark });
  return { value: value === broken ? undefined : (value as T), issues: decoder.issues };
}

/** Where a value belongs: what mistakes about it are pinned to. */
interface Place {
  readonly path: string;
  readonly span: Span;
  /** Where the binary places the field: its key, or the item of a list. */
  readonly mark: number;
}

/** What a value that makes no sense is read as. */
const broken = Symbol('broken');
type Broken = typeof broken;

type DecodedMessage = Record<string, Located<unknown> | undefined>;

class Decoder {
  readonly issues: DecodeIssue[] = [];
  #budget = maxValues;

  value(node: YamlNode, shape: Shape, place: Place): unknown {
    if (--this.#budget < 0) return this.#exhausted(place);
    const resolved = this.#resolve(node, place);
    if (resolved === broken) return broken;
    switch (shape.kind) {
      case 'lazy':
        return this.value(resolved, shape.shape(), place);
      case 'text':
        return this.#text(resolved, shape, place);
      case 'enum':
        return this.#enum(resolved, shape, place);
      case 'boolean':
        return this.#boolean(resolved, place);
      case 'integer':
        return this.#integer(resolved, place);
      case 'timestamp':
        return this.#timestamp(resolved, place);
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

  #report(code: PolicyIssueCode, message: string, at: Place, positioned = true): Broken {
    const { span, mark, path } = at;
    this.issues.push({ code, message, span, mark, ...(positioned && { path }) });
    return broken;
  }

  #exhausted(place: Place): Broken {
    if (this.#budget < -1) return broken;
    return this.#report(
      'too-large',
      `the document stands for more than ${maxValues} values; use fewer aliases`,
      place,
      false,
    );
  }

  #resolve(node: YamlNode, place: Place): Exclude<YamlNode, YamlAlias> | Broken {
    let current = node;
    while (current.kind === 'alias') {
      if (current.target === undefined) {
        return this.#report('unknown-anchor', `unknown anchor "${current.name}"`, at(place, current));
      }
      current = current.target;
    }
    return current;
  }

  #wrongType(wanted: string, got: YamlNode, place: Place): Broken {
    return this.#report('wrong-type', `expected ${wanted} got ${typeName(got)}`, at(place, got));
  }

  #text(node: YamlNode, shape: TextShape, place: Place): string | Broken {
    const value = node.kind === 'scalar' ? scalarText(node) : undefined;
    if (value === undefined) return this.#wrongType('string value', node, place);
    const { pattern, minLength, equals } = shape;
    const label = place.path.slice(2);
    if (equals !== undefined && value !== equals) {
      this.#report('invalid-value', `${label}: must equal \`${equals}\``, { ...place, span: node });
    }
    if (pattern && !pattern.matches(value)) {
      const message = `${label}: does not match regex pattern \`${pattern.source}\``;
      this.#report('invalid-value', message, { ...place, span: node });
    } else if (minLength !== undefined && Array.from(value).length < minLength) {
      this.#report('invalid-value', `${label}: must be at least ${minLength} characters`, {
        ...place,
        span: node,
      });
    }
    return value;
  }

  #enum(node: YamlNode, shape: Extract<Shape, { kind: 'enum' }>, place: Place): string | Broken {
    if (node.kind !== 'scalar') return this.#report('invalid-value', 'invalid enum value', at(place, node));
    const { names, allowed = names } = shape;
    const name = node.type === 'String' ? String(node.value) : names[Number(node.value ?? 0)];
    if (name === undefined || !names.includes(name)) {
      const near = closest(String(node.value), allowed);
      const hint = near === undefined ? '' : `; did you mean ${near}?`;
      return this.#report(
        'invalid-value',
        `invalid enum value "${String(node.value)}"${hint}`,
        at(place, node),
      );
    }
    if (allowed.includes(name)) return name;
    const message = `${place.path.slice(2)}: must be one of [${[...allowed].sort().join(', ')}]`;
    return this.#report('invalid-value', message, { ...place, span: node });
  }

  #boolean(node: YamlNode, place: Place): boolean | Broken {
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
    return this.#wrongType('boolean value', node, place);
  }

  #integer(node: YamlNode, place: Place): bigint | Broken {
    if (node.kind === 'scalar' && typeof node.value === 'bigint' && node.value >= 0n) return node.value;
    if (node.kind === 'scalar' && typeof node.value === 'string' && /^\d{1,20}$/.test(node.value)) {
      return BigInt(node.value);
    }
    return this.#report('wrong-type', `unexpected ${typeName(node)}`, at(place, node));
  }

  #timestamp(node: YamlNode, place: Place): string | Broken {
    if (node.kind !== 'scalar' || node.type !== 'String') return this.#wrongType('string', node, place);
    const value = String(node.value);
    if (isTimestamp(value)) return value;
    return this.#report('invalid-value', `invalid timestamp value "${value}": use RFC 3339`, at(place, node));
  }

  #json(node: YamlNode, place: Place): JsonValue | Broken {
    if (--this.#budget < 0) return this.#exhausted(place);
    const resolved = this.#resolve(node, place);
    if (resolved === broken) return broken;
    switch (resolved.kind) {
      case 'scalar':
        if (resolved.type === 'Infinity' || resolved.type === 'Nan') {
          return this.#report('wrong-type', `unexpected ${resolved.type}`, at(place, resolved));
        }
        return typeof resolved.value === 'bigint' ? Number(resolved.value) : resolved.value;
      case 'sequence':
        return resolved.items.map((item, index) => {
          const inner = { path: `${place.path}[${index}]`, span: item, mark: item.mark };
          return orNull(this.#json(item, inner));
        });
      case 'map': {
        const object = Object.create(null) as Record<string, JsonValue>;
        for (const entries of this.#merged(resolved, place)) {
          for (const { key, value } of entries) {
            const name = this.#key(key, place, 'unexpected key type');
            if (name === broken) continue;
            const inner = { path: `${place.path}.${name}`, span: value, mark: value.mark };
            object[name] = orNull(this.#json(value, inner));
          }
        }
        return object;
      }
    }
  }

  #list(node: YamlNode, resolved: YamlNode, item: Shape, place: Place): readonly Located<unknown>[] | Broken {
    if (resolved.kind !== 'sequence') {
      return this.#report('wrong-type', `expected sequence got ${typeName(resolved)}`, at(place, node));
    }
    const items: Located<unknown>[] = [];
    for (const [index, each] of resolved.items.entries()) {
      const path = `${place.path}[${index}]`;
      const value = this.value(each, item, { path, span: each, mark: each.mark });
      if (value !== broken) items.push({ value, span: spanOf(each), mark: each.mark, path });
    }
    return items;
  }

  #map(
    node: YamlNode,
    resolved: YamlNode,
    shape: Extract<Shape, { kind: 'map' }>,
    place: Place,
  ): ReadonlyMap<string, Located<unknown>> | Broken {
    if (resolved.kind !== 'map') {
      return this.#report('wrong-type', `expected map got ${typeName(resolved)}`, at(place, node));
    }
    const read = new Map<string, Located<unknown>>();
    for (const entries of this.#merged(resolved, place)) {
      for (const { key, value } of entries) {
        const name = this.#key(key, place, 'expected string got');
        if (name === broken) continue;
        const path = `${place.path}.${/^[\w-]+$/.test(name) ? name : `'${name}'`}`;
        if (shape.minKeyLength !== undefined && Array.from(name).length < shape.minKeyLength) {
          const message = `${path.slice(2)}: must be at least ${shape.minKeyLength} characters`;
          this.#report('invalid-key', message, { path, span: key, mark: value.mark });
        }
        const inner = this.value(value, shape.value, { path, span: value, mark: value.mark });
        if (inner === broken) continue;
        read.set(name, { value: inner, span: spanOf(value), key: spanOf(key), mark: value.mark, path });
      }
    }
    return read;
  }

  #message(node: YamlNode, resolved: YamlNode, shape: MessageShape, place: Place): DecodedMessage | Broken {
    if (resolved.kind !== 'map') {
      return this.#report('wrong-type', `expected object got ${typeName(resolved)}`, at(place, node));
    }
    const read = Object.create(null) as DecodedMessage;
    const written = new Set<string>();
    for (const entries of this.#merged(resolved, place)) this.#fields(entries, shape, place, read, written);
    this.#checkMessage(shape, place, resolved, read, written);
    return read;
  }

  #fields(
    entries: readonly YamlEntry[],
    shape: MessageShape,
    place: Place,
    read: DecodedMessage,
    written: Set<string>,
  ): void {
    const seen = new Map<string, string>();
    const chosen = new Map<string, string>();
    for (const { key, value } of entries) {
      const writtenName = this.#key(key, place, 'unexpected key type');
      if (writtenName === broken) continue;
      const found = fieldOf(shape, writtenName);
      const path = `${place.path}.${writtenName}`;
      const here: Place = { path, span: spanOf(key), mark: key.mark };
      if (found === undefined) {
        const near = closest(writtenName, Object.keys(shape.fields));
        this.#report(
          'unknown-key',
          `unknown field "${writtenName}"${near ? `; did you mean "${near}"?` : ''}`,
          here,
        );
        continue;
      }
      const [name, field] = found;
      const before = seen.get(name);
      if (before !== undefined) {
        this.#report('duplicate-key', `duplicate field definition: previous definition at ${before}`, here);
        continue;
      }
      seen.set(name, writtenName);
      if (field.oneof !== undefined) {
        const other = chosen.get(field.oneof);
        if (other !== undefined) {
          this.#report('too-many-kinds', `invalid value: oneof field is already set by "${other}"`, here);
          continue;
        }
        chosen.set(field.oneof, name);
      }
      written.add(name);
      const inner = this.value(value, field.type.shape, here);
      if (inner === broken) read[name] = undefined;
      else read[name] = { value: inner, span: spanOf(value), key: spanOf(key), mark: key.mark, path };
    }
  }

  #checkMessage(
    shape: MessageShape,
    place: Place,
    node: YamlMap,
    read: DecodedMessage,
    written: ReadonlySet<string>,
  ): void {
    const prefix = place.path === '$' ? '' : `${place.path.slice(2)}.`;
    const here: Place = {
      ...place,
      span: place.path === '$' ? { start: node.start, end: node.start } : place.span,
    };
    for (const [name, field] of Object.entries(shape.fields)) {
      const value = read[name];
      if (field.required && (value === undefined ? !written.has(name) : isZero(value.value))) {
        const where = value ? { path: value.path, span: value.key ?? value.span, mark: value.mark } : here;
        this.#dropFormIssues(value?.path);
        this.#report('missing-value', `${prefix}${name}: value is required`, where, value !== undefined);
      } else if (field.unique && value && repeats(value.value)) {
        this.#reportRepeated(`${prefix}${name}: repeated value must contain unique items`, value);
      }
    }
    for (const oneof of shape.oneofs) {
      const fields = Object.entries(shape.fields).filter(([, each]) => each.oneof === oneof);
      if (fields.some(([name]) => written.has(name))) continue;
      const names = fields.map(([name]) => name).join(', ');
      const message = `${prefix}${oneof}: exactly one field is required in oneof (${names})`;
      this.#report('missing-kind', message, here, false);
    }
    for (const rule of shape.rules) {
      if (rule.holds(read)) continue;
      const label = place.path === '$' ? '' : `${place.path.slice(2)}: `;
      this.#report('invalid-value', `${label}${rule.message}`, here);
    }
  }

  /** A required value that is empty is reported as that, not also for its form. */
  #dropFormIssues(path: string | undefined): void {
    const index = this.issues.findIndex((issue) => issue.path === path && issue.code === 'invalid-value');
    if (path !== undefined && index >= 0) this.issues.splice(index, 1);
  }

  #reportRepeated(message: string, list: Located<unknown>): void {
    const seen = new Set<unknown>();
    for (const item of list.value as readonly Located<unknown>[]) {
      if (seen.has(item.value)) {
        this.#report('duplicate-item', message, { path: list.path, span: item.span, mark: list.mark });
        return;
      }
      seen.add(item.value);
    }
  }

  /** A map's entries: first those of merged maps, so that the map's own win. */
  #merged(map: YamlMap, place: Place, depth = 0): readonly (readonly YamlEntry[])[] {
    const merges = map.entries.filter(isMerge);
    if (merges.length === 0) return [map.entries];
    const groups: (readonly YamlEntry[])[] = [];
    for (const { value } of merges) {
      if (--this.#budget < 0 || depth > 50) {
        this.#exhausted(place);
        continue;
      }
      const merged = this.#resolve(value, place);
      if (merged === broken) continue;
      if (merged.kind === 'map') groups.push(...this.#merged(merged, place, depth + 1));
      else this.#report('wrong-type', `expected map alias got ${typeName(merged)}`, at(place, value));
    }
    return [...groups, map.entries.filter((entry) => !isMerge(entry))];
  }

  #key(key: YamlNode, place: Place, complaint: string): string | Broken {
    if (key.kind === 'scalar' && key.type === 'String') return String(key.value);
    return this.#report('invalid-key', `${complaint} ${typeName(key)}; put it in quotes`, at(place, key));
  }
}

function orNull(value: JsonValue | Broken): JsonValue {
  return value === broken ? null : value;
}

function at(place: Place, node: YamlNode): Place {
  return { path: place.path, span: spanOf(node), mark: node.mark };
}

function spanOf(node: Span): Span {
  return { start: node.start, end: node.end };
}

function isMerge({ key }: YamlEntry): boolean {
  return key.kind === 'scalar' && key.style === 'plain' && key.value === '<<';
}

/** A field by its name in JSON or in the protocol's own snake case. */
function fieldOf(shape: MessageShape, name: string): readonly [string, Field<unknown>] | undefined {
  const camel = name.includes('_')
    ? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    : name;
  for (const candidate of [name, camel]) {
    if (Object.hasOwn(shape.fields, candidate)) {
      const field = shape.fields[candidate];
      if (field) return [candidate, field];
    }
  }
  return undefined;
}

function scalarText(node: YamlScalar): string | undefined {
  switch (node.type) {
    case 'String':
    case 'Literal':
    case 'Integer':
      return String(node.value);
    case 'Null':
      return '';
    case 'Bool':
      return node.text;
    case 'Float':
    case 'Infinity':
    case 'Nan':
      return undefined;
  }
}

function typeName(node: YamlNode): string {
  switch (node.kind) {
    case 'scalar':
      return node.type;
    case 'map':
      return 'Mapping';
    case 'sequence':
      return 'Sequence';
    case 'alias':
      return 'Alias';
  }
}

/** Whether a value is its type's zero, which "required" does not tell from a missing one. */
function isZero(value: unknown): boolean {
  if (value === '' || value === false || value === 'EFFECT_UNSPECIFIED') return true;
  if (Array.isArray(value)) return value.length === 0;
  return value instanceof Map && value.size === 0;
}

function repeats(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const values = (value as readonly Located<unknown>[]).map((each) => each.value);
  return new Set(values).size < values.length;
}
