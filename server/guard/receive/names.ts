import type { JsonObject } from '../../protocol';
import { foldedName, nameProblemOf, problemWords } from '../json/look-alikes';

/** The members of a JSON-RPC message. */
export const envelopeNames: ReadonlySet<string> = new Set([
  'jsonrpc',
  'id',
  'method',
  'params',
  'result',
  'error',
]);

/**
 * Why other parsers may see other members in an object than the guard does: names that differ only in case, a name
 * with a NUL (where some end it), a name that only differs in case from one that means something here.
 * @param known the names that mean something in this object
 * @returns what is wrong, or `undefined`
 */
export function nameProblem(object: JsonObject, known: ReadonlySet<string>): string | undefined {
  const problem = nameProblemOf(object, known);
  return problem?.kind === 'alike' && known.has(problem.other)
    ? `a member whose name differs from "${problem.other}" only in case`
    : problem && problemWords(problem);
}

/**
 * True if a method differs from a known one only in case, NULs or white space. The relay refuses it rather than
 * guess.
 */
export function resembles(method: string, known: ReadonlySet<string>): boolean {
  if (known.has(method)) {
    return false;
  }
  const fold = foldedName(method.replaceAll(/[\0\s]/g, ''));
  return [...known].some((name) => foldedName(name) === fold);
}
