import { checkForm } from './check-form';
import type { FormProblem } from './check-form';
import type { JsonNode } from '../json/json';
import { draftOf, idKeyword } from './keywords';
import type { Draft } from './keywords';
import { subschemasOf } from './subschemas';
import type { Subschema } from './subschemas';
import { resolveReference, splitFragment } from './reference';

/** A schema somewhere in a file, with the URL that references in it are relative to. */
export interface LocatedSchema extends Subschema {
  readonly base: string;
}

/** One schema file: every schema in it by its URL, its anchors, and the way to it. */
export class Resource {
  /** The URL in the file's `$id`, or else the one that it was loaded from. */
  readonly url: string;
  readonly root: LocatedSchema;
  readonly draft: Draft;
  readonly problems: readonly FormProblem[];
  /** A URL that two schemas in the file claim. */
  repeatedUrl: string | undefined;
  /** The kinds of keywords that its `$schema` switches on; undefined if all are. */
  readonly vocabularies: ReadonlySet<string> | undefined;
  readonly #bases = new Map<JsonNode, string>();
  readonly #byUrl = new Map<string, LocatedSchema>();
  readonly #anchors = new Map<string, LocatedSchema>();
  readonly #dynamicAnchors: LocatedSchema[] = [];

  constructor(url: string, node: JsonNode, draft: Draft, vocabularies: ReadonlySet<string> | undefined) {
    this.draft = draft;
    this.vocabularies = vocabularies;
    this.problems = checkForm(node, draft);
    this.url = this.#ownUrl(url, node) ?? url;
    this.root = { pointer: '', node, base: this.url };
    this.#byUrl.set(this.url, this.root);
    if (this.problems.length === 0) {
      this.#list(this.root);
    }
  }

  /** Those below or at a place that say `$dynamicAnchor`. */
  dynamicAnchorsIn({ pointer }: LocatedSchema): readonly LocatedSchema[] {
    return this.#dynamicAnchors.filter(
      (each) => each.pointer === pointer || each.pointer.startsWith(`${pointer}/`),
    );
  }

  /** The schema in this file that has this URL, which comes without a fragment. */
  withUrl(url: string): LocatedSchema | undefined {
    return this.#byUrl.get(url);
  }

  /** Resolves a fragment (an anchor or a JSON pointer) from a place on. */
  resolve(from: LocatedSchema, fragment: string): LocatedSchema | undefined {
    if (fragment === '' || fragment === '/') {
      return from;
    }
    if (!fragment.startsWith('/')) {
      return this.#anchors.get(`${from.base}#${fragment}`);
    }
    let { node, base } = from;
    for (const token of fragment.slice(1).split('/')) {
      const inner = step(node, token);
      if (!inner) {
        return undefined;
      }
      node = inner;
      base = this.#bases.get(inner) ?? this.#ownUrl(base, inner) ?? base;
    }
    const place = { pointer: `${from.pointer}${fragment}`, node, base };
    if (!this.#bases.has(node)) {
      this.#list(place);
    }
    return place;
  }

  #list(place: LocatedSchema): void {
    this.#bases.set(place.node, place.base);
    for (const anchor of anchorsOf(place.node, this.draft)) {
      const key = `${place.base}#${anchor}`;
      if (!this.#anchors.has(key)) {
        this.#anchors.set(key, place);
      }
    }
    if (textAt(place.node, '$dynamicAnchor') !== undefined) {
      this.#dynamicAnchors.push(place);
    }
    for (const { pointer, node } of subschemasOf(place.node, this.draft)) {
      const own = this.#ownUrl(place.base, node);
      const inner = { pointer: `${place.pointer}/${pointer}`, node, base: own ?? place.base };
      if (own !== undefined && own !== this.url) {
        if (this.#byUrl.has(own)) {
          this.repeatedUrl = own;
        }
        this.#byUrl.set(own, inner);
      }
      this.#list(inner);
    }
  }

  #ownUrl(base: string, node: JsonNode): string | undefined {
    const id = idOf(node, this.draft);
    const [url] = splitFragment(id ?? '');
    return url === '' ? undefined : resolveReference(base, url);
  }
}

/** The draft that a schema says it is written in, or the URL of the metaschema that it has of its own. */
export function declaredDraft(node: JsonNode): Draft | { readonly metaschema: string } {
  const schema = textAt(node, '$schema');
  return schema === undefined ? 2020 : (draftOf(schema) ?? { metaschema: splitFragment(schema)[0] });
}

/** The vocabularies that a metaschema demands, by their last names; undefined if it lists none. */
export function vocabulariesOf(node: JsonNode): ReadonlySet<string> | undefined {
  const listed = node.kind === 'object' ? node.entries.get('$vocabulary') : undefined;
  if (listed?.kind !== 'object') {
    return undefined;
  }
  const required = [...listed.entries].filter(([, value]) => value.kind !== 'boolean' || value.value);
  return new Set(required.map(([url]) => url.slice(url.lastIndexOf('/') + 1)));
}

/** The text that an object has under a key. */
export function textAt(node: JsonNode, key: string): string | undefined {
  const value = node.kind === 'object' ? node.entries.get(key) : undefined;
  return value?.kind === 'string' ? value.value : undefined;
}

function idOf(node: JsonNode, draft: Draft): string | undefined {
  // Up to draft 7 a reference makes everything beside it meaningless.
  if (draft <= 7 && node.kind === 'object' && node.entries.has('$ref')) {
    return undefined;
  }
  return textAt(node, idKeyword(draft));
}

function anchorsOf(node: JsonNode, draft: Draft): readonly string[] {
  const [, fragment] = splitFragment(idOf(node, draft) ?? '');
  const anchors = [
    fragment,
    draft >= 2019 ? textAt(node, '$anchor') : undefined,
    draft >= 2020 ? textAt(node, '$dynamicAnchor') : undefined,
  ];
  return anchors.filter((anchor) => anchor !== undefined && anchor !== '') as string[];
}

function step(node: JsonNode, token: string): JsonNode | undefined {
  let name: string;
  try {
    name = decodeURIComponent(token.replaceAll('~1', '/').replaceAll('~0', '~'));
  } catch {
    return undefined;
  }
  if (node.kind === 'object') {
    return node.entries.get(name);
  }
  return node.kind === 'array' && /^\d+$/.test(name) ? node.items[Number(name)] : undefined;
}
