import type { Shape } from '../../../policy';
import { nodeAtPath } from '../../cursor/node-at';
import { resolve } from '../../cursor/shape-at';
import { fixturesOf, sectionOfKey } from '../../workspace/fixtures';
import { isSchemaReference, schemasOf } from '../../workspace/schemas';
import { exportsOf, symbolTableOf } from '../../workspace/symbol-table';
import { CompletionItemKind } from './item';
import type { Proposal } from './item';
import { isJson } from './json';
import { lastKey } from './completion-context';
import type { CompletionContext } from './completion-context';
import { actionsFor, attributesAt } from './vocabulary';
import { yamlText } from './yaml-text';

type TextShape = Extract<Shape, { kind: 'text' }>;

/** Values that can stand at the cursor. `shape` is that of the value, which for an item of a list is not that of the list. */
export function valueProposals(
  context: CompletionContext,
  shape: Shape = context.at.shape,
): readonly Proposal[] {
  const present = itemsPresent(context);
  const typed = context.file.text.slice(context.cursor.start, context.cursor.end);
  const quote = /^["']/.exec(typed)?.[0];
  return rawProposals(context, shape)
    .filter(({ label }) => !present.has(label) && !isOnlyHere(context, label, typed))
    .map((proposal) => {
      if (proposal.insert !== undefined) {
        return proposal;
      }
      const quoted =
        quote === "'" ? `'${proposal.label.replaceAll("'", "''")}'` : JSON.stringify(proposal.label);
      const bare = quote === undefined && !isJson(context.file);
      return {
        ...proposal,
        insert: bare ? yamlText(proposal.label) : quoted,
        filter: bare ? proposal.label : quoted,
      };
    });
}

/** True if the only place with a name is the half-typed word itself. */
function isOnlyHere({ set, file }: CompletionContext, label: string, typed: string): boolean {
  if (label !== typed.replace(/^["']|["']$/g, '')) {
    return false;
  }
  const word = new RegExp(`(?<![\\w:-])${label.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![\\w:-])`, 'g');
  if ([...file.text.matchAll(word)].length > 1) {
    return false;
  }
  return ![...set.files.values()].some((each) => each !== file && each.text.search(word) >= 0);
}

/** The other items of the list that the cursor is in. */
function itemsPresent({ cursor, root }: CompletionContext): ReadonlySet<string> {
  const { path } = cursor;
  if (typeof path.at(-1) !== 'number') {
    return new Set();
  }
  const list = nodeAtPath(root, path.slice(0, -1));
  if (list?.kind !== 'sequence') {
    return new Set();
  }
  const offset = Math.max(cursor.start, 0);
  const texts = list.items.flatMap((item) =>
    item.kind === 'scalar' && typeof item.value === 'string' && !(item.start <= offset && offset <= item.end)
      ? [item.value]
      : [],
  );
  return new Set(texts);
}

function rawProposals(context: CompletionContext, shape: Shape): readonly Proposal[] {
  const resolved = resolve(shape);
  switch (resolved.kind) {
    case 'enum':
      return (resolved.allowed ?? resolved.names).map((label) => ({
        label,
        kind: CompletionItemKind.EnumMember,
      }));
    case 'boolean':
      return ['true', 'false'].map((label) => ({ label, kind: CompletionItemKind.Keyword, insert: label }));
    case 'timestamp':
      return [{ label: '2026-01-01T00:00:00Z', kind: CompletionItemKind.Value }];
    case 'text':
      return texts(context, resolved);
    case 'json':
      return [...(attributesAt(context)?.examples ?? [])].map((example) => ({
        label: example,
        insert: example,
        kind: CompletionItemKind.Value,
        detail: 'seen in fixtures',
      }));
    default:
      return [];
  }
}

function texts(context: CompletionContext, shape: TextShape): readonly Proposal[] {
  const { set, cursor } = context;
  const { facts } = set;
  const named = (names: Iterable<string>, kind: CompletionItemKind, detail: string): readonly Proposal[] =>
    [...names].map((label) => ({ label, kind, detail }));
  if (shape.equals !== undefined) {
    return named([shape.equals], CompletionItemKind.Constant, 'the only value');
  }
  switch (shape.holds) {
    case 'role':
      return [...named(facts.roles, CompletionItemKind.Class, 'role'), ...anyOf(context, 'any role')];
    case 'action':
      return [
        ...named(actionsFor(context), CompletionItemKind.Method, 'action'),
        ...anyOf(context, 'any action'),
      ];
    case 'kind':
      return named(facts.kinds, CompletionItemKind.Struct, 'kind of resource');
    case 'scope':
      return named(facts.scopes, CompletionItemKind.Folder, 'scope');
    case 'version':
      return named(new Set(['default', ...facts.versions]), CompletionItemKind.Value, 'version');
    case 'derived-role':
      return lastKey(cursor.path) === 'derivedRoles' ? derivedRoles(context) : [];
    case 'import':
      return imports(context);
    case 'fixture':
      return fixtures(context);
    case 'cel':
      return [];
    default:
      if (isSchemaReference(cursor.path)) {
        return named(schemasOf(set).keys(), CompletionItemKind.File, 'JSON schema');
      }
      return lastKey(cursor.path) === 'src' ? ruleNames(context) : [];
  }
}

/** `*`, where a policy and not a fixture is written. */
function anyOf({ file }: CompletionContext, detail: string): readonly Proposal[] {
  return file.role === 'policy' ? [{ label: '*', kind: CompletionItemKind.Keyword, detail, rank: 8 }] : [];
}

function derivedRoles({ set, file, document }: CompletionContext): readonly Proposal[] {
  if (document?.kind !== 'policy') {
    return [];
  }
  return symbolTableOf(set, file, document).derivedRoles.map(({ name, from, value }) => {
    const parents = (value.parentRoles?.value ?? []).map((parent) => parent.value).join(', ');
    const condition = value.condition?.value.match?.value.expr?.value;
    return {
      label: name,
      kind: CompletionItemKind.Class,
      detail: `derived role of ${from ?? ''}`,
      documentation: `Parent roles: ${parents}${condition === undefined ? '' : `\n\n\`\`\`cel\n${condition}\n\`\`\``}`,
    };
  });
}

function imports({ set, cursor }: CompletionContext): readonly Proposal[] {
  const exports = exportsOf(set);
  const { path } = cursor;
  const [names, detail] = path.includes('importDerivedRoles')
    ? [exports.derivedRoles, 'derived roles']
    : path.includes('constants')
      ? [exports.constants, 'constants']
      : [exports.variables, 'variables'];
  return [...names].map(([label, places]) => ({
    label,
    kind: CompletionItemKind.Module,
    detail: `${detail} in ${places.map(({ file }) => file.path).join(', ')}`,
  }));
}

function fixtures({ set, file, cursor }: CompletionContext): readonly Proposal[] {
  const section = sectionOfKey(lastKey(cursor.path));
  if (section === undefined) {
    return [];
  }
  return [...fixturesOf(set, file, section)].map(([label, { file: from }]) => ({
    label,
    kind: CompletionItemKind.Value,
    detail: from === file ? section : `${section} of ${from.path}`,
  }));
}

/** Rules that hand something back, as outputs name them. */
function ruleNames({ set }: CompletionContext): readonly Proposal[] {
  const proposals: Proposal[] = [];
  for (const file of set.files.values()) {
    for (const document of file.documents) {
      const policy = document.kind === 'policy' ? document.policy.resourcePolicy?.value : undefined;
      if (policy?.resource === undefined) {
        continue;
      }
      const scope = policy.scope?.value ?? '';
      const kind = policy.resource.value.replaceAll(':', '_');
      const base = `resource.${kind}.v${policy.version?.value ?? 'default'}${scope === '' ? '' : `/${scope}`}`;
      for (const { value } of policy.rules?.value ?? []) {
        if (value.output === undefined || value.name === undefined) {
          continue;
        }
        proposals.push({
          label: `${base}#${value.name.value}`,
          kind: CompletionItemKind.Function,
          detail: file.path,
        });
      }
    }
  }
  return proposals;
}
