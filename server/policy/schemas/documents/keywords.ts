/** The drafts of JSON Schema, by the number that they are told apart by. */
export type Draft = 4 | 6 | 7 | 2019 | 2020;

/** The form that a keyword's value must have. */
export type Form =
  | 'any'
  | 'text'
  | 'boolean'
  | 'number'
  /** Greater than zero. */
  | 'positive'
  /** A whole number, zero or more. */
  | 'count'
  | 'uri'
  | 'uri-reference'
  /** A reference without a fragment. */
  | 'id'
  | 'anchor'
  | 'old-anchor'
  | 'pattern'
  | 'types'
  | 'list'
  /** Not empty, no item twice. */
  | 'set'
  | 'names'
  | 'names-by-name'
  | 'vocabularies'
  | 'schema'
  | 'schema-or-boolean'
  /** Not empty. */
  | 'schemas'
  | 'schema-or-schemas'
  | 'schemas-by-name'
  | 'schemas-by-pattern'
  /** By name, each a schema or a list of names. */
  | 'dependencies';

interface Span {
  readonly form: Form;
  readonly from?: Draft;
  readonly to?: Draft;
}

/** The forms of keywords by draft, from the drafts' metaschemas. A keyword that is not listed may hold anything. */
const keywords: Readonly<Record<string, readonly Span[]>> = {
  $schema: [{ form: 'uri' }],
  id: [{ form: 'uri-reference', to: 4 }],
  $id: [
    { form: 'uri-reference', from: 6, to: 7 },
    { form: 'id', from: 2019 },
  ],
  $ref: [
    { form: 'text', to: 4 },
    { form: 'uri-reference', from: 6 },
  ],
  $anchor: [
    { form: 'old-anchor', from: 2019, to: 2019 },
    { form: 'anchor', from: 2020 },
  ],
  $dynamicAnchor: [{ form: 'anchor', from: 2020 }],
  $dynamicRef: [{ form: 'uri-reference', from: 2020 }],
  $recursiveRef: [{ form: 'uri-reference', from: 2019 }],
  $recursiveAnchor: [
    { form: 'boolean', from: 2019, to: 2019 },
    { form: 'anchor', from: 2020 },
  ],
  $vocabulary: [{ form: 'vocabularies', from: 2019 }],
  $comment: [{ form: 'text', from: 7 }],
  title: [{ form: 'text' }],
  description: [{ form: 'text' }],
  deprecated: [{ form: 'boolean', from: 2019 }],
  readOnly: [{ form: 'boolean', from: 7 }],
  writeOnly: [{ form: 'boolean', from: 7 }],
  examples: [{ form: 'list', from: 7 }],
  $defs: [{ form: 'schemas-by-name', from: 2019 }],
  definitions: [{ form: 'schemas-by-name' }],

  type: [{ form: 'types' }],
  enum: [
    { form: 'set', to: 7 },
    { form: 'list', from: 2019 },
  ],
  const: [{ form: 'any', from: 6 }],
  format: [{ form: 'text' }],
  not: [{ form: 'schema' }],
  allOf: [{ form: 'schemas' }],
  anyOf: [{ form: 'schemas' }],
  oneOf: [{ form: 'schemas' }],
  if: [{ form: 'schema', from: 7 }],
  then: [{ form: 'schema', from: 7 }],
  else: [{ form: 'schema', from: 7 }],

  multipleOf: [{ form: 'positive' }],
  minimum: [{ form: 'number' }],
  maximum: [{ form: 'number' }],
  exclusiveMinimum: [
    { form: 'boolean', to: 4 },
    { form: 'number', from: 6 },
  ],
  exclusiveMaximum: [
    { form: 'boolean', to: 4 },
    { form: 'number', from: 6 },
  ],

  minLength: [{ form: 'count' }],
  maxLength: [{ form: 'count' }],
  pattern: [{ form: 'pattern' }],
  contentEncoding: [{ form: 'text', from: 7 }],
  contentMediaType: [{ form: 'text', from: 7 }],
  contentSchema: [{ form: 'schema', from: 7 }],

  minItems: [{ form: 'count' }],
  maxItems: [{ form: 'count' }],
  uniqueItems: [{ form: 'boolean' }],
  items: [
    { form: 'schema-or-schemas', to: 2019 },
    { form: 'schema', from: 2020 },
  ],
  additionalItems: [
    { form: 'schema-or-boolean', to: 4 },
    { form: 'schema', from: 6, to: 2019 },
  ],
  prefixItems: [{ form: 'schemas', from: 2020 }],
  contains: [{ form: 'schema', from: 6 }],
  minContains: [{ form: 'count', from: 2019 }],
  maxContains: [{ form: 'count', from: 2019 }],
  unevaluatedItems: [{ form: 'schema', from: 2019 }],

  minProperties: [{ form: 'count' }],
  maxProperties: [{ form: 'count' }],
  required: [{ form: 'names' }],
  properties: [{ form: 'schemas-by-name' }],
  patternProperties: [{ form: 'schemas-by-pattern' }],
  additionalProperties: [
    { form: 'schema-or-boolean', to: 4 },
    { form: 'schema', from: 6 },
  ],
  propertyNames: [{ form: 'schema', from: 6 }],
  dependencies: [{ form: 'dependencies' }],
  dependentRequired: [{ form: 'names-by-name', from: 2019 }],
  dependentSchemas: [{ form: 'schemas-by-name', from: 2019 }],
  unevaluatedProperties: [{ form: 'schema', from: 2019 }],
};

/** The form of a keyword's value in a draft; undefined if the draft does not know the keyword. */
export function formOf(keyword: string, draft: Draft): Form | undefined {
  const spans = Object.hasOwn(keywords, keyword) ? (keywords[keyword] ?? []) : [];
  return spans.find(({ from = 4, to = 2020 }) => draft >= from && draft <= to)?.form;
}

/** The draft that a `$schema` names; undefined if it is none of the known ones. */
export function draftOf(url: string): Draft | undefined {
  const plain = url.replace(/^https?:\/\/json-schema\.org\//, '').replace(/#\/?$/, '');
  if (plain === url.replace(/#\/?$/, '')) {
    return undefined;
  }
  const drafts: Readonly<Partial<Record<string, Draft>>> = {
    schema: 2020,
    'draft/2020-12/schema': 2020,
    'draft/2019-09/schema': 2019,
    'draft-07/schema': 7,
    'draft-06/schema': 6,
    'draft-04/schema': 4,
  };
  return drafts[plain];
}

/** The keyword that names a schema. */
export function idKeyword(draft: Draft): 'id' | '$id' {
  return draft === 4 ? 'id' : '$id';
}
