import { literal } from './term';
import type { LoopTerm, Term } from './term';

/** A step from a value into it: by a key, which is known or is to be worked out, or a test for whether it is there. */
export interface Qualifier {
  /** The node whose value is what the step leads to. */
  readonly node: Term;
  readonly key: Term;
  readonly optional: boolean;
  readonly test: boolean;
}

/** A value that is read step by step: `R.attr.list[0]`, `f(x).y`, `(a ? b : c).d`. */
export interface Path {
  readonly root: Term;
  readonly qualifiers: readonly Qualifier[];
}

/** The steps that a node is made of; undefined for a node that reads nothing. */
export function pathOf(term: Term): Path | undefined {
  const qualifiers: Qualifier[] = [];
  let root = term;
  for (let step = stepOf(root); step; step = stepOf(root)) {
    qualifiers.unshift(step.qualifier);
    root = step.operand;
  }
  return qualifiers.length > 0 || root.kind === 'identifier' ? { root, qualifiers } : undefined;
}

function stepOf(term: Term): { readonly operand: Term; readonly qualifier: Qualifier } | undefined {
  if (term.kind === 'select') {
    const { operand, field, test } = term;
    return { operand, qualifier: { node: term, key: literal(field), optional: false, test } };
  }
  if (term.kind !== 'call' || term.target) return undefined;
  const [operand, key] = term.args;
  const optional = term.name === '_?._' || term.name === '_[?_]';
  if (!operand || !key || (!optional && term.name !== '_[_]')) return undefined;
  return { operand, qualifier: { node: term, key, optional, test: false } };
}

/** The key of a step that is known before anything is evaluated, if it is a text. */
export function constantField({ key }: Qualifier): string | undefined {
  return key.kind === 'literal' && typeof key.value === 'string' ? key.value : undefined;
}

/** The names that a loop gives to something. */
export function namesOf({ variable, variable2 }: LoopTerm): readonly string[] {
  return variable2 === undefined ? [variable] : [variable, variable2];
}
