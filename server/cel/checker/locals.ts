import type { CelType } from '../types';
import type { Reference } from './check-result';

/** A name that a loop gives to something; those of the loops around stand behind it. */
export interface Local {
  readonly name: string;
  readonly type: CelType;
  readonly reference: Reference;
  readonly outer: Local | undefined;
}

/** Finds a name, the innermost first. */
export function findLocal(locals: Local | undefined, name: string): Local | undefined {
  for (let local = locals; local; local = local.outer) {
    if (local.name === name) {
      return local;
    }
  }
  return undefined;
}

/** The names with one more before them, if there is one. A name that begins with a dot is never local. */
export function withLocal(
  locals: Local | undefined,
  name: string | undefined,
  type: CelType,
): Local | undefined {
  return name === undefined || name.startsWith('.')
    ? locals
    : { name, type, reference: { kind: 'local', name }, outer: locals };
}
