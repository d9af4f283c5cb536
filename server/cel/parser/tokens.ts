import type { CelIssue } from '../issue';

/** The kinds of tokens. Numbers, so that the parser compares quickly. */
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
  /** A string whose content is what stands between its two quotes. */
  plainString: 36,
} as const;

export type TokenKind = (typeof Token)[keyof typeof Token];

/** How tightly binary operators bind; higher is tighter. Those of the first two levels are read elsewhere. */
export const Level = { none: 0, relation: 1, sum: 2, product: 3, operand: 4 } as const;

/** The binary operators by token: cel-go's name and how tightly they bind. */
const operators: readonly (readonly [kind: TokenKind, name: string, level: number])[] = [
  [Token.less, '_<_', Level.relation],
  [Token.lessEquals, '_<=_', Level.relation],
  [Token.greaterEquals, '_>=_', Level.relation],
  [Token.greater, '_>_', Level.relation],
  [Token.equals, '_==_', Level.relation],
  [Token.notEquals, '_!=_', Level.relation],
  [Token.in, '@in', Level.relation],
  [Token.plus, '_+_', Level.sum],
  [Token.minus, '_-_', Level.sum],
  [Token.star, '_*_', Level.product],
  [Token.slash, '_/_', Level.product],
  [Token.percent, '_%_', Level.product],
];

const kindCount = Math.max(...Object.values(Token)) + 1;
/** The level of the binary operator that a token is, `none` for other tokens. */
export const operatorLevels = new Uint8Array(kindCount);
/** Its name in trees. */
export const operatorNames: string[] = new Array<string>(kindCount).fill('');
for (const [kind, name, level] of operators) {
  operatorLevels[kind] = level;
  operatorNames[kind] = name;
}

/** The tokens that an expression can begin with. */
export const startsExpression: ReadonlySet<number> = new Set([
  Token.leftBracket,
  Token.leftBrace,
  Token.leftParen,
  Token.dot,
  Token.minus,
  Token.not,
  Token.true,
  Token.false,
  Token.null,
  Token.double,
  Token.int,
  Token.uint,
  Token.string,
  Token.plainString,
  Token.bytes,
  Token.identifier,
]);

/** The tokens that end what stands in brackets. */
export const closers: ReadonlySet<number> = new Set([
  Token.rightBracket,
  Token.rightBrace,
  Token.rightParen,
  Token.end,
]);

/** The numbers per token in {@link Tokens.rows}: kind, start, end. */
export const tokenSize = 3;

/** The tokens of one text, three numbers each in one row, of which the first `used` are; the last token is `end`. */
export class Tokens {
  readonly rows: Int32Array;
  used = 0;
  issues: CelIssue[] = [];

  /** @param capacity how many tokens there is room for */
  constructor(capacity: number) {
    this.rows = new Int32Array(capacity * tokenSize);
  }

  add(kind: TokenKind, start: number, end: number): void {
    const { rows, used } = this;
    rows[used] = kind;
    rows[used + 1] = start;
    rows[used + 2] = end;
    this.used = used + tokenSize;
  }
}
