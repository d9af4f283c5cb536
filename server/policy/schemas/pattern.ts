import { RE2JS } from 're2js';

/** A regular expression of a schema. Matching takes time linear in the text, whatever the pattern. */
export interface Pattern {
  readonly source: string;
  matches(text: string): boolean;
}

/** Compiles a pattern as RE2 has it; undefined if it is none. */
export function compilePattern(source: string): Pattern | undefined {
  try {
    const compiled = RE2JS.compile(source);
    return { source, matches: (text) => compiled.test(text) };
  } catch {
    return undefined;
  }
}
