import type { Expr } from '../ast';

/** What an evaluation gives instead of a value. Travels like one, so that `&&` and `||` can absorb it. */
export abstract class Trouble {
  abstract readonly kind: 'failure' | 'unknown';
}

/** Why an expression has no value, and which part of it is to blame. */
export class Failure extends Trouble {
  readonly kind = 'failure';
  readonly message: string;
  /** The sub-expression at fault: the innermost that saw the failure. */
  node: Expr | undefined;

  constructor(message: string, node?: Expr) {
    super();
    this.message = message;
    this.node = node;
  }

  /** Says which node is at fault, if that is not known yet. */
  at(node: Expr): this {
    this.node ??= node;
    return this;
  }
}

/** The value is not known: what it depends on was marked unknown. */
export class Unknown extends Trouble {
  readonly kind = 'unknown';
  readonly nodes: readonly Expr[];

  constructor(nodes: readonly Expr[]) {
    super();
    this.nodes = nodes;
  }
}

export function fail(message: string): Failure {
  return new Failure(message);
}

/** The trouble of two terms of which neither decides: the unknowns of both, or else the first failure. */
export function combine(first: Trouble | undefined, second: Trouble): Trouble {
  if (first instanceof Unknown && second instanceof Unknown) {
    return new Unknown([...new Set([...first.nodes, ...second.nodes])]);
  }
  return second instanceof Unknown ? second : (first ?? second);
}
