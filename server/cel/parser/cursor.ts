import type { CelIssue, CelIssueCode, Range } from '../issue';
import { tokenize } from './lexer';
import { closers, Token } from './tokens';
import type { TokenKind, Tokens } from './tokens';

/** After so many mistakes the rest is not worth reporting. */
export const issueLimit = 100;

/** A place in the tokens of a text, with what is needed to go on after mistakes. */
export abstract class Cursor {
  protected readonly source: string;
  protected readonly issues: CelIssue[];
  /** The current token: what it is and where it stands. */
  protected kind: number = Token.end;
  protected start = 0;
  protected end = 0;
  /** Where the token before the current one ended. */
  protected lastEnd = 0;
  readonly #tokens: Tokens;
  /** How many of the issues are the lexer's; they come first. */
  readonly #lexed: number;
  #at = -1;
  #complainedAt = -1;

  constructor(source: string) {
    this.source = source;
    this.#tokens = tokenize(source);
    this.issues = this.#tokens.issues;
    this.#lexed = this.issues.length;
    this.moveTo(0);
  }

  /** How many tokens stand before the current one. */
  protected get at(): number {
    return this.#at;
  }

  protected moveTo(at: number): void {
    const { kinds, starts, ends } = this.#tokens;
    this.#at = at;
    this.kind = kinds[at] ?? Token.end;
    this.start = starts[at] ?? 0;
    this.end = ends[at] ?? 0;
    this.lastEnd = at > 0 ? (ends[at - 1] ?? 0) : 0;
  }

  /** What the token some places further on is. */
  protected ahead(count: number): number {
    const at = this.#at + count;
    return at < this.#tokens.count ? (this.#tokens.kinds[at] ?? Token.end) : Token.end;
  }

  protected next(): void {
    if (this.kind !== Token.end) {
      const { kinds, starts, ends } = this.#tokens;
      const at = ++this.#at;
      this.lastEnd = this.end;
      this.kind = kinds[at] ?? Token.end;
      this.start = starts[at] ?? 0;
      this.end = ends[at] ?? 0;
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

  /** Whether the lexer found something wrong in a part of the text. */
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
      this.moveTo(this.#at + count + 1);
    }
  }
}
