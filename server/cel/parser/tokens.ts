import type { CelIssue } from '../issue';

/** What a token is. Numbers, so that the parser compares quickly. */
export const Token = {
  end: 0,
  identifier: 1,
  escapedIdentifier: 2,
  int: 3,
  uint: 4,
  double: 5,
  string: 6,
  bytes: 7,
  true: 8,
  false: 9,
  null: 10,
  in: 11,
  equals: 12,
  notEquals: 13,
  less: 14,
  lessEquals: 15,
  greater: 16,
  greaterEquals: 17,
  and: 18,
  or: 19,
  leftBracket: 20,
  rightBracket: 21,
  leftBrace: 22,
  rightBrace: 23,
  leftParen: 24,
  rightParen: 25,
  dot: 26,
  comma: 27,
  minus: 28,
  not: 29,
  question: 30,
  colon: 31,
  plus: 32,
  star: 33,
  slash: 34,
  percent: 35,
} as const;

export type TokenKind = (typeof Token)[keyof typeof Token];

/** All tokens of a text in three parallel lists; the last is `end`. */
export interface Tokens {
  readonly kinds: readonly TokenKind[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly issues: readonly CelIssue[];
}
