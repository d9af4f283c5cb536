/** An expression that strict evaluation could not evaluate. */
export class Failure {
  readonly expression: string;
  readonly reason: string;

  constructor(expression: string, reason: string) {
    this.expression = expression;
    this.reason = reason;
  }

  /** In `cerbos 0.55`'s words. */
  get message(): string {
    return `error evaluating expression "${this.expression}": ${this.reason}`;
  }
}
