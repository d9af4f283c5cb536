import { bytesOfInteger } from './bytes';
import { fingerprintOf as fingerprintOfTerm } from './fingerprint';
import { call, literal } from './term';
import type { Term } from './term';
import { joined } from './residual';

/** What rules come to together: conditions, and how they are joined. */
export type Node =
  | { readonly kind: 'term'; readonly term: Term }
  | { readonly kind: 'and' | 'or' | 'not'; readonly of: readonly Node[] };

export function termNode(term: Term): Node {
  return { kind: 'term', term };
}

export function constant(value: boolean): Node {
  return termNode(literal(value));
}

/** The value of a node that is a constant; undefined for others, and for none. */
export function constantOf(node: Node | undefined): boolean | undefined {
  if (node?.kind !== 'term' || node.term.kind !== 'literal') return undefined;
  return typeof node.term.value === 'boolean' ? node.term.value : undefined;
}

export function not(node: Node): Node {
  if (node.kind !== 'not') return { kind: 'not', of: [node] };
  const [only] = node.of;
  return only && node.of.length === 1 ? only : { kind: 'and', of: node.of };
}

/** Joins nodes, of which those that say the same count once. */
export function join(kind: 'and' | 'or', nodes: readonly Node[]): Node {
  const seen = new Set<string>();
  const unique = nodes.filter((node) => {
    const fingerprint = fingerprintOf(node);
    return !seen.has(fingerprint) && seen.add(fingerprint);
  });
  const [only] = unique;
  return only && unique.length === 1 ? only : { kind, of: unique };
}

/** Both, or the one that is there. */
export function add(current: Node | undefined, next: Node | undefined): Node | undefined {
  if (!next) return current;
  return current ? join('or', [current, next]) : next;
}

const numbersOfJunctions = { and: 1n, or: 2n, not: 3n };

function fingerprintOf(node: Node): string {
  if (node.kind === 'term') return fingerprintOfTerm(node.term);
  return bytesOfInteger(numbersOfJunctions[node.kind]) + node.of.map(fingerprintOf).join('');
}

/** A node as one term. */
export function termOfNode(node: Node): Term {
  if (node.kind === 'term') return node.term;
  const terms = node.of.map(termOfNode);
  const [first] = terms;
  if (node.kind === 'not' && first) return call('!_', first);
  return joined(node.kind === 'and' ? '_&&_' : '_||_', terms);
}
