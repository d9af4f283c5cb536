import { itemChecks, arrayLimitChecks, containsCheck, unevaluatedItemsCheck } from './checks/arrays';
import { anyValueChecks } from './checks/any-value';
import { combiningChecks, conditionalCheck } from './checks/combining';
import { numberChecks } from './checks/numbers';
import {
  dependencyChecks,
  objectLimitChecks,
  propertyChecks,
  unevaluatedPropertiesCheck,
} from './checks/objects';
import { contentCheck, stringChecks } from './checks/strings';
import type { JsonNode } from './json/json';
import type { KeywordReader, LooksAt } from './keyword-reader';
import { draftOf, formOf } from './documents/keywords';
import type { Draft } from './documents/keywords';
import { resolveReference, splitFragment } from './documents/reference';
import { textAt } from './documents/resource';
import type { LocatedSchema, Resource } from './documents/resource';
import type { Check, Schema } from './schema';
import { schemasIn } from './documents/subschemas';
import type { Subschema } from './documents/subschemas';

/** Why a schema cannot be used. */
export class SchemaFailure extends Error {
  /** The URL of the file at fault, and the value in it, where it is in a file. */
  readonly at: { readonly resource: string; readonly node: JsonNode } | undefined;

  constructor(message: string, at?: SchemaFailure['at']) {
    super(message);
    this.at = at;
  }
}

/** A schema is elsewhere, where it would have to be fetched from. */
export class ElsewhereFailure extends SchemaFailure {}

/** Loads the file that a URL, which has no fragment, means; throws a {@link SchemaFailure} if it cannot. */
type LoadResource = (url: string) => Resource;

interface CompilerParts {
  readonly load: LoadResource;
  /** The metaschema of a draft, for those that refer to it; the metaschemas' own compiler has none. */
  readonly metaschema?: (draft: Draft) => Schema;
}

/** Compiles schemas, with all that they refer to. What several refer to is compiled once. */
export class SchemaCompiler {
  readonly #parts: CompilerParts;
  readonly #compiled = new Map<JsonNode, Schema>();

  constructor(parts: CompilerParts) {
    this.#parts = parts;
  }

  /**
   * Compiles the schema at a URL.
   * @throws {@link SchemaFailure}
   */
  compile(url: string): Schema {
    return this.#atUrl(url, []);
  }

  #atUrl(url: string, stack: readonly Schema[]): Schema {
    const draft = draftOf(url);
    const metaschema = draft && this.#parts.metaschema?.(draft);
    if (metaschema) {
      return metaschema;
    }
    const [file, fragment] = splitFragment(url);
    const resource = this.#parts.load(file);
    return this.#referenced(resource, resource.root, fragment === '' ? '' : `#${fragment}`, stack);
  }

  #referenced(resource: Resource, from: LocatedSchema, reference: string, stack: readonly Schema[]): Schema {
    const [relative, fragment] = splitFragment(reference);
    const [url] = splitFragment(resolveReference(from.base, relative));
    const target = resource.withUrl(url);
    if (!target) {
      return this.#atUrl(`${url}#${fragment}`, stack);
    }
    // `cerbos 0.55` does so too; it decides which cycles are found now and which when they are met.
    if (!this.#compiled.has(resource.root.node)) {
      this.#at(resource, resource.root, []);
    }
    const place = resource.resolve(target, fragment);
    if (!place) {
      throw new SchemaFailure(`${url}#${fragment} does not exist`, {
        resource: resource.url,
        node: from.node,
      });
    }
    return this.#at(resource, place, stack);
  }

  #at(resource: Resource, place: LocatedSchema, stack: readonly Schema[]): Schema {
    const known = this.#compiled.get(place.node);
    if (known) {
      if (!stack.includes(known)) {
        return known;
      }
      throw new SchemaFailure(`${known.location} refers to itself without end`, {
        resource: resource.url,
        node: place.node,
      });
    }
    const { node } = place;
    const schema: Schema = {
      location: `${resource.url}#${place.pointer}`,
      checks: [],
      recursiveAnchor: flagAt(node, '$recursiveAnchor'),
      dynamicAnchor: textAt(node, '$dynamicAnchor'),
      dynamicAnchors: [],
    };
    this.#compiled.set(node, schema);
    if (resource.draft >= 2020) {
      schema.dynamicAnchors = resource.dynamicAnchorsIn(place).map((each) => this.#at(resource, each, []));
    }
    if (node.kind === 'boolean') {
      schema.always = node.value;
    } else {
      this.#fill(schema, resource, place, [...stack, schema]);
    }
    return schema;
  }

  #fill(schema: Schema, resource: Resource, place: LocatedSchema, stack: readonly Schema[]): void {
    const reader = new Reader(resource, place, (inner, looksAt) =>
      this.#at(resource, inner, looksAt === 'same' ? stack : []),
    );
    const references = this.#references(resource, place, reader, stack);
    if (resource.draft < 2019 && reader.node('$ref')) {
      // Up to draft 7 a reference makes everything beside it meaningless.
      schema.checks = references;
      return;
    }
    const { vocabularies: only } = resource;
    const has = (name: string): boolean => resource.draft < 2019 || only?.has(name) !== false;
    const [validates, applies] = [has('validation'), has('applicator')];
    const evaluates = resource.draft >= 2019 && has(resource.draft === 2019 ? 'applicator' : 'unevaluated');
    const types = validates ? typesOf(reader.node('type')) : undefined;
    if (types) {
      schema.types = types;
    }
    const combining = applies ? combiningChecks(reader) : [];
    const checks: readonly (Check | undefined)[] = [
      ...anyValueChecks(reader, validates),
      ...(validates ? [...objectLimitChecks(reader), ...arrayLimitChecks(reader)] : []),
      ...(applies ? propertyChecks(reader) : []),
      ...dependencyChecks(reader, validates, applies),
      ...(applies ? itemChecks(reader) : []),
      applies ? containsCheck(reader, validates, evaluates && resource.draft >= 2020) : undefined,
      ...(validates ? [...stringChecks(reader), ...numberChecks(reader)] : []),
      contentCheck(reader),
      ...references,
      ...combining,
      applies ? conditionalCheck(reader) : undefined,
      evaluates ? unevaluatedPropertiesCheck(reader) : undefined,
      evaluates ? unevaluatedItemsCheck(reader) : undefined,
    ];
    schema.checks = checks.filter((check) => check !== undefined);
  }

  #references(
    resource: Resource,
    place: LocatedSchema,
    reader: Reader,
    stack: readonly Schema[],
  ): readonly Check[] {
    const checks: Check[] = [];
    const target = (keyword: string): Schema | undefined => {
      const reference = reader.text(keyword);
      return reference === undefined ? undefined : this.#referenced(resource, place, reference, stack);
    };
    const plain = target('$ref');
    if (plain) {
      checks.push((visit) => visit.add(visit.same(plain)));
    }
    if (resource.draft < 2019) {
      return checks;
    }
    const recursive = target('$recursiveRef');
    if (recursive) {
      checks.push((visit) => visit.add(visit.same(visit.recursiveTarget(recursive))));
    }
    if (resource.draft < 2020) {
      return checks;
    }
    const dynamic = target('$dynamicRef');
    const [, anchor] = splitFragment(reader.text('$dynamicRef') ?? '');
    if (dynamic) {
      checks.push((visit) => {
        const found =
          anchor === '' || anchor.startsWith('/') ? dynamic : visit.dynamicTarget(dynamic, anchor);
        visit.add(visit.same(found));
      });
    }
    return checks;
  }
}

class Reader implements KeywordReader {
  readonly #resource: Resource;
  readonly #place: LocatedSchema;
  readonly #compile: (place: LocatedSchema, looksAt: LooksAt) => Schema;

  constructor(
    resource: Resource,
    place: LocatedSchema,
    compile: (place: LocatedSchema, looksAt: LooksAt) => Schema,
  ) {
    this.#resource = resource;
    this.#place = place;
    this.#compile = compile;
  }

  get draft(): Resource['draft'] {
    return this.#resource.draft;
  }

  node(keyword: string): JsonNode | undefined {
    const { node } = this.#place;
    return node.kind === 'object' && this.#knows(keyword) ? node.entries.get(keyword) : undefined;
  }

  text(keyword: string): string | undefined {
    const node = this.node(keyword);
    return node?.kind === 'string' ? node.value : undefined;
  }

  number(keyword: string): string | undefined {
    const node = this.node(keyword);
    return node?.kind === 'number' ? node.text : undefined;
  }

  flag(keyword: string): boolean | undefined {
    const node = this.node(keyword);
    return node?.kind === 'boolean' ? node.value : undefined;
  }

  names(keyword: string): readonly string[] | undefined {
    const node = this.node(keyword);
    if (node?.kind !== 'array') {
      return undefined;
    }
    return node.items.flatMap((item) => (item.kind === 'string' ? [item.value] : []));
  }

  count(keyword: string): number | undefined {
    const text = this.number(keyword);
    return text === undefined ? undefined : Number(text);
  }

  schema(keyword: string, looksAt: LooksAt): Schema | undefined {
    return this.#schemas(keyword, looksAt)[0]?.[1];
  }

  schemas(keyword: string, looksAt: LooksAt): readonly Schema[] | undefined {
    if (this.node(keyword)?.kind !== 'array') {
      return undefined;
    }
    return this.#schemas(keyword, looksAt).map(([, schema]) => schema);
  }

  schemasByName(keyword: string, looksAt: LooksAt): readonly (readonly [string, Schema])[] {
    const node = this.node(keyword);
    if (node?.kind !== 'object') {
      return [];
    }
    const names = new Map([...node.entries].map(([name, each]) => [each, name]));
    return this.#schemas(keyword, looksAt).map(([inner, schema]) => [names.get(inner.node) ?? '', schema]);
  }

  #schemas(keyword: string, looksAt: LooksAt): readonly (readonly [Subschema, Schema])[] {
    const form = formOf(keyword, this.draft);
    const node = this.node(keyword);
    if (form === undefined || !node) {
      return [];
    }
    return schemasIn(form, keyword, node).flatMap((inner): readonly (readonly [Subschema, Schema])[] => {
      const place = this.#resource.resolve(this.#place, `/${inner.pointer}`);
      return place ? [[inner, this.#compile(place, looksAt)]] : [];
    });
  }

  #knows(keyword: string): boolean {
    return formOf(keyword, this.draft) !== undefined;
  }
}

function flagAt(node: JsonNode, keyword: string): boolean {
  const value = node.kind === 'object' ? node.entries.get(keyword) : undefined;
  return value?.kind === 'boolean' && value.value;
}

function typesOf(node: JsonNode | undefined): readonly string[] | undefined {
  if (node?.kind === 'string') {
    return [node.value];
  }
  if (node?.kind !== 'array') {
    return undefined;
  }
  return node.items.flatMap((item) => (item.kind === 'string' ? [item.value] : []));
}
