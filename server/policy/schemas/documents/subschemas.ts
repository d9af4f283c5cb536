import { pointerToken } from '../json/go-text';
import type { JsonNode } from '../json/json';
import type { Draft, Form } from './keywords';
import { formOf } from './keywords';

/** A schema within a schema, and the way to it as a JSON pointer without the leading slash. */
export interface Subschema {
  readonly pointer: string;
  readonly node: JsonNode;
}

/** The schemas directly within a schema, where a draft's keywords have them. */
export function subschemasOf(node: JsonNode, draft: Draft): readonly Subschema[] {
  if (node.kind !== 'object') {
    return [];
  }
  return [...node.entries].flatMap(([keyword, value]) => {
    const form = formOf(keyword, draft);
    return form === undefined ? [] : schemasIn(form, keyword, value);
  });
}

/** The schemas in the value of a keyword. */
export function schemasIn(form: Form, pointer: string, value: JsonNode): readonly Subschema[] {
  switch (form) {
    case 'schema':
      return [{ pointer, node: value }];
    case 'schema-or-boolean':
      return value.kind === 'object' ? [{ pointer, node: value }] : [];
    case 'schemas':
      return itemsOf(pointer, value);
    case 'schema-or-schemas':
      return value.kind === 'array' ? itemsOf(pointer, value) : [{ pointer, node: value }];
    case 'schemas-by-name':
    case 'schemas-by-pattern':
      return entriesOf(pointer, value);
    case 'dependencies':
      return entriesOf(pointer, value).filter(({ node }) => node.kind !== 'array');
    default:
      return [];
  }
}

function itemsOf(pointer: string, value: JsonNode): readonly Subschema[] {
  if (value.kind !== 'array') {
    return [];
  }
  return value.items.map((node, index) => ({ pointer: `${pointer}/${index}`, node }));
}

function entriesOf(pointer: string, value: JsonNode): readonly Subschema[] {
  if (value.kind !== 'object') {
    return [];
  }
  return [...value.entries].map(([name, node]) => ({ pointer: `${pointer}/${pointerToken(name)}`, node }));
}
