import type { CompletionItem, Position } from 'vscode-languageserver';
import { documentShape } from '../../policy';
import { expressionBeingTyped } from '../cel/cel-at';
import { documentAt } from '../cursor/node-at';
import { resolve, shapeAt } from '../cursor/shape-at';
import { yamlCursor } from '../cursor/yaml-cursor';
import type { FileInSet } from '../workspace/snapshot';
import { symbolTableOf } from '../workspace/symbol-table';
import { completeCel } from './completion/cel';
import { CompletionItemKind, item } from './completion/item';
import type { Proposal } from './completion/item';
import { isJson } from './completion/json';
import { keyProposals } from './completion/keys';
import type { CompletionContext } from './completion/completion-context';
import { SnippetWriter } from './completion/snippets';
import { valueProposals } from './completion/values';

/**
 * Proposes what can be written at a position: keys, values, names from elsewhere in the set, CEL.
 * @param snippets true if the client understands placeholders
 */
export function complete({ set, file }: FileInSet, position: Position, snippets: boolean): CompletionItem[] {
  const offset = file.lines.offset(position);
  const document = documentAt(file, offset);
  const cursor = yamlCursor(file.text, offset);
  const cel = expressionBeingTyped(file, document, offset, cursor);
  if (cel !== undefined) {
    const scope = document?.kind === 'policy' ? symbolTableOf(set, file, document) : undefined;
    const { start, end, proposals } = completeCel(cel, set.facts, scope);
    const range = file.lines.range(cel.toFile(start), cel.toFile(end));
    return proposals.map((proposal) => item(proposal, range, snippets));
  }
  const at = cursor.inText ? undefined : shapeAt(documentShape(file.role), cursor.path);
  if (at === undefined) {
    return [];
  }
  const place: CompletionContext = { set, file, document, root: document?.yaml.root, cursor, at };
  const range = file.lines.range(cursor.start, cursor.end);
  const lead = cursor.needsBlank ? ' ' : '';
  return proposalsAt(place).map((proposal) => item(led(proposal, lead), range, snippets));
}

function led(proposal: Proposal, lead: string): Proposal {
  if (lead === '') {
    return proposal;
  }
  const { insert = proposal.label, snippet } = proposal;
  return { ...proposal, insert: lead + insert, ...(snippet !== undefined && { snippet: lead + snippet }) };
}

function proposalsAt(place: CompletionContext): readonly Proposal[] {
  const { cursor, at } = place;
  const { shape } = at;
  const keyed = shape.kind === 'message' || shape.kind === 'map';
  if (cursor.kind === 'key') {
    // A word without a colon may be an item of a list, or the beginning of a key.
    if (keyed || shape.kind === 'json') {
      return keyProposals(place);
    }
    return shape.kind === 'list' ? listItems(place) : valueProposals(place);
  }
  if (keyed) {
    return cursor.fresh ? keyProposals(place) : [];
  }
  if (shape.kind === 'json' && cursor.fresh) {
    return [...keyProposals(place), ...valueProposals(place)];
  }
  return shape.kind === 'list' ? listItems(place) : valueProposals(place);
}

/** Items of a list that is not begun, or that has no item at the cursor. */
function listItems(place: CompletionContext): readonly Proposal[] {
  const { cursor, at } = place;
  if (at.shape.kind !== 'list') {
    return [];
  }
  const shape = resolve(at.shape.item);
  const ownLine = (cursor.fresh || cursor.kind === 'key') && !isJson(place.file);
  if (shape.kind === 'message') {
    if (!ownLine) {
      return [];
    }
    const label = shape.name.replace(/^.*\./, '');
    return [
      {
        label: `- ${label}`,
        kind: CompletionItemKind.Snippet,
        insert: '- ',
        snippet: new SnippetWriter().item(shape, cursor.column),
        filter: '-',
      },
    ];
  }
  return valueProposals(place, shape).map((proposal) => {
    const text = proposal.insert ?? proposal.label;
    return { ...proposal, insert: ownLine ? `- ${text}` : `[${text}]` };
  });
}
