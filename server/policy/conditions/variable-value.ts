import { Optional, TypeValue, Unreadable } from '../../cel';
import type { CelValue } from '../../cel';
import { Hierarchy } from './functions/hierarchy';
import { SpiffeId, SpiffeMatcher, SpiffeTrustDomain } from './functions/spiffe';

/**
 * The value that an expression reads from a variable whose own expression gave `value`. Cerbos keeps variables as Go
 * values: an optional becomes its content or null, a hierarchy a list, a type its name. SPIFFE values cannot be read
 * back.
 */
export function variableValue(value: CelValue): CelValue {
  if (value instanceof Optional) {
    return value.value === undefined ? null : variableValue(value.value);
  }
  if (value instanceof Hierarchy) {
    return value.parts;
  }
  if (value instanceof TypeValue) {
    return value.name;
  }
  if (value instanceof SpiffeId) {
    return unreadable('ID', value.text);
  }
  if (value instanceof SpiffeTrustDomain) {
    return unreadable('TrustDomain', value.name);
  }
  return value instanceof SpiffeMatcher ? unreadable('Matcher', value.show()) : value;
}

function unreadable(type: string, text: string): Unreadable {
  return new Unreadable(`unsupported conversion to ref.Val: (spiffeid.${type})${text}`);
}
