import type { Expr } from '../ast';

/** The result of an evaluation that has no value. It travels like a value, so that `&&` and `||` can absorb it. */
export abstract class Trouble {
  abstract readonly kind: 'failure' | 'unknown';
}

/** An error of an evaluation: its message, and the sub-expression that failed. */
export class Failure extends Trouble {
  readonly kind = 'failure';
  readonly message: string;
  /** The innermost sub-expression that saw the failure; undefined until {@link at} names it. */
  node: Expr | undefined;

  constructor(message: string, node?: Expr) {
    super();
    this.message = message;
    this.node = node;
  }

  /** Names the node that failed, unless one is named already. */
  at(node: Expr): this {
    this.node ??= node;
    return this;
  }
}

/** The value depends on something that was marked unknown. */
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

/** The result of `&&` and `||` when neither term decides: the unknowns of both, or else the first failure. */
export function combine(first: Trouble | undefined, second: Trouble): Trouble {
  if (first instanceof Unknown && second instanceof Unknown) {
    return new Unknown([...new Set([...first.nodes, ...second.nodes])]);
  }
  return second instanceof Unknown ? second : (first ?? second);
}
