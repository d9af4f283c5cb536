import type { Expr, LiteralValue } from '../ast';
import type { Range } from '../issue';
import { BracketReader } from './brackets';
import { readLiteral } from './literals';
import { findMacro } from './macros';
import { closers, startsExpression, Token } from './tokens';

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

/** Reads what operators and selections stand between: names, calls, literals, brackets. */
export abstract class OperandReader extends BracketReader {
  /** Which macros to expand; all, if undefined. */
  protected macros: 'standard' | 'none' | undefined;

  protected primary(): Expr {
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
      return this.primary();
    }
    this.syntax(`mismatched input '${this.text()}' expecting ${expressionStart}`);
    if (this.kind === Token.escapedIdentifier) {
      this.next();
    }
    return this.invalidHere([]);
  }

  protected invalidHere(parts: readonly Expr[]): Expr {
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
      return this.invalidHere([]);
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
      return this.call(this.since(start), open, name, nameRange, args);
    }
    this.height = 0;
    return this.build.identifier(this.since(start), nameRange.start, name);
  }

  /** The node for a reserved word that is used as a name. */
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

  /** True before `{` or `.b.c{`: the identifier just read is then, or begins, the type name of a message. */
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

  /** A call of a function, or what a macro makes of it. */
  protected call(
    range: Range,
    position: number,
    name: string,
    nameRange: Range,
    args: readonly Expr[],
    target?: Expr,
  ): Expr {
    const macro = findMacro(name, args.length, target !== undefined, this.macros);
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
}
