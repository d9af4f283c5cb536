import type { JsonObject, JsonValue } from '../../protocol';

/**
 * Folds a member's name as a parser that ignores case may. Equal for names that are a canonical caseless match (Unicode
 * 16, section 3.13, D145), and for more, since some parsers compare upper case: dotless ı is an i, too.
 */
export function foldedName(name: string): string {
  if (/^[\0-\x7f]*$/.test(name)) {
    return name.toLowerCase();
  }
  // Upper case after lower case expands ß and unites both sigmas; the second round is for what that yields.
  const once = name.normalize('NFD').toLowerCase().toUpperCase().toLowerCase();
  return once.normalize('NFD').toUpperCase().toLowerCase().normalize('NFD');
}

/** Why other parsers may see another member in an object than the guard does. */
type NameProblem =
  { readonly kind: 'nul' } | { readonly kind: 'alike'; readonly name: string; readonly other: string };

/**
 * Finds a name with a NUL, where some parsers end it, or one that differs from another only in case.
 * @param known further names to compare with: those that mean something in this object
 * @param declares whether both names are meant to be there; by default no two are
 */
export function nameProblemOf(
  object: JsonObject,
  known: Iterable<string> = [],
  declares: (name: string, other: string) => boolean = () => false,
): NameProblem | undefined {
  const seen = new Map<string, string>();
  for (const name of known) {
    seen.set(foldedName(name), name);
  }
  for (const name of Object.keys(object)) {
    if (name.includes('\0')) {
      return { kind: 'nul' };
    }
    const fold = foldedName(name);
    const other = seen.get(fold);
    if (other === undefined) {
      seen.set(fold, name);
    } else if (other !== name && !declares(name, other)) {
      return { kind: 'alike', name, other };
    }
  }
  return undefined;
}

/** Finds such a name at any depth of a value; recursion is as deep as the value, which strict parsing has bounded. */
export function deepNameProblem(value: JsonValue | undefined): NameProblem | undefined {
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) {
      const problem = deepNameProblem(item);
      if (problem !== undefined) {
        return problem;
      }
    }
    return undefined;
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const object = value as JsonObject;
  let problem = nameProblemOf(object);
  for (const member of Object.values(object)) {
    problem ??= deepNameProblem(member);
  }
  return problem;
}

/** A problem in words, for whoever sent the message; names are left out, since they are not ours. */
export function problemWords(problem: NameProblem): string {
  return problem.kind === 'nul' ? 'a member name with a NUL' : 'two members whose names differ only in case';
}
