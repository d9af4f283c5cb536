import type { Expr, MapEntry, StructField } from '../ast';
import { Builder } from './builder';
import { Cursor } from './cursor';
import { Token } from './tokens';

/** How deep rules may nest; the same number as cel-go's, so that the same texts are refused. */
export const depthLimit = 250;

/** Thrown when the text nests too deep, and caught where the parser was started. */
export class TooDeep extends Error {}

/** Reads what stands in brackets: arguments, lists, maps and the fields of messages. */
export abstract class BracketReader extends Cursor {
  protected build = new Builder();
  /** How deep rules and trees may be. */
  protected deepest = depthLimit;
  /** How deep the tree that was read last is, in the nodes that cel-go counts. */
  protected height = 0;

  protected abstract expression(): Expr;

  /** Notes how deep the tree that was just read is. */
  protected grown(height: number): void {
    if (height > this.deepest) {
      throw new TooDeep('max recursion depth exceeded');
    }
    this.height = height;
  }

  /** Arguments in parentheses; the current token is the opening one. The height is that of the highest. */
  protected arguments(): Expr[] {
    this.next();
    const args: Expr[] = [];
    let height = 0;
    if (this.kind === Token.rightParen) {
      this.next();
    } else {
      do {
        args.push(this.expression());
        height = Math.max(height, this.height);
      } while (this.accept(Token.comma));
      this.close(Token.rightParen, "{')', ','}");
    }
    this.height = height;
    return args;
  }

  /** Takes a comma that stands alone in brackets, as in `[,]`. */
  #onlyComma(first: boolean, closing: number): boolean {
    if (!first || this.kind !== Token.comma || this.ahead(1) !== closing) {
      return false;
    }
    this.next();
    return true;
  }

  protected list(): Expr {
    const { start } = this;
    this.next();
    const elements: Expr[] = [];
    let optional: number[] | undefined;
    let height = 0;
    while (this.kind !== Token.rightBracket && this.kind !== Token.end) {
      if (this.#onlyComma(elements.length === 0, Token.rightBracket)) {
        break;
      }
      if (this.accept(Token.question)) {
        optional ??= [];
        optional.push(elements.length);
      }
      elements.push(this.expression());
      height = Math.max(height, this.height);
      if (!this.accept(Token.comma)) {
        break;
      }
      if (this.kind === Token.comma) {
        this.syntax(`mismatched input ',' expecting ']'`);
        while (this.accept(Token.comma)) {
          // The first was reported.
        }
      }
    }
    this.close(Token.rightBracket, "{']', ','}");
    this.grown(height);
    return this.build.list(this.since(start), start, elements, optional);
  }

  protected map(): Expr {
    const { start } = this;
    this.next();
    const entries: MapEntry[] = [];
    let height = 0;
    while (this.kind !== Token.rightBrace && this.kind !== Token.end) {
      if (this.#onlyComma(entries.length === 0, Token.rightBrace)) {
        break;
      }
      const before = this.at;
      const optional = this.accept(Token.question);
      const key = this.expression();
      height = Math.max(height, this.height);
      this.expect(Token.colon, '', "':'");
      const value = this.expression();
      height = Math.max(height, this.height);
      entries.push({ key, value, optional });
      if (!this.accept(Token.comma) || this.at === before) {
        break;
      }
    }
    this.close(Token.rightBrace, "{'}', ','}");
    this.grown(height);
    return this.build.map(this.since(start), start, entries);
  }

  /** The fields of a message whose type name was read; the current token is the opening brace. */
  protected struct(start: number, typeName: string): Expr {
    const brace = this.start;
    this.next();
    const fields: StructField[] = [];
    let height = 0;
    while (this.kind !== Token.rightBrace && this.kind !== Token.end) {
      if (this.#onlyComma(fields.length === 0, Token.rightBrace)) {
        break;
      }
      const optional = this.accept(Token.question);
      const nameRange = this.range();
      const escaped = this.kind === Token.escapedIdentifier;
      if (!escaped && this.kind !== Token.identifier) {
        this.syntax(
          `mismatched input '${this.text()}' expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}`,
        );
        break;
      }
      this.next();
      const text = this.source.slice(nameRange.start, nameRange.end);
      const position = this.range().start;
      this.expect(Token.colon, '', "':'");
      const value = this.expression();
      height = Math.max(height, this.height);
      fields.push({ name: escaped ? text.slice(1, -1) : text, nameRange, position, value, optional });
      if (!this.accept(Token.comma)) {
        break;
      }
    }
    this.close(Token.rightBrace, "{'}', ','}");
    this.grown(height);
    return this.build.struct(this.since(start), brace, typeName, fields);
  }
}
