import { children } from '../../cel';
import type { Comprehension, Expr } from '../../cel';

/** All nodes of a tree, each before those below it. What a macro was written with comes after what it became. */
export function* walk(root: Expr): Generator<Expr> {
  const pending: Expr[] = [root];
  const seen = new Set<Expr>();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) {
      continue;
    }
    seen.add(node);
    yield node;
    const written = node.macro;
    if (written !== undefined) {
      pending.push(...written.args.toReversed());
      if (written.target !== undefined) {
        pending.push(written.target);
      }
    }
    pending.push(...children(node).toReversed());
  }
}

/** The loops around an offset, the outermost first. */
export function loopsAround(root: Expr, offset: number): readonly Comprehension[] {
  const loops: Comprehension[] = [];
  for (const node of walk(root)) {
    if (node.kind === 'comprehension' && contains(node.range, offset)) {
      loops.push(node);
    }
  }
  return loops;
}

export function contains(range: { readonly start: number; readonly end: number }, offset: number): boolean {
  return range.start <= offset && offset <= range.end;
}
