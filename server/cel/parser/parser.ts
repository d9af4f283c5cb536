import type { Expr, LiteralValue, Select } from '../ast';
import type { CelIssue, CelIssueCode, Range } from '../issue';
import { BracketReader, depthLimit, TooDeep } from './brackets';
import { Builder, nodeLimit, TooManyNodes } from './builder';
import { issueLimit } from './cursor';
import { readLiteral } from './literals';
import { findMacro } from './macros';
import { closers, Level, operatorLevels, operatorNames, startsExpression, Token } from './tokens';

const expressionStart =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

/** Words that are no variables, though they may be fields. */
const reservedWords = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

const longestReserved = Math.max(...[...reservedWords].map((word) => word.length));

function isReserved(word: string): boolean {
  // Most variables are of one letter; of long names not even the first letter is looked at.
  return word.length > 1 && word.length <= longestReserved && reservedWords.has(word);
}

/** The parts of a chain of `||` or `&&`. */
interface Chain {
  readonly name: string;
  readonly terms: Expr[];
  /** Where each term begins and ends, its parentheses included. */
  readonly starts: number[];
  readonly ends: number[];
  readonly signs: Range[];
}

/**
 * A parser over CEL's grammar, recursive and by precedence, that goes on after mistakes. It reads one text after
 * another, since most texts are so short that making a parser would take a good part of the time.
 */
export class Parser extends BracketReader {
  #macros: 'standard' | 'none' | undefined;
  #expressions = 0;
  #relations = 0;
  #sums = 0;

  /**
   * @param macros which macros to expand; all, without it
   * @param deepest how deep rules and trees may be
   */
  run(
    source: string,
    macros: 'standard' | 'none' | undefined,
    deepest = depthLimit,
  ): { expr: Expr; issues: readonly CelIssue[] } {
    this.load(source);
    this.build = new Builder();
    this.deepest = deepest;
    this.#macros = macros;
    this.#expressions = 0;
    this.#relations = 0;
    this.#sums = 0;
    try {
      const expr = this.expression();
      if (this.kind !== Token.end) {
        this.#trailing();
      }
      if (this.issues.length > 1) {
        this.issues.sort((a, b) => a.position - b.position);
      }
      return { expr, issues: this.issues };
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
    const range = { start: 0, end: this.source.length };
    const issue: CelIssue = { code, message, range, position: 0 };
    return { expr: new Builder().invalid(range, 0), issues: [...this.issues, issue] };
  }

  #trailing(): void {
    const extraneous = this.ahead(1) === Token.end;
    this.syntax(`${extraneous ? 'extraneous' : 'mismatched'} input '${this.text()}' expecting <EOF>`);
    // Later mistakes are still worth knowing: read on as if a new expression began here.
    while (this.kind !== Token.end && this.issues.length < issueLimit) {
      if (startsExpression.has(this.kind)) {
        this.expression();
      } else {
        this.next();
      }
    }
  }

  #enter(depth: number): void {
    if (depth > this.deepest) {
      throw new TooDeep(`expression recursion limit exceeded: ${this.deepest}`);
    }
  }

  // Operators

  protected expression(): Expr {
    this.#enter(++this.#expressions);
    const { start } = this;
    let result = this.#disjunction();
    if (this.kind === Token.question) {
      result = this.#conditional(start, result);
    }
    this.#expressions--;
    return result;
  }

  #conditional(start: number, condition: Expr): Expr {
    let { height } = this;
    const sign = this.range();
    this.next();
    const yes = this.#disjunction();
    height = Math.max(height, this.height);
    this.expect(Token.colon, '', "':'");
    const no = this.expression();
    this.grown(Math.max(height, this.height) + 1);
    return this.build.call(this.since(start), sign.start, '_?_:_', sign, [condition, yes, no]);
  }

  #disjunction(): Expr {
    const { start } = this;
    const first = this.#conjunction();
    return this.kind === Token.or ? this.#chain(Token.or, start, first) : first;
  }

  #conjunction(): Expr {
    const { start } = this;
    const first = this.#binary(Level.relation);
    return this.kind === Token.and ? this.#chain(Token.and, start, first) : first;
  }

  /** The rest of `a || b || …` or `a && b && …`, whose first term was read. */
  #chain(operator: typeof Token.or | typeof Token.and, start: number, first: Expr): Expr {
    let { height } = this;
    const chain: Chain = {
      name: operator === Token.or ? '_||_' : '_&&_',
      terms: [first],
      starts: [start],
      ends: [this.lastEnd],
      signs: [],
    };
    while (this.kind === operator) {
      chain.signs.push(this.range());
      this.next();
      chain.starts.push(this.start);
      chain.terms.push(operator === Token.or ? this.#conjunction() : this.#binary(Level.relation));
      chain.ends.push(this.lastEnd);
      height = Math.max(height, this.height);
    }
    this.grown(height);
    return this.#balance(chain, 0, chain.signs.length - 1);
  }

  /** A balanced tree of a chain's terms like cel-go's, so that long chains do not nest deep. */
  #balance(chain: Chain, low: number, high: number): Expr {
    const middle = (low + high + 1) >> 1;
    const left = middle === low ? chain.terms[middle] : this.#balance(chain, low, middle - 1);
    const right = middle === high ? chain.terms[middle + 1] : this.#balance(chain, middle + 1, high);
    const sign = chain.signs[middle];
    if (!left || !right || !sign) {
      return this.#invalidHere([]);
    }
    const start = chain.starts[low] ?? sign.start;
    const range = { start, end: Math.max(start, chain.ends[high + 1] ?? sign.end) };
    return this.build.call(range, sign.start, chain.name, sign, [left, right]);
  }

  /**
   * Operands with the binary operators that bind at least as tightly as asked, all to the left. What cel-go's grammar
   * has as rules of their own, relations and sums, is counted as those are.
   */
  #binary(minimum: number): Expr {
    if (minimum <= Level.sum) {
      this.#enter(++this.#relations);
    }
    this.#enter(++this.#sums);
    const { start } = this;
    let left = this.kind === Token.not || this.kind === Token.minus ? this.#signed() : this.#member();
    for (;;) {
      const { kind } = this;
      const level = operatorLevels[kind] ?? Level.none;
      if (level < minimum || level === Level.none) {
        break;
      }
      const { height } = this;
      const sign = this.range();
      this.next();
      let right: Expr;
      if (level === Level.relation) {
        this.#sums--;
        right = this.#binary(Level.sum);
        this.#sums++;
      } else {
        right = this.#binary(level + 1);
      }
      this.grown(Math.max(height, this.height) + 1);
      left = this.build.call(this.since(start), sign.start, operatorNames[kind] ?? '', sign, [left, right]);
    }
    if (minimum <= Level.sum) {
      this.#relations--;
    }
    this.#sums--;
    return left;
  }

  /** An operand with signs before it. */
  #signed(): Expr {
    const { kind } = this;
    const ahead = this.ahead(1);
    if (kind === Token.minus && (ahead === Token.int || ahead === Token.double)) {
      return this.#member();
    }
    // Of several signs all are operators, though a single minus belongs to its number.
    const sign = this.range();
    let count = 0;
    while (this.kind === kind) {
      this.next();
      count++;
    }
    const operand = this.#member();
    if (count % 2 === 0) {
      return operand;
    }
    const name = kind === Token.not ? '!_' : '-_';
    return this.build.call(this.since(sign.start), sign.start, name, sign, [operand]);
  }

  // Members

  #member(): Expr {
    const { start } = this;
    const parenthesized = this.kind === Token.leftParen;
    let expr = this.#primary();
    for (;;) {
      if (this.kind === Token.dot) {
        expr = this.#afterDot(start, expr);
      } else if (this.kind === Token.leftBracket) {
        expr = this.#index(start, expr);
      } else {
        // If only names and dots were read, a brace makes it a message.
        const name = this.kind === Token.leftBrace && !parenthesized ? messageName(expr) : undefined;
        if (name === undefined) {
          return expr;
        }
        expr = this.struct(start, name);
      }
    }
  }

  /** A selection or a method's call; the current token is the dot. */
  #afterDot(start: number, operand: Expr): Expr {
    const { height } = this;
    const dot = this.start;
    this.next();
    const optional = this.accept(Token.question);
    const fieldRange = this.range();
    const escaped = this.kind === Token.escapedIdentifier;
    if (!escaped && this.kind !== Token.identifier && !this.#fieldInstead(dot)) {
      this.grown(height + 1);
      return this.build.invalid(this.since(start), dot, [operand]);
    }
    const field = escaped
      ? this.source.slice(fieldRange.start + 1, fieldRange.end - 1)
      : this.source.slice(fieldRange.start, fieldRange.end);
    this.next();
    if (this.kind === Token.leftParen && !optional && !escaped) {
      const open = this.start;
      const args = this.arguments();
      const made = this.#call(this.since(start), open, field, fieldRange, args, operand);
      this.grown(Math.max(height, this.height) + 1);
      return made;
    }
    this.grown(height + 1);
    return this.build.select(this.since(start), dot, operand, field, fieldRange, optional);
  }

  /**
   * Something else stands where a field's name must be. Words of the language are reported and taken for the name,
   * other tokens stay where they are. Reserved words are names.
   */
  #fieldInstead(dot: number): boolean {
    switch (this.kind) {
      case Token.true:
      case Token.false:
      case Token.null:
      case Token.in:
        this.syntax(`mismatched input '${this.text()}' expecting IDENTIFIER`);
        return true;
      default: {
        const last = this.kind === Token.end;
        const seen = last ? '.' : `.${this.text()}`;
        const range = { start: dot, end: last ? dot + 1 : this.end };
        this.report('syntax', `Syntax error: no viable alternative at input '${seen}'`, range, this.start);
        return false;
      }
    }
  }

  #index(start: number, operand: Expr): Expr {
    const { height } = this;
    const sign = this.range();
    this.next();
    const optional = this.accept(Token.question);
    const index = this.expression();
    const below = Math.max(height, this.height);
    this.expect(Token.rightBracket, "']'");
    this.grown(below + 1);
    const name = optional ? '_[?_]' : '_[_]';
    return this.build.call(this.since(start), sign.start, name, sign, [operand, index]);
  }

  /** A call of a function, or what a macro makes of it. */
  #call(
    range: Range,
    position: number,
    name: string,
    nameRange: Range,
    args: readonly Expr[],
    target?: Expr,
  ): Expr {
    const macro = findMacro(name, args.length, target !== undefined, this.#macros);
    if (macro) {
      const written = target ? { name, nameRange, target, args } : { name, nameRange, args };
      const expansion = macro({ build: this.build, range, position, written }, target, args);
      if (expansion && 'expr' in expansion) {
        return expansion.expr;
      }
      if (expansion) {
        this.report('invalid-macro', expansion.error, expansion.at.range, expansion.at.position);
        return this.build.invalid(range, position, target ? [target, ...args] : args);
      }
    }
    return this.build.call(range, position, name, nameRange, args, target);
  }

  // Operands

  #primary(): Expr {
    const { kind, start } = this;
    switch (kind) {
      case Token.identifier:
      case Token.dot:
        return this.#name();
      case Token.leftParen: {
        this.next();
        const inner = this.expression();
        this.expect(Token.rightParen, "')'");
        return inner;
      }
      case Token.leftBracket:
        return this.list();
      case Token.leftBrace:
        return this.map();
      case Token.true:
      case Token.false:
      case Token.null:
        this.next();
        return this.#leaf(start, kind === Token.null ? null : kind === Token.true);
      case Token.plainString: {
        const content = this.source.slice(start + 1, this.end - 1);
        this.next();
        return this.#leaf(start, content);
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

  #leaf(start: number, value: LiteralValue): Expr {
    this.height = 0;
    return this.build.literal(this.since(start), start, value);
  }

  /** Something else stands where an expression must begin. */
  #missing(): Expr {
    if (this.kind !== Token.end && startsExpression.has(this.ahead(1)) && !closers.has(this.kind)) {
      this.syntax(`extraneous input '${this.text()}' expecting ${expressionStart}`);
      this.next();
      return this.#primary();
    }
    this.syntax(`mismatched input '${this.text()}' expecting ${expressionStart}`);
    if (this.kind === Token.escapedIdentifier) {
      this.next();
    }
    return this.#invalidHere([]);
  }

  #invalidHere(parts: readonly Expr[]): Expr {
    const at = this.start;
    this.height = 0;
    return this.build.invalid({ start: at, end: at }, at, parts);
  }

  #name(): Expr {
    const { start } = this;
    const leading = this.accept(Token.dot);
    if (!this.is(Token.identifier)) {
      this.syntax(
        `no viable alternative at input '.${leading && this.kind !== Token.end ? this.text() : ''}'`,
      );
      return this.#invalidHere([]);
    }
    const nameRange = this.range();
    const word = this.source.slice(nameRange.start, nameRange.end);
    this.next();
    if (isReserved(word) && !this.#isMessageName()) {
      this.report('syntax', `reserved identifier: ${word}`, nameRange, start);
      return this.#reserved(start, nameRange);
    }
    const name = leading ? `.${word}` : word;
    if (this.kind === Token.leftParen) {
      const open = this.start;
      const args = this.arguments();
      return this.#call(this.since(start), open, name, nameRange, args);
    }
    this.height = 0;
    return this.build.identifier(this.since(start), nameRange.start, name);
  }

  /** What stands where a reserved word was taken for a name. */
  #reserved(start: number, nameRange: Range): Expr {
    if (this.kind === Token.leftParen) {
      const open = this.start;
      const args = this.arguments();
      this.height = 0;
      return this.build.invalid(this.since(start), open, args);
    }
    this.height = 0;
    return this.build.invalid(this.since(start), nameRange.start);
  }

  /** Whether what follows is `{` or `.b.c{`, so that the name just read is, or begins, a message's type. */
  #isMessageName(): boolean {
    let count = 0;
    while (this.ahead(count) === Token.dot && this.ahead(count + 1) === Token.identifier) {
      count += 2;
    }
    return this.ahead(count) === Token.leftBrace;
  }

  #literal(): Expr {
    const { start } = this;
    const negative = this.accept(Token.minus);
    const { kind } = this;
    const text = this.source.slice(this.start, this.end);
    const read = readLiteral(kind, text, negative);
    if (read === undefined) {
      // A minus that was skipped to, with no number after it.
      if (kind === Token.end) {
        this.move(-1);
      }
      return this.#missing();
    }
    this.next();
    if ('value' in read) {
      return this.#leaf(start, read.value);
    }
    const range = this.since(start);
    if (!this.isBroken(range)) {
      this.report('invalid-literal', read.error, range, start);
    }
    this.height = 0;
    return this.build.invalid(range, start);
  }
}

/** The name that a chain of names and dots spells; undefined if it is anything else. */
function messageName(expr: Expr): string | undefined {
  if (expr.kind === 'identifier') {
    return expr.name;
  }
  if (expr.kind !== 'select' || expr.test || expr.optional || isQuoted(expr)) {
    return undefined;
  }
  const prefix = messageName(expr.operand);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}

function isQuoted({ field, fieldRange }: Select): boolean {
  return fieldRange.end - fieldRange.start !== field.length;
}
