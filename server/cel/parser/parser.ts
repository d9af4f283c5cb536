import type { Expr } from '../ast';
import type { CelIssue, CelIssueCode, Range } from '../issue';
import { depthLimit, TooDeep } from './brackets';
import { Builder, nodeLimit, TooManyNodes } from './builder';
import { issueLimit } from './cursor';
import { MemberReader } from './members';
import { Level, operatorLevels, operatorNames, startsExpression, Token } from './tokens';

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
export class Parser extends MemberReader {
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
    this.macros = macros;
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
      return this.invalidHere([]);
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
    let left = this.kind === Token.not || this.kind === Token.minus ? this.#signed() : this.member();
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
      return this.member();
    }
    // Of several signs all are operators, though a single minus belongs to its number.
    const sign = this.range();
    let count = 0;
    while (this.kind === kind) {
      this.next();
      count++;
    }
    const operand = this.member();
    if (count % 2 === 0) {
      return operand;
    }
    const name = kind === Token.not ? '!_' : '-_';
    return this.build.call(this.since(sign.start), sign.start, name, sign, [operand]);
  }
}
