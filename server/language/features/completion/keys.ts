import type { Field, MessageShape } from '../../../policy';
import { keysOf, nodeAtPath } from '../../cursor/node-at';
import { resolve } from '../../cursor/shape-at';
import type { Attribute } from '../../workspace/attributes';
import { CompletionItemKind } from './item';
import type { Proposal } from './item';
import { isJson, jsonKey } from './json';
import type { CompletionContext } from './completion-context';
import { SnippetWriter } from './snippets';
import { actionsTried, attributesAt } from './vocabulary';
import { yamlText } from './yaml-text';

/** Keys that can be added to the mapping at the cursor. */
export function keyProposals(context: CompletionContext): readonly Proposal[] {
  const { at, cursor, root } = context;
  const present = new Set(keysOf(nodeAtPath(root, cursor.path)));
  // The key under the cursor may be completed to another, or to itself.
  const typed = context.file.text.slice(cursor.start, cursor.end).replace(/^(["'])(.*)\1$/, '$2');
  present.delete(typed);
  if (at.shape.kind === 'message') {
    return messageKeys(at.shape, context, present);
  }
  const names = at.shape.kind === 'map' || at.shape.kind === 'json' ? mapKeys(context) : [];
  return names.filter(({ label }) => !present.has(label));
}

function messageKeys(
  shape: MessageShape,
  context: CompletionContext,
  present: ReadonlySet<string>,
): readonly Proposal[] {
  const { cursor, file } = context;
  const taken = new Set([...present].flatMap((name) => ownField(shape, name)?.oneof ?? []));
  const proposals: Proposal[] = [];
  for (const [name, field] of Object.entries(shape.fields)) {
    if (present.has(name) || (field.oneof !== undefined && taken.has(field.oneof))) {
      continue;
    }
    if (field.deprecated !== undefined || name.startsWith('$')) {
      continue;
    }
    proposals.push(keyProposal(name, field, context));
  }
  if (cursor.path.length === 0 && present.size === 0 && file.role === 'policy' && !isJson(file)) {
    proposals.push(...newPolicies(shape, cursor.column));
  }
  return proposals;
}

function ownField(shape: MessageShape, name: string): Field<unknown> | undefined {
  return Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
}

function keyProposal(name: string, field: Field<unknown>, { cursor, file }: CompletionContext): Proposal {
  const shape = resolve(field.type.shape);
  const base: Proposal = {
    label: name,
    kind: CompletionItemKind.Property,
    detail: kindOfValue(field),
    documentation: field.doc,
    rank: field.required === true ? 3 : 5,
  };
  if (isJson(file)) {
    return jsonKey(base, shape, cursor.colon);
  }
  if (cursor.colon) {
    return base;
  }
  if (cursor.flow) {
    return { ...base, insert: `${name}: ` };
  }
  const block = shape.kind === 'message' || shape.kind === 'list' || shape.kind === 'map';
  const plain = block && !(shape.kind === 'list' && resolve(shape.item).kind !== 'message');
  return {
    ...base,
    insert: plain ? `${name}:\n${' '.repeat(cursor.column + 2)}` : `${name}: `,
    snippet: new SnippetWriter().entry(name, field, cursor.column),
  };
}

/** Describes the values of a key in a word or two, such as `list (required)`. */
function kindOfValue(field: Field<unknown>): string {
  const shape = resolve(field.type.shape);
  const required = field.required === true ? ' (required)' : '';
  switch (shape.kind) {
    case 'text':
      return `${shape.holds === 'cel' ? 'CEL expression' : (shape.holds?.replace('-', ' ') ?? 'text')}${required}`;
    case 'enum':
      return `${(shape.allowed ?? shape.names).join(' or ')}${required}`;
    case 'message':
      return `mapping${required}`;
    case 'map':
      return `mapping by name${required}`;
    case 'json':
      return `any value${required}`;
    default:
      return `${shape.kind}${required}`;
  }
}

/** Whole policies, for a document that is empty. */
function newPolicies(shape: MessageShape, column: number): readonly Proposal[] {
  return Object.entries(shape.fields).flatMap(([name, field]) => {
    if (field.oneof !== 'policyType') {
      return [];
    }
    const body = new SnippetWriter().entry(name, field, column);
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return [
      {
        label: `new ${words}`,
        kind: CompletionItemKind.Snippet,
        detail: field.doc,
        snippet: `apiVersion: api.cerbos.dev/v1\n${body}`,
        insert: `apiVersion: api.cerbos.dev/v1\n${name}:\n  `,
        rank: 1,
      },
    ];
  });
}

/** Keys that are names from elsewhere: actions, attributes. */
function mapKeys(context: CompletionContext): readonly Proposal[] {
  const { cursor, file, set } = context;
  const [section] = cursor.path.slice(-1);
  const json = isJson(file);
  const written = json ? JSON.stringify : yamlText;
  const key = (label: string, rest: Partial<Proposal>): Proposal => ({
    label,
    kind: CompletionItemKind.Property,
    insert: cursor.colon ? written(label) : `${written(label)}: `,
    ...(json && { filter: written(label) }),
    ...rest,
  });
  if (section === 'actions' && cursor.path.includes('expected')) {
    return actionsTried(context).map((action) =>
      key(action, {
        detail: 'action',
        ...(!cursor.colon && {
          snippet: `${written(action)}: \${1|${effects.map((each) => (json ? `"${each}"` : each)).join(',')}|}`,
        }),
      }),
    );
  }
  const attributes =
    section === 'globals' ? set.facts.globals : section === 'jwt' ? set.facts.claims : attributesAt(context);
  return members(attributes).map(([name, attribute]) => key(name, { detail: attribute.describedType }));
}

const effects = ['EFFECT_ALLOW', 'EFFECT_DENY'];

function members(attribute: Attribute | undefined): readonly (readonly [string, Attribute])[] {
  return attribute === undefined ? [] : [...attribute.members];
}
