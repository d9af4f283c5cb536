import type { CelIssue, CelIssueCode, Range } from '../issue';
import { tokenize } from './lexer';
import { closers, Token, tokenSize } from './tokens';
import type { TokenKind } from './tokens';

/** After so many mistakes the rest is not worth reporting. */
export const issueLimit = 100;

/** A place in the tokens of a text, with what is needed to go on after mistakes. Used for one text after another. */
export abstract class Cursor {
  protected source = '';
  protected issues: CelIssue[] = [];
  /** The current token: what it is and where it stands. */
  protected kind: number = Token.end;
  protected start = 0;
  protected end = 0;
  /** Where the token before the current one ended. */
  protected lastEnd = 0;
  /** The tokens, as the lexer leaves them. */
  #rows: Int32Array = new Int32Array(0);
  #used = 0;
  /** How many of the issues are the lexer's; they come first. */
  #lexed = 0;
  /** Where the current token's numbers begin. */
  #at = 0;
  #complainedAt = -1;

  /** Goes to the beginning of a text. */
  protected load(source: string): void {
    const { rows, used, issues } = tokenize(source);
    this.source = source;
    this.issues = issues;
    this.#rows = rows;
    this.#used = used;
    this.#lexed = issues.length;
    this.#complainedAt = -1;
    this.#moveTo(0);
  }

  /** Where the current token stands among the tokens, to tell whether it is still the same. */
  protected get at(): number {
    return this.#at;
  }

  /** Goes some tokens on, or back. */
  protected move(count: number): void {
    this.#moveTo(this.#at + count * tokenSize);
  }

  #moveTo(at: number): void {
    const rows = this.#rows;
    this.#at = at;
    this.lastEnd = at > 0 ? (rows[at - 1] ?? 0) : 0;
    this.kind = rows[at] ?? Token.end;
    this.start = rows[at + 1] ?? 0;
    this.end = rows[at + 2] ?? 0;
  }

  /** The kind of the token `count` places ahead. */
  protected ahead(count: number): number {
    const at = this.#at + count * tokenSize;
    return at < this.#used ? (this.#rows[at] ?? Token.end) : Token.end;
  }

  protected next(): void {
    if (this.kind !== Token.end) {
      const rows = this.#rows;
      const at = this.#at + tokenSize;
      this.#at = at;
      this.lastEnd = this.end;
      this.kind = rows[at] ?? Token.end;
      this.start = rows[at + 1] ?? 0;
      this.end = rows[at + 2] ?? 0;
    }
  }

  protected is(kind: TokenKind): boolean {
    return this.kind === kind;
  }

  protected accept(kind: TokenKind): boolean {
    if (this.kind !== kind) {
      return false;
    }
    this.next();
    return true;
  }

  protected range(): Range {
    return { start: this.start, end: this.end };
  }

  /** From a place to the end of what was read. */
  protected since(start: number): Range {
    return { start, end: Math.max(start, this.lastEnd) };
  }

  /** The current token as messages show it. */
  protected text(): string {
    return this.kind === Token.end ? '<EOF>' : this.source.slice(this.start, this.end);
  }

  // Mistakes

  protected report(code: CelIssueCode, message: string, range: Range, position = range.start): void {
    if (this.issues.length < issueLimit) {
      this.issues.push({ code, message, range, position });
    }
  }

  /** True if the lexer reported an issue within the range. */
  protected isBroken(range: Range): boolean {
    return this.issues
      .slice(0, this.#lexed)
      .some((issue) => issue.range.start >= range.start && issue.range.end <= range.end);
  }

  /** Reports that the current token does not fit; one complaint about a place is enough. */
  protected syntax(message: string): void {
    if (this.#complainedAt !== this.start) {
      this.#complainedAt = this.start;
      this.report('syntax', `Syntax error: ${message}`, this.range());
    }
  }

  /**
   * Takes the token that must come; a missing one is reported, and the text read as if it were there.
   * `shown` is how cel-go names it as missing, empty where it calls the token found instead mismatched.
   */
  protected expect(kind: TokenKind, shown: string, expecting = shown): void {
    if (this.accept(kind)) {
      return;
    }
    if (this.ahead(1) === kind && this.kind !== Token.end) {
      this.syntax(`extraneous input '${this.text()}' expecting ${expecting}`);
      this.next();
      this.next();
    } else if (shown !== '') {
      this.syntax(`missing ${shown} at '${this.text()}'`);
    } else {
      this.syntax(`mismatched input '${this.text()}' expecting ${expecting}`);
    }
  }

  /** Takes a closing bracket, skipping what does not belong there. */
  protected close(kind: TokenKind, expecting: string): void {
    if (this.accept(kind)) {
      return;
    }
    this.syntax(`mismatched input '${this.text()}' expecting ${expecting}`);
    let count = 0;
    while (!closers.has(this.ahead(count))) {
      count++;
    }
    if (this.ahead(count) === kind) {
      this.move(count + 1);
    }
  }
}
