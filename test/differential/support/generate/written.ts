// Policies as text: the same data in each of the forms that people write it in.
import { isDeepStrictEqual } from 'node:util';
import { Document, visit } from 'yaml';
import type { CreateNodeOptions, DocumentOptions, ToStringOptions } from 'yaml';
import type { JsonObject, JsonValue, PolicyFile } from '../../../../server/policy';
import type { Feature } from './features';

export const forms = ['block', 'flow', 'json', 'anchors', 'merge'] as const;
export type Form = (typeof forms)[number];

/** A policy as plain data, the name of its file without the ending, and how it is written. */
export interface GeneratedPolicy {
  readonly path: string;
  readonly policy: JsonObject;
  readonly form: Form;
}

/** The files that both engines read. */
export function filesOf(policies: readonly GeneratedPolicy[]): readonly PolicyFile[] {
  return policies.map(fileOf);
}

function fileOf({ path, policy, form }: GeneratedPolicy): PolicyFile {
  switch (form) {
    case 'json':
      return { path: `${path}.json`, text: JSON.stringify(policy, undefined, 2) };
    case 'flow':
      // `cerbos 0.55` takes each colon inside of a flow mapping for the end of a key, unless it is quoted.
      return {
        path: `${path}.yml`,
        text: yamlText(policy, { collectionStyle: 'flow', defaultStringType: 'QUOTE_DOUBLE' }),
      };
    case 'anchors':
      return { path: `${path}.yaml`, text: yamlText(new Sharing().share(policy)) };
    case 'merge':
      return { path: `${path}.yaml`, text: yamlText(withMergeKeys(policy)) };
    case 'block':
      return { path: `${path}.yaml`, text: yamlText(policy, { aliasDuplicateObjects: false }) };
  }
}

function yamlText(
  policy: JsonValue,
  options: DocumentOptions & CreateNodeOptions & ToStringOptions = {},
): string {
  const document = new Document(policy, options);
  visit(document, {
    Scalar: (_, node) => {
      // `cerbos 0.55` leaves tabs out of unquoted text.
      if (typeof node.value === 'string' && node.value.includes('\t')) {
        node.type = 'QUOTE_DOUBLE';
      }
    },
  });
  return document.toString(options);
}

/** The features of form that a policy's text really has. */
export function formFeatures(policy: GeneratedPolicy): readonly Feature[] {
  const { text } = fileOf(policy);
  if (policy.form === 'json') {
    return ['policy in JSON'];
  }
  if (policy.form === 'flow') {
    return ['policy in flow style'];
  }
  const found: Feature[] = [];
  if (/ \*a\d/.test(text)) {
    found.push('policy with anchors');
  }
  if (text.includes('<<:')) {
    found.push('policy with merge keys');
  }
  return found;
}

/** Makes equal parts one object, which YAML writes once and then refers to. */
class Sharing {
  readonly #known = new Map<string, JsonValue>();

  share(value: JsonValue): JsonValue {
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const text = JSON.stringify(value);
    const known = this.#known.get(text);
    if (known !== undefined) {
      return known;
    }
    const copy = Array.isArray(value)
      ? (value as readonly JsonValue[]).map((each) => this.share(each))
      : Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.share(each)]));
    if (Object.keys(copy).length > 0) {
      this.#known.set(text, copy);
    }
    return copy;
  }
}

/** Writes a rule as an earlier one with changes, wherever it has everything that the earlier one has. */
function withMergeKeys(policy: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(policy).map(([name, body]) => {
      if (!isObject(body) || !Array.isArray(body['rules'])) {
        return [name, body];
      }
      return [name, { ...body, rules: merged(body['rules'] as readonly JsonObject[]) }];
    }),
  );
}

function merged(rules: readonly JsonObject[]): JsonObject[] {
  const written: JsonObject[] = [];
  for (const rule of rules) {
    const base = rules
      .slice(0, written.length)
      .findIndex((earlier) => Object.keys(earlier).every((key) => Object.hasOwn(rule, key)));
    const [earlier, target] = [rules[base], written[base]];
    if (!earlier || !target) {
      written.push(rule);
    } else {
      const changes = Object.entries(rule).filter(([key, value]) => !isDeepStrictEqual(value, earlier[key]));
      written.push({ '<<': target, ...Object.fromEntries(changes) });
    }
  }
  return written;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
