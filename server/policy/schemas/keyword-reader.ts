import type { JsonNode } from './json/json';
import type { Draft } from './documents/keywords';
import type { Schema } from './schema';

/** A schema as the keywords' compilers see it. Its form has been checked, so that what has the wrong type is not there. */
export interface KeywordReader {
  readonly draft: Draft;
  node(keyword: string): JsonNode | undefined;
  text(keyword: string): string | undefined;
  number(keyword: string): string | undefined;
  flag(keyword: string): boolean | undefined;
  names(keyword: string): readonly string[] | undefined;
  /** How many of something, at least or at most. */
  count(keyword: string): number | undefined;
  /** The schema under a keyword; `same` if it looks at the same value, so that a cycle of such schemas would not end. */
  schema(keyword: string, looksAt: LooksAt): Schema | undefined;
  schemas(keyword: string, looksAt: LooksAt): readonly Schema[] | undefined;
  schemasByName(keyword: string, looksAt: LooksAt): readonly (readonly [string, Schema])[];
}

export type LooksAt = 'same' | 'part';
