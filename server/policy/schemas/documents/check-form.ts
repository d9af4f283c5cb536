import { canonicalNode } from '../json/canonical';
import { Decimal } from '../json/decimal';
import { formats } from '../formats/formats';
import type { JsonNode, JsonObjectNode } from '../json/json';
import { compilePattern } from '../formats/pattern';
import type { Draft, Form } from './keywords';
import { formOf } from './keywords';
import { schemasIn } from './subschemas';

/** Something in a schema that its draft does not allow. */
export interface FormProblem {
  readonly message: string;
  /** Where it is, as a JSON pointer. */
  readonly pointer: string;
  readonly node: JsonNode;
}

/**
 * The errors in the form of a schema and of all schemas in it: those that validation by the draft's metaschema finds.
 */
export function checkForm(node: JsonNode, draft: Draft, pointer = ''): readonly FormProblem[] {
  if (node.kind === 'boolean' && draft > 4) {
    return [];
  }
  if (node.kind !== 'object') {
    const message = draft > 4 ? 'a schema must be an object or a boolean' : 'a schema must be an object';
    return [{ message, pointer, node }];
  }
  const problems: FormProblem[] = [];
  for (const [keyword, value] of node.entries) {
    const form = formOf(keyword, draft);
    if (form === undefined) {
      continue;
    }
    const here = `${pointer}/${keyword}`;
    const wanted = form === 'names' && draft === 4 ? 'some names' : form;
    const message = complaint(wanted, value) ?? missingSibling(keyword, node, draft);
    if (message !== undefined) {
      problems.push({ message: `${keyword} ${message}`, pointer: here, node: value });
    }
    for (const inner of schemasIn(form, here, value)) {
      problems.push(...checkForm(inner.node, draft, inner.pointer));
    }
  }
  return problems;
}

/** Draft 4 has `exclusiveMaximum: true` beside the maximum that it is about. */
function missingSibling(keyword: string, { entries }: JsonObjectNode, draft: Draft): string | undefined {
  const sibling = { exclusiveMinimum: 'minimum', exclusiveMaximum: 'maximum' }[keyword];
  return draft === 4 && sibling !== undefined && !entries.has(sibling) ? `needs ${sibling}` : undefined;
}

const types = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

/** The error of a keyword's value, apart from those of the schemas in it; undefined if there is none. */
function complaint(form: Form | 'some names', value: JsonNode): string | undefined {
  switch (form) {
    case 'any':
    case 'schema':
      return undefined;
    case 'text':
      return expect(value.kind === 'string', 'must be a string');
    case 'boolean':
      return expect(value.kind === 'boolean', 'must be true or false');
    case 'number':
      return expect(value.kind === 'number', 'must be a number');
    case 'positive':
      return expect(value.kind === 'number' && isPositive(value.text), 'must be a number greater than 0');
    case 'count':
      return expect(value.kind === 'number' && isCount(value.text), 'must be a whole number, 0 or more');
    case 'uri':
      return expect(hasFormat('uri', value), 'must be a URI');
    case 'uri-reference':
      return expect(hasFormat('uri-reference', value), 'must be a URI or a reference to one');
    case 'id':
      return expect(
        hasFormat('uri-reference', value) && value.kind === 'string' && /^[^#]*#?$/.test(value.value),
        'must be a URI, or a reference to one, without a fragment',
      );
    case 'anchor':
      return expect(
        value.kind === 'string' && /^[A-Za-z_][-A-Za-z0-9._]*$/.test(value.value),
        'must be a name of letters, digits, "-", "_" and "."',
      );
    case 'old-anchor':
      return expect(
        value.kind === 'string' && /^[A-Za-z][-A-Za-z0-9.:_]*$/.test(value.value),
        'must be a name of letters, digits, "-", "_", ":" and "."',
      );
    case 'pattern':
      return expect(
        value.kind === 'string' && compilePattern(value.value) !== undefined,
        'must be a regular expression (RE2)',
      );
    case 'types':
      return expect(isType(value) || isListOfTypes(value), `must be one or several of ${types.join(', ')}`);
    case 'list':
      return expect(value.kind === 'array', 'must be a list');
    case 'set':
      return expect(
        value.kind === 'array' && value.items.length > 0 && !repeats(value.items),
        'must be a list of different values',
      );
    case 'names':
      return expect(areNames(value), 'must be a list of different strings');
    case 'some names':
      return expect(
        areNames(value) && value.kind === 'array' && value.items.length > 0,
        'must be a list of different strings, one at least',
      );
    case 'names-by-name':
      return expect(allEntries(value, areNames), 'must be an object of lists of different strings');
    case 'vocabularies':
      return expect(
        allEntries(value, ({ kind }) => kind === 'boolean'),
        'must be an object of booleans',
      );
    case 'schema-or-boolean':
      return expect(value.kind === 'object' || value.kind === 'boolean', 'must be a schema, true or false');
    case 'schemas':
      return expect(
        value.kind === 'array' && value.items.length > 0,
        'must be a list of schemas, one at least',
      );
    case 'schema-or-schemas':
      return expect(
        value.kind !== 'array' || value.items.length > 0,
        'must be a schema, or a list of one at least',
      );
    case 'schemas-by-name':
      return expect(value.kind === 'object', 'must be an object of schemas');
    case 'schemas-by-pattern':
      return expect(
        value.kind === 'object' &&
          [...value.entries.keys()].every((key) => compilePattern(key) !== undefined),
        'must be an object of schemas whose keys are regular expressions (RE2)',
      );
    case 'dependencies':
      return expect(
        allEntries(value, (each) => each.kind !== 'array' || areNames(each)),
        'must be an object of schemas and lists of different strings',
      );
  }
}

function expect(holds: boolean, otherwise: string): string | undefined {
  return holds ? undefined : otherwise;
}

function isPositive(text: string): boolean {
  return Decimal.of(text).compare(Decimal.of(0)) > 0;
}

function isCount(text: string): boolean {
  const number = Decimal.of(text);
  return number.isInteger && number.compare(Decimal.of(0)) >= 0;
}

function hasFormat(format: string, value: JsonNode): boolean {
  return value.kind === 'string' && formats.get(format)?.(value.value) === true;
}

function isType(value: JsonNode): boolean {
  return value.kind === 'string' && types.includes(value.value);
}

function isListOfTypes(value: JsonNode): boolean {
  return (
    value.kind === 'array' && value.items.length > 0 && value.items.every(isType) && !repeats(value.items)
  );
}

function areNames(value: JsonNode): boolean {
  return (
    value.kind === 'array' && value.items.every(({ kind }) => kind === 'string') && !repeats(value.items)
  );
}

function allEntries(value: JsonNode, holds: (entry: JsonNode) => boolean): boolean {
  return value.kind === 'object' && [...value.entries.values()].every(holds);
}

function repeats(items: readonly JsonNode[]): boolean {
  return new Set(items.map(canonicalNode)).size < items.length;
}
