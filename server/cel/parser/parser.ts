import type { Expr, MapEntry, StructField } from '../ast';
import type { CelIssue, CelIssueCode, Range } from '../issue';
import { Builder, nodeLimit, TooManyNodes } from './builder';
import type { Place } from './builder';
import { tokenize } from './lexer';
import { readBytes, readDouble, readInt, readString, readUint } from './literals';
import { findMacro, writtenCall } from './macros';
import { Token } from './tokens';
import type { TokenKind, Tokens } from './tokens';

/** How deep rules may nest; the same numbers as cel-go's, so that the same texts are refused. */
const depthLimit = 250;
/** After so many mistakes the rest is not worth reporting. */
const issueLimit = 100;

const expressionStart =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

const startsExpression = new Set<TokenKind>([
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
  Token.bytes,
  Token.identifier,
]);

const closers = new Set<TokenKind>([Token.rightBracket, Token.rightBrace, Token.rightParen, Token.end]);

/** Binary operators: cel-go's name and how tightly they bind. */
const relations = new Map<TokenKind, string>([
  [Token.less, '_<_'],
  [Token.lessEquals, '_<=_'],
  [Token.greaterEquals, '_>=_'],
  [Token.greater, '_>_'],
  [Token.equals, '_==_'],
  [Token.notEquals, '_!=_'],
  [Token.in, '@in'],
]);
const products = new Map<TokenKind, string>([
  [Token.star, '_*_'],
  [Token.slash, '_/_'],
  [Token.percent, '_%_'],
]);
const sums = new Map<TokenKind, string>([
  [Token.plus, '_+_'],
  [Token.minus, '_-_'],
]);

/** Words that are no variables, though they may be fields. */
const reservedWords = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** Thrown when the text nests too deep, and caught in {@link Parser.run}. */
class TooDeep extends Error {}

/** A recursive-descent parser over CEL's grammar that goes on after mistakes. */
export class Parser {
  readonly #source: string;
  readonly #macros: 'standard' | 'none' | undefined;
  readonly #tokens: Tokens;
  readonly #build = new Builder();
  readonly #issues: CelIssue[];
  /** How deep the tree below a node is, in the nodes that cel-go counts, by the node's number. */
  readonly #height: number[] = [];
  #at = 0;
  #complainedAt = -1;
  #expressions = 0;
  #relations = 0;
  #sums = 0;

  constructor(source: string, macros?: 'standard' | 'none') {
    this.#source = source;
    this.#macros = macros;
    this.#tokens = tokenize(source);
    this.#issues = [...this.#tokens.issues];
  }

  run(): { expr: Expr; issues: readonly CelIssue[] } {
    try {
      const expr = this.#expression();
      if (this.#kind() !== Token.end) {
        this.#trailing();
      }
      this.#issues.sort((a, b) => a.position - b.position);
      return { expr, issues: this.#issues };
    } catch (error) {
      if (error instanceof TooDeep) {
        return this.#giveUp('too-deep', error.message);
      }
      if (error instanceof TooManyNodes) {
        return this.#giveUp('too-long', `expression expands to more than ${nodeLimit} nodes`);
      }
      throw error;
    }
  }

  #giveUp(code: CelIssueCode, message: string): { expr: Expr; issues: readonly CelIssue[] } {
    const range = { start: 0, end: this.#source.length };
    const issue: CelIssue = { code, message, range, position: 0 };
    return { expr: new Builder().invalid({ range, position: 0 }), issues: [...this.#issues, issue] };
  }

  // Tokens

  #kind(ahead = 0): TokenKind {
    return this.#tokens.kinds[this.#at + ahead] ?? Token.end;
  }

  #start(): number {
    return this.#tokens.starts[this.#at] ?? this.#source.length;
  }

  /** Where the token before the current one ended. */
  #lastEnd(): number {
    return this.#tokens.ends[this.#at - 1] ?? 0;
  }

  #range(): Range {
    return { start: this.#start(), end: this.#tokens.ends[this.#at] ?? this.#source.length };
  }

  #text(): string {
    const { start, end } = this.#range();
    return this.#kind() === Token.end ? '<EOF>' : this.#source.slice(start, end);
  }

  #next(): void {
    if (this.#kind() !== Token.end) {
      this.#at++;
    }
  }

  #accept(kind: TokenKind): boolean {
    if (this.#kind() !== kind) {
      return false;
    }
    this.#next();
    return true;
  }

  #report(code: CelIssueCode, message: string, range: Range, position = range.start): void {
    if (this.#issues.length < issueLimit) {
      this.#issues.push({ code, message, range, position });
    }
  }

  /** Reports that the current token does not fit; one complaint about a place is enough. */
  #syntax(message: string): void {
    const range = this.#range();
    if (this.#complainedAt !== range.start) {
      this.#complainedAt = range.start;
      this.#report('syntax', `Syntax error: ${message}`, range);
    }
  }

  /**
   * Takes the token that must come; a missing one is reported, and the text read as if it were there.
   * `shown` is how cel-go names it as missing, empty where it calls the token found instead mismatched.
   */
  #expect(kind: TokenKind, shown: string, expecting = shown): void {
    if (this.#accept(kind)) {
      return;
    }
    if (this.#kind(1) === kind && this.#kind() !== Token.end) {
      this.#syntax(`extraneous input '${this.#text()}' expecting ${expecting}`);
      this.#next();
      this.#next();
    } else if (shown !== '') {
      this.#syntax(`missing ${shown} at '${this.#text()}'`);
    } else {
      this.#syntax(`mismatched input '${this.#text()}' expecting ${expecting}`);
    }
  }

  #trailing(): void {
    const extraneous = this.#kind(1) === Token.end;
    this.#syntax(`${extraneous ? 'extraneous' : 'mismatched'} input '${this.#text()}' expecting <EOF>`);
    // Later mistakes are still worth knowing: read on as if a new expression began here.
    while (this.#kind() !== Token.end && this.#issues.length < issueLimit) {
      if (startsExpression.has(this.#kind())) {
        this.#expression();
      } else {
        this.#next();
      }
    }
  }

  // Nodes

  #place(start: number, position: number): Place {
    return { range: { start, end: Math.max(start, this.#lastEnd()) }, position };
  }

  #grow<T extends Expr>(node: T, counted: 0 | 1, first?: Expr, second?: Expr, more?: readonly Expr[]): T {
    let height = Math.max(this.#heightOf(first), this.#heightOf(second));
    if (more) {
      for (const child of more) {
        height = Math.max(height, this.#heightOf(child));
      }
    }
    height += counted;
    if (height > depthLimit) {
      throw new TooDeep('max recursion depth exceeded');
    }
    this.#height[node.id] = height;
    return node;
  }

  #heightOf(node: Expr | undefined): number {
    return node ? (this.#height[node.id] ?? 0) : 0;
  }

  #enter(depth: number): void {
    if (depth > depthLimit) {
      throw new TooDeep(`expression recursion limit exceeded: ${depthLimit}`);
    }
  }

  #call(place: Place, name: string, nameRange: Range, args: readonly Expr[], target?: Expr): Expr {
    const counted = target ? 1 : 0;
    const macro = findMacro(name, args.length, target !== undefined, this.#macros);
    if (macro) {
      const use = { build: this.#build, place, written: writtenCall(name, nameRange, args, target) };
      const expansion = macro(use, target, args);
      if (expansion && 'expr' in expansion) {
        return this.#grow(expansion.expr, counted, target, undefined, args);
      }
      if (expansion) {
        this.#report('invalid-macro', expansion.error, expansion.at.range, expansion.at.position);
        const parts = target ? [target, ...args] : args;
        return this.#grow(this.#build.invalid(place, parts), counted, undefined, undefined, parts);
      }
    }
    return this.#grow(
      this.#build.call(place, name, nameRange, args, target),
      counted,
      target,
      undefined,
      args,
    );
  }

  // Grammar

  #expression(): Expr {
    this.#enter(++this.#expressions);
    const start = this.#start();
    const condition = this.#logical(Token.or);
    let result = condition;
    if (this.#kind() === Token.question) {
      const operator = this.#range();
      this.#next();
      const yes = this.#logical(Token.or);
      this.#expect(Token.colon, '', "':'");
      const no = this.#expression();
      const place = this.#place(start, operator.start);
      result = this.#grow(
        this.#build.call(place, '_?_:_', operator, [condition, yes, no]),
        1,
        condition,
        yes,
        [no],
      );
    }
    this.#expressions--;
    return result;
  }

  /** `a || b || …` or `a && b && …`, as a balanced tree like cel-go's, so that long chains do not nest deep. */
  #logical(operator: typeof Token.or | typeof Token.and): Expr {
    const start = this.#start();
    const first = operator === Token.or ? this.#logical(Token.and) : this.#relation(0);
    return this.#kind() === operator ? this.#chain(operator, start, first) : first;
  }

  /** The rest of a chain of `||` or `&&` whose first term was read. */
  #chain(operator: typeof Token.or | typeof Token.and, firstStart: number, first: Expr): Expr {
    const starts = [firstStart];
    const operand = (): Expr => (operator === Token.or ? this.#logical(Token.and) : this.#relation(0));
    const terms = [first];
    const ends = [this.#lastEnd()];
    const signs: Range[] = [];
    while (this.#kind() === operator) {
      signs.push(this.#range());
      this.#next();
      starts.push(this.#start());
      terms.push(operand());
      ends.push(this.#lastEnd());
    }
    const name = operator === Token.or ? '_||_' : '_&&_';
    const balance = (low: number, high: number): Expr => {
      const middle = (low + high + 1) >> 1;
      const left = middle === low ? terms[middle] : balance(low, middle - 1);
      const right = middle === high ? terms[middle + 1] : balance(middle + 1, high);
      const sign = signs[middle];
      if (!left || !right || !sign) {
        return this.#invalidHere([]);
      }
      const start = starts[low] ?? sign.start;
      const range = { start, end: Math.max(start, ends[high + 1] ?? sign.end) };
      return this.#grow(
        this.#build.call({ range, position: sign.start }, name, sign, [left, right]),
        0,
        left,
        right,
      );
    };
    return balance(0, signs.length - 1);
  }

  /** Comparisons bind equally and to the left. */
  #relation(minimum: 0 | 1): Expr {
    this.#enter(++this.#relations);
    const start = this.#start();
    let left = this.#sum(0);
    for (;;) {
      const name = minimum === 0 ? relations.get(this.#kind()) : undefined;
      if (name === undefined) {
        break;
      }
      const sign = this.#range();
      this.#next();
      const right = this.#relation(1);
      left = this.#binary(start, name, sign, left, right);
    }
    this.#relations--;
    return left;
  }

  /** Sums (0) of products (1) of single operands (2). */
  #sum(minimum: 0 | 1 | 2): Expr {
    this.#enter(++this.#sums);
    const start = this.#start();
    let left = this.#unary();
    for (;;) {
      const product = minimum <= 1 ? products.get(this.#kind()) : undefined;
      const name = product ?? (minimum === 0 ? sums.get(this.#kind()) : undefined);
      if (name === undefined) {
        break;
      }
      const sign = this.#range();
      this.#next();
      const right = this.#sum(product === undefined ? 1 : 2);
      left = this.#binary(start, name, sign, left, right);
    }
    this.#sums--;
    return left;
  }

  #binary(start: number, name: string, sign: Range, left: Expr, right: Expr): Expr {
    const place = this.#place(start, sign.start);
    return this.#grow(this.#build.call(place, name, sign, [left, right]), 1, left, right);
  }

  #unary(): Expr {
    const kind = this.#kind();
    if (kind !== Token.not && kind !== Token.minus) {
      return this.#member();
    }
    const sign = this.#range();
    const next = this.#kind(1);
    if (kind === Token.minus && (next === Token.int || next === Token.double)) {
      return this.#member();
    }
    // Of several signs all are operators, though a single minus belongs to its number.
    let count = 0;
    while (this.#accept(kind)) {
      count++;
    }
    const operand = this.#member();
    if (count % 2 === 0) {
      return operand;
    }
    const name = kind === Token.not ? '!_' : '-_';
    return this.#grow(
      this.#build.call(this.#place(sign.start, sign.start), name, sign, [operand]),
      0,
      operand,
    );
  }

  #member(): Expr {
    const start = this.#start();
    const parenthesized = this.#kind() === Token.leftParen;
    let expr = this.#primary();
    // While only names and dots were read, a brace makes it a message.
    let name = parenthesized || expr.kind !== 'identifier' ? undefined : expr.name;
    for (;;) {
      const sign = this.#range();
      if (this.#accept(Token.dot)) {
        const optional = this.#accept(Token.question);
        const field = this.#fieldName(sign);
        if (!field) {
          expr = this.#grow(this.#build.invalid(this.#place(start, sign.start), [expr]), 1, expr);
          name = undefined;
        } else if (this.#kind() === Token.leftParen && !optional && !field.escaped) {
          const open = this.#start();
          const args = this.#arguments();
          expr = this.#call(this.#place(start, open), field.name, field.range, args, expr);
          name = undefined;
        } else {
          const place = this.#place(start, sign.start);
          expr = this.#grow(this.#build.select(place, expr, field.name, field.range, optional), 1, expr);
          name = name === undefined || optional || field.escaped ? undefined : `${name}.${field.name}`;
        }
      } else if (this.#accept(Token.leftBracket)) {
        const optional = this.#accept(Token.question);
        const index = this.#expression();
        this.#expect(Token.rightBracket, "']'");
        const place = this.#place(start, sign.start);
        expr = this.#grow(
          this.#build.call(place, optional ? '_[?_]' : '_[_]', sign, [expr, index]),
          1,
          expr,
          index,
        );
        name = undefined;
      } else if (name !== undefined && this.#kind() === Token.leftBrace) {
        expr = this.#struct(start, name);
        name = undefined;
      } else {
        return expr;
      }
    }
  }

  /** The name after a dot. Words of the language may not stand there, reserved words may. */
  #fieldName(dot: Range): { name: string; range: Range; escaped: boolean } | undefined {
    const range = this.#range();
    const text = this.#source.slice(range.start, range.end);
    switch (this.#kind()) {
      case Token.identifier:
        this.#next();
        return { name: text, range, escaped: false };
      case Token.escapedIdentifier:
        this.#next();
        return { name: text.slice(1, -1), range, escaped: true };
      case Token.true:
      case Token.false:
      case Token.null:
      case Token.in:
        this.#syntax(`mismatched input '${text}' expecting IDENTIFIER`);
        this.#next();
        return { name: text, range, escaped: false };
      default: {
        const seen = this.#kind() === Token.end ? '.' : `.${text}`;
        this.#report(
          'syntax',
          `Syntax error: no viable alternative at input '${seen}'`,
          {
            start: dot.start,
            end: Math.max(dot.end, this.#kind() === Token.end ? dot.end : range.end),
          },
          range.start,
        );
        return undefined;
      }
    }
  }

  #primary(): Expr {
    const start = this.#start();
    const kind = this.#kind();
    switch (kind) {
      case Token.identifier:
      case Token.dot:
        return this.#name();
      case Token.leftParen: {
        this.#next();
        const inner = this.#expression();
        this.#expect(Token.rightParen, "')'");
        return inner;
      }
      case Token.leftBracket:
        return this.#list();
      case Token.leftBrace:
        return this.#map();
      case Token.true:
      case Token.false:
      case Token.null: {
        this.#next();
        const value = kind === Token.null ? null : kind === Token.true;
        return this.#build.literal(this.#place(start, start), value);
      }
      case Token.minus:
      case Token.int:
      case Token.uint:
      case Token.double:
      case Token.string:
      case Token.bytes:
        return this.#literal();
      default:
        return this.#missing();
    }
  }

  /** Something else stands where an expression must begin. */
  #missing(): Expr {
    if (this.#kind() !== Token.end && startsExpression.has(this.#kind(1)) && !closers.has(this.#kind())) {
      this.#syntax(`extraneous input '${this.#text()}' expecting ${expressionStart}`);
      this.#next();
      return this.#primary();
    }
    this.#syntax(`mismatched input '${this.#text()}' expecting ${expressionStart}`);
    if (this.#kind() === Token.escapedIdentifier) {
      this.#next();
    }
    return this.#invalidHere([]);
  }

  #invalidHere(parts: readonly Expr[]): Expr {
    const at = this.#start();
    return this.#build.invalid({ range: { start: at, end: at }, position: at }, parts);
  }

  #name(): Expr {
    const start = this.#start();
    const leading = this.#accept(Token.dot) ? '.' : '';
    const range = this.#range();
    const word = this.#source.slice(range.start, range.end);
    if (this.#kind() !== Token.identifier) {
      this.#syntax(
        leading === '' || this.#kind() === Token.end
          ? "no viable alternative at input '.'"
          : `no viable alternative at input '.${word}'`,
      );
      return this.#invalidHere([]);
    }
    this.#next();
    const reserved = reservedWords.has(word) && this.#kind() !== Token.leftBrace && !this.#isMessageName();
    if (reserved) {
      this.#report('syntax', `reserved identifier: ${word}`, range, start);
    }
    const name = leading + word;
    if (this.#kind() === Token.leftParen) {
      const open = this.#start();
      const args = this.#arguments();
      const place = this.#place(start, open);
      return reserved ? this.#build.invalid(place, args) : this.#call(place, name, range, args);
    }
    const place = this.#place(start, range.start);
    return reserved ? this.#build.invalid(place) : this.#build.identifier(place, name);
  }

  /** Whether what follows is `.b.c{`, so that the name just read begins a message's type. */
  #isMessageName(): boolean {
    let ahead = 0;
    while (this.#kind(ahead) === Token.dot && this.#kind(ahead + 1) === Token.identifier) {
      ahead += 2;
    }
    return ahead > 0 && this.#kind(ahead) === Token.leftBrace;
  }

  /** Arguments in parentheses; the current token is the opening one. */
  #arguments(): Expr[] {
    this.#next();
    const args: Expr[] = [];
    if (this.#accept(Token.rightParen)) {
      return args;
    }
    do {
      args.push(this.#expression());
    } while (this.#accept(Token.comma));
    this.#close(Token.rightParen, "{')', ','}");
    return args;
  }

  /** Takes a closing bracket, skipping what does not belong there. */
  #close(kind: TokenKind, expecting: string): void {
    if (this.#accept(kind)) {
      return;
    }
    this.#syntax(`mismatched input '${this.#text()}' expecting ${expecting}`);
    let ahead = 0;
    while (!closers.has(this.#kind(ahead))) {
      ahead++;
    }
    if (this.#kind(ahead) === kind) {
      this.#at += ahead + 1;
    }
  }

  #list(): Expr {
    const start = this.#start();
    this.#next();
    const elements: Expr[] = [];
    const optional: number[] = [];
    while (this.#kind() !== Token.rightBracket && this.#kind() !== Token.end) {
      if (this.#kind() === Token.comma && elements.length === 0 && this.#kind(1) === Token.rightBracket) {
        this.#next();
        break;
      }
      if (this.#accept(Token.question)) {
        optional.push(elements.length);
      }
      elements.push(this.#expression());
      if (!this.#accept(Token.comma)) {
        break;
      }
      if (this.#kind() === Token.comma) {
        this.#syntax(`mismatched input ',' expecting ']'`);
        while (this.#accept(Token.comma)) {
          // The first was reported.
        }
      }
    }
    this.#close(Token.rightBracket, "{']', ','}");
    return this.#grow(
      this.#build.list(this.#place(start, start), elements, optional),
      0,
      undefined,
      undefined,
      elements,
    );
  }

  #map(): Expr {
    const start = this.#start();
    this.#next();
    const entries: MapEntry[] = [];
    while (this.#kind() !== Token.rightBrace && this.#kind() !== Token.end) {
      if (this.#kind() === Token.comma && entries.length === 0 && this.#kind(1) === Token.rightBrace) {
        this.#next();
        break;
      }
      const before = this.#at;
      const optional = this.#accept(Token.question);
      const key = this.#expression();
      this.#expect(Token.colon, '', "':'");
      const value = this.#expression();
      entries.push({ key, value, optional });
      if (!this.#accept(Token.comma) || this.#at === before) {
        break;
      }
    }
    this.#close(Token.rightBrace, "{'}', ','}");
    const below = entries.flatMap((entry) => [entry.key, entry.value]);
    return this.#grow(this.#build.map(this.#place(start, start), entries), 0, undefined, undefined, below);
  }

  /** The fields of a message whose type name was read; the current token is the opening brace. */
  #struct(start: number, typeName: string): Expr {
    const brace = this.#start();
    this.#next();
    const fields: StructField[] = [];
    while (this.#kind() !== Token.rightBrace && this.#kind() !== Token.end) {
      if (this.#kind() === Token.comma && fields.length === 0 && this.#kind(1) === Token.rightBrace) {
        this.#next();
        break;
      }
      const optional = this.#accept(Token.question);
      const nameRange = this.#range();
      const escaped = this.#kind() === Token.escapedIdentifier;
      if (!escaped && this.#kind() !== Token.identifier) {
        this.#syntax(
          `mismatched input '${this.#text()}' expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}`,
        );
        break;
      }
      this.#next();
      const text = this.#source.slice(nameRange.start, nameRange.end);
      this.#expect(Token.colon, '', "':'");
      const value = this.#expression();
      fields.push({ name: escaped ? text.slice(1, -1) : text, nameRange, value, optional });
      if (!this.#accept(Token.comma)) {
        break;
      }
    }
    this.#close(Token.rightBrace, "{'}', ','}");
    const place = this.#place(start, brace);
    return this.#grow(
      this.#build.struct(place, typeName, fields),
      0,
      undefined,
      undefined,
      fields.map((field) => field.value),
    );
  }

  #literal(): Expr {
    const start = this.#start();
    const negative = this.#accept(Token.minus);
    const kind = this.#kind();
    const range = this.#range();
    const text = this.#source.slice(range.start, range.end);
    this.#next();
    const place = this.#place(start, start);
    const bad = (message: string): Expr => {
      const known = this.#tokens.issues.some(
        (issue) => issue.range.start >= start && issue.range.end <= range.end,
      );
      if (known) {
        return this.#build.invalid(place);
      }
      this.#report('invalid-literal', message, place.range, start);
      return this.#build.invalid(place);
    };
    switch (kind) {
      case Token.int: {
        const value = readInt(text, negative);
        return value === undefined ? bad('invalid int literal') : this.#build.literal(place, value);
      }
      case Token.uint: {
        const value = readUint(text);
        return value === undefined ? bad('invalid uint literal') : this.#build.literal(place, value);
      }
      case Token.double: {
        const value = readDouble(text);
        return value === undefined
          ? bad('invalid double literal')
          : this.#build.literal(place, negative ? -value : value);
      }
      case Token.string: {
        const content = readString(text);
        return 'error' in content ? bad(content.error) : this.#build.literal(place, content.value);
      }
      case Token.bytes: {
        const content = readBytes(text);
        return 'error' in content ? bad(content.error) : this.#build.literal(place, content.value);
      }
      default:
        this.#at = Math.max(0, this.#at - 1);
        return this.#missing();
    }
  }
}
