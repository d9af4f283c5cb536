import draft4 from 'ajv-6/lib/refs/json-schema-draft-04.json';
import draft6 from 'ajv/dist/refs/json-schema-draft-06.json';
import draft7 from 'ajv/dist/refs/json-schema-draft-07.json';
import schema2019 from 'ajv/dist/refs/json-schema-2019-09/schema.json';
import applicator2019 from 'ajv/dist/refs/json-schema-2019-09/meta/applicator.json';
import content2019 from 'ajv/dist/refs/json-schema-2019-09/meta/content.json';
import core2019 from 'ajv/dist/refs/json-schema-2019-09/meta/core.json';
import format2019 from 'ajv/dist/refs/json-schema-2019-09/meta/format.json';
import metaData2019 from 'ajv/dist/refs/json-schema-2019-09/meta/meta-data.json';
import validation2019 from 'ajv/dist/refs/json-schema-2019-09/meta/validation.json';
import schema2020 from 'ajv/dist/refs/json-schema-2020-12/schema.json';
import applicator2020 from 'ajv/dist/refs/json-schema-2020-12/meta/applicator.json';
import content2020 from 'ajv/dist/refs/json-schema-2020-12/meta/content.json';
import core2020 from 'ajv/dist/refs/json-schema-2020-12/meta/core.json';
import formatAnnotation2020 from 'ajv/dist/refs/json-schema-2020-12/meta/format-annotation.json';
import metaData2020 from 'ajv/dist/refs/json-schema-2020-12/meta/meta-data.json';
import unevaluated2020 from 'ajv/dist/refs/json-schema-2020-12/meta/unevaluated.json';
import validation2020 from 'ajv/dist/refs/json-schema-2020-12/meta/validation.json';
import { SchemaCompiler, SchemaFailure } from './compiler';
import { JsonProblem, readJson } from './json/json';
import type { JsonNode } from './json/json';
import type { Draft } from './documents/keywords';
import { Resource } from './documents/resource';
import type { Schema } from './schema';

/** The drafts' metaschemas and their vocabularies, as json-schema.org publishes them, by the URLs that they are known by. */
const texts: ReadonlyMap<string, object> = new Map<string, object>([
  [withoutFragment(draft4.id), draft4],
  ...[
    draft6,
    draft7,
    schema2019,
    applicator2019,
    content2019,
    core2019,
    format2019,
    metaData2019,
    validation2019,
    schema2020,
    applicator2020,
    content2020,
    core2020,
    formatAnnotation2020,
    metaData2020,
    unevaluated2020,
    validation2020,
  ].map((each): [string, object] => [withoutFragment(each.$id), each]),
]);

const urls: Readonly<Record<Draft, string>> = {
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
  if (!node) {
    throw new SchemaFailure(`${url} is no part of a metaschema`);
  }
  return new Resource(url, node, url.includes('/2019-09/') ? 2019 : draftAt(url), undefined);
}

function draftAt(url: string): Draft {
  const older = ([4, 6, 7] as const).find((draft) => urls[draft] === url);
  return older ?? 2020;
}

function nodeAt(url: string): JsonNode | undefined {
  const known = nodes.get(url);
  if (known) {
    return known;
  }
  const text = texts.get(url);
  if (!text) {
    return undefined;
  }
  const node = readJson(JSON.stringify(text));
  if (node instanceof JsonProblem) {
    return undefined;
  }
  nodes.set(url, node);
  return node;
}

function withoutFragment(url: string): string {
  return url.replace(/#$/, '');
}
