import type { TextShape } from './schema';

type Pattern = NonNullable<TextShape['pattern']>;

function pattern(source: string, equivalent = new RegExp(source)): Pattern {
  return { source, matches: (text) => equivalent.test(text) };
}

/** The names of resource kinds, principals and roles. */
export const subjectName = pattern('^[^!*?\\[\\]{}]+$');
export const versionName = pattern('^[\\w]+$');
export const optionalVersion = pattern('^[\\w]*$');
/** The names by which policies import derived roles, variables and constants. */
export const importName = pattern('^[\\w\\-\\.]+$');
export const scopeName = pattern('^(^$|\\.|[0-9a-zA-Z][\\w\\-]*(\\.\\w[\\w\\-]*)*)$');
/** Cerbos' own pattern backtracks exponentially in JavaScript; this one accepts the same names in linear time. */
export const ruleName = pattern('^([a-zA-Z][\\w\\@\\.\\-]*)*$', /^(?:[a-zA-Z][\w@.-]*)?$/);
