import { CelRecord } from '../../cel';
import type { Bindings, CelValue } from '../../cel';
import { RequestPart } from './request-part';

const roots = new Map<string, readonly string[]>([
  ['R', ['request', 'resource']],
  ['resource', ['request', 'resource']],
  ['P', ['request', 'principal']],
  ['principal', ['request', 'principal']],
  ['V', ['variables']],
  ['C', ['constants']],
  ['G', ['globals']],
]);

const fieldNames = new Map([
  ['aux_data', 'auxData'],
  ['policy_version', 'policyVersion'],
  ['effective_derived_roles', 'effectiveDerivedRoles'],
]);

/** One spelling for all ways to write a path: `R.attr`, `resource.attr` and `request.resource.attr` are the same. */
export function canonicalPath(path: readonly string[]): readonly string[] {
  const [first = '', ...rest] = path;
  const full = [...(roots.get(first) ?? [first]), ...rest];
  // Only fields of Cerbos' own objects have two names; attributes are data.
  const fixed = full[0] === 'request' ? 3 : 2;
  return full.map((part, index) => (index > 0 && index < fixed ? (fieldNames.get(part) ?? part) : part));
}

type Reader = (bindings: Bindings) => CelValue | undefined;

/**
 * Reads `R.name`, `P.name`, `V.name`, `R.attr.name` and `P.attr.name` in one step: nearly everything that conditions
 * read is one of these.
 */
export function readerOf([first, second = '', third]: readonly string[]): Reader | undefined {
  const part = first === 'R' || first === 'P' ? first : undefined;
  if (part && third === undefined) {
    return fieldReader(part, second);
  }
  if (part && second === 'attr' && third !== undefined) {
    return attributeReader(part, third);
  }
  return (first === 'V' || first === 'variables') && third === undefined
    ? variableReader(first, second)
    : undefined;
}

// The names are written out, since reading a property by a name that varies is slower.

function fieldReader(part: 'R' | 'P', field: string): Reader {
  return (bindings) => {
    const value = part === 'R' ? bindings['R'] : bindings['P'];
    return value instanceof RequestPart ? value.get(field) : undefined;
  };
}

function attributeReader(part: 'R' | 'P', name: string): Reader {
  return (bindings) => {
    const value = part === 'R' ? bindings['R'] : bindings['P'];
    return value instanceof RequestPart && Object.hasOwn(value.attr, name) ? value.attr[name] : undefined;
  };
}

/** Variables may hold what is no value, such as a failure: only the simplest values are taken as they are. */
function variableReader(variable: 'V' | 'variables', name: string): Reader {
  return (bindings) => {
    const all = variable === 'V' ? bindings['V'] : bindings['variables'];
    const value = all instanceof CelRecord ? all.get(name) : undefined;
    return typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number'
      ? value
      : undefined;
  };
}
