import type { Expr, Select } from '../ast';
import { OperandReader } from './operands';
import { Token } from './tokens';

/** Reads operands with what follows them directly: selections, methods, indexes, the fields of a message. */
export abstract class MemberReader extends OperandReader {
  protected member(): Expr {
    const { start } = this;
    const parenthesized = this.kind === Token.leftParen;
    let expr = this.primary();
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
      const made = this.call(this.since(start), open, field, fieldRange, args, operand);
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
