import type { JsonObject } from '../../protocol';

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
  const seen = new Map<string, string>();
  for (const name of known) {
    seen.set(folded(name), name);
  }
  for (const name of Object.keys(object)) {
    if (name.includes('\0')) {
      return 'a member name with a NUL';
    }
    const fold = folded(name);
    const other = seen.get(fold);
    if (other !== undefined && other !== name) {
      return known.has(other)
        ? `a member whose name differs from "${other}" only in case`
        : 'two members whose names differ only in case';
    }
    seen.set(fold, name);
  }
  return undefined;
}

/** Whether a method is another only in case, or by NULs or blanks; such a method is refused rather than guessed. */
export function resembles(method: string, known: ReadonlySet<string>): boolean {
  if (known.has(method)) {
    return false;
  }
  const fold = folded(method.replaceAll(/[\0\s]/g, ''));
  return [...known].some((name) => folded(name) === fold);
}

/** Equal for texts that differ only in case, in the widest sense that parsers have: also ſ and s, K (Kelvin) and k. */
function folded(name: string): string {
  return name.toLowerCase().toUpperCase().toLowerCase();
}
