import { SchemaCompiler, SchemaFailure } from './compiler';
import { JsonProblem, readJson } from './json';
import type { JsonNode } from './json';
import type { Draft } from './keywords';
import texts from './metaschemas.json';
import { Resource } from './resource';
import type { Schema } from './schema';

/** The drafts' metaschemas, as json-schema.org publishes them. */
const urls: Readonly<Record<Draft, keyof typeof texts>> = {
  4: 'http://json-schema.org/draft-04/schema',
  6: 'http://json-schema.org/draft-06/schema',
  7: 'http://json-schema.org/draft-07/schema',
  2019: 'https://json-schema.org/draft/2019-09/schema',
  2020: 'https://json-schema.org/draft/2020-12/schema',
};

const nodes = new Map<string, JsonNode>();

const compiler = new SchemaCompiler({ load: resourceAt });

/** The schema that schemas of a draft are valid by. */
export function metaschemaOf(draft: Draft): Schema {
  return compiler.compile(urls[draft]);
}

/** A part of a metaschema that has a URL of its own, such as `https://json-schema.org/draft/2020-12/meta/core`. */
export function vocabularyAt(url: string): JsonNode | undefined {
  return url.includes('/meta/') ? nodeAt(url) : undefined;
}

function resourceAt(url: string): Resource {
  const node = nodeAt(url);
  if (!node) throw new SchemaFailure(`${url} is no part of a metaschema`);
  return new Resource(url, node, url.includes('/2019-09/') ? 2019 : draftAt(url), undefined);
}

function draftAt(url: string): Draft {
  const older = ([4, 6, 7] as const).find((draft) => urls[draft] === url);
  return older ?? 2020;
}

function nodeAt(url: string): JsonNode | undefined {
  const known = nodes.get(url);
  if (known) return known;
  if (!Object.hasOwn(texts, url)) return undefined;
  const node = readJson(JSON.stringify(texts[url as keyof typeof texts]));
  if (node instanceof JsonProblem) return undefined;
  nodes.set(url, node);
  return node;
}
