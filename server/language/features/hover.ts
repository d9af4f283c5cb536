import { MarkupKind } from 'vscode-languageserver';
import type { Hover, Position } from 'vscode-languageserver';
import type { ParsedFile, Span } from '../../policy';
import {
  code,
  describeAttribute,
  describeMacro,
  describeOverloads,
  joinMarkdown,
  shownType,
} from '../cel/members';
import { resolve } from '../cursor/shape-at';
import type { Entity } from '../entities/entity';
import { entityAt } from '../entities/entity-at';
import type { SymbolDefinition, DerivedRole } from '../workspace/symbol-table';
import type { FileInSet } from '../workspace/snapshot';

/** Explains what is at a position: keys, names defined elsewhere, names and functions in expressions. */
export function hover(found: FileInSet, position: Position): Hover | null {
  const { lines } = found.file;
  const entity = entityAt(found, lines.offset(position));
  const value = entity && describe(entity);
  if (entity === undefined || value === undefined || value === '') {
    return null;
  }
  return { contents: { kind: MarkupKind.Markdown, value }, range: lines.range(entity.start, entity.end) };
}

function describe(entity: Entity): string | undefined {
  switch (entity.kind) {
    case 'key':
      return describeKey(entity);
    case 'effect':
      return effects[entity.name];
    case 'derived-role':
      return entity.definitions.map(describeDerivedRole).join('\n\n---\n\n');
    case 'import':
      return entity.exports
        .map(({ file, name }) => `**${name.value}**: ${entity.of} of \`${file.path}\``)
        .join('\n\n');
    case 'fixture': {
      const { name, file, span } = entity.definition;
      return joinMarkdown([`**${name}** (${entity.section}) of \`${file.path}\``, yaml(excerpt(file, span))]);
    }
    case 'schema':
      return joinMarkdown([`JSON schema \`${entity.file.path}\``, json(parsedJson(entity.file.text))]);
    case 'variable':
      return entity.definitions
        .map(({ name, value, from }) => joinMarkdown([named('variable', name, from), code(value)]))
        .join('\n\n---\n\n');
    case 'constant':
      return entity.definitions
        .map(({ name, value, from }) => joinMarkdown([named('constant', name, from), json(value)]))
        .join('\n\n---\n\n');
    case 'attribute':
      return joinMarkdown([`attribute **${entity.name}**`, describeAttribute(entity.attribute)]);
    case 'function':
      return describeOverloads(entity.overloads);
    case 'macro':
      return entity.macros.map(describeMacro).join('\n\n---\n\n');
    case 'field':
      return joinMarkdown([
        code(`${entity.field.name}: ${shownType(entity.field.type) ?? '?'}`),
        entity.field.documentation,
      ]);
    case 'name':
      return joinMarkdown([
        code(`${entity.declaration.name}: ${shownType(entity.declaration.type) ?? '?'}`),
        entity.declaration.documentation,
      ]);
    case 'loop-variable':
      return code(`${entity.name}: ${(entity.type && shownType(entity.type)) ?? 'dyn'}`);
  }
}

const effects: Readonly<Record<string, string>> = {
  EFFECT_ALLOW: 'The action is allowed. Within a role, a denial is stronger.',
  EFFECT_DENY: 'The action is denied. Within a role, this is stronger than any allowance.',
};

function describeKey({ name, at }: Extract<Entity, { kind: 'key' }>): string {
  const { field } = at;
  const shape = resolve(at.shape);
  const values = shape.kind === 'enum' ? (shape.allowed ?? shape.names) : [];
  return joinMarkdown([
    `**${name}**${field?.required === true ? ' (required)' : ''}`,
    field?.doc,
    field?.deprecated !== undefined && `Deprecated: use ${field.deprecated}.`,
    values.length > 0 && values.map((value) => `\`${value}\``).join(' · '),
  ]);
}

function describeDerivedRole({ name, from, file, value, span }: SymbolDefinition<DerivedRole>): string {
  const parents = (value.parentRoles?.value ?? []).map((parent) => `\`${parent.value}\``).join(', ');
  return joinMarkdown([
    named('derived role', name, from),
    parents !== '' && `Parent roles: ${parents}`,
    value.condition === undefined ? 'Without a condition.' : yaml(excerpt(file, span)),
  ]);
}

function named(what: string, name: string, from: string | undefined): string {
  return `${what} **${name}**${from === undefined ? '' : `, imported from \`${from}\``}`;
}

/** The most lines of a definition that are shown. */
const maxLines = 20;

/** A part of a file, without the indentation that all its lines have. */
function excerpt({ text }: ParsedFile, { start, end }: Span): string {
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  const lines = text.slice(start, end).trimEnd().split(/\r?\n/);
  const shown = lines.map((line, at) => (at === 0 ? line : line.replace(new RegExp(`^ {0,${column}}`), '')));
  return [...shown.slice(0, maxLines), ...(shown.length > maxLines ? ['…'] : [])].join('\n');
}

function yaml(text: string): string {
  return `\`\`\`yaml\n${text}\n\`\`\``;
}

/** A schema's value; its text, while it is no JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function json(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, undefined, 2).slice(0, 1000)}\n\`\`\``;
}
