import { PlanningError } from './problem';
import { call, copyOf, withParts } from './term';
import type { Term } from './term';

/** Replaces nodes. The result of a loop stays as it is, as in the binary, so that nothing is replaced in what `cel.bind` names. */
function replace(term: Term, change: (node: Term) => Term | undefined): Term {
  const isName = term.kind === 'identifier' || term.kind === 'select';
  const changed = isName ? change(term) : undefined;
  if (changed) return changed;
  const made = withParts(term, (part) => replace(part, change));
  return made.kind === 'loop' && term.kind === 'loop' ? { ...made, result: copyOf(term.result) } : made;
}

/** Writes variables out. */
export function replaceVariables(term: Term, variables: ReadonlyMap<string, Term>): Term {
  return replace(term, (node) => {
    if (node.kind !== 'select' || node.operand.kind !== 'identifier') return undefined;
    if (node.operand.name !== 'V' && node.operand.name !== 'variables') return undefined;
    const variable = variables.get(node.field);
    if (!variable) throw new PlanningError(`unknown variable "${node.field}"`);
    return copyOf(variable);
  });
}

/**
 * Wraps known attributes of the resource in a call, which the binary does to be able to use them as keys; it does so only
 * in terms that are a selection as a whole.
 */
export function wrapKnownAttributes(term: Term, isKnown: (attribute: string) => boolean): Term {
  if (term.kind !== 'select') return term;
  return replace(term, (node) => {
    if (node.kind !== 'select' || !isKnown(node.field)) return undefined;
    const { operand } = node;
    if (operand.kind !== 'select' || operand.field !== 'attr') return undefined;
    const { operand: root } = operand;
    return root.kind === 'identifier' && root.name === 'R' ? call('id', node) : undefined;
  });
}

/** Writes `runtime.effectiveDerivedRoles` out. */
export function replaceDerivedRoles(term: Term, roles: () => Term): Term {
  return replace(term, (node) => {
    if (node.kind !== 'select' || node.operand.kind !== 'identifier') return undefined;
    const isRead = node.field === 'effectiveDerivedRoles' || node.field === 'effective_derived_roles';
    return isRead && node.operand.name === 'runtime' ? copyOf(roles()) : undefined;
  });
}
