import type { ParsedFile, Shape } from '../../../policy';
import { escapeSnippet } from './item';
import type { Proposal } from './item';

/** True for files whose name says JSON. Of YAML's notations, only JSON's is proposed there. */
export function isJson({ path }: Pick<ParsedFile, 'path'>): boolean {
  return /\.json$/i.test(path);
}

/** A key as JSON has it, with what begins its value. */
export function jsonKey(proposal: Proposal, shape: Shape, colon: boolean): Proposal {
  const key = JSON.stringify(proposal.label);
  if (colon) {
    return { ...proposal, insert: key, filter: key };
  }
  const value = emptyValue(shape);
  return { ...proposal, insert: `${key}: `, snippet: `${escapeSnippet(key)}: ${value}`, filter: key };
}

function emptyValue(shape: Shape): string {
  switch (shape.kind) {
    case 'message':
    case 'map':
      return '{$1}';
    case 'list':
      return '[$1]';
    case 'enum':
      return `\${1|${(shape.allowed ?? shape.names).map((name) => JSON.stringify(name)).join(',')}|}`;
    case 'text':
    case 'timestamp':
      return '"$1"';
    default:
      return '$1';
  }
}
