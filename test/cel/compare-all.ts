import { children, parse, unparse } from '../../server/cel/index';
import type { Expr } from '../../server/cel/index';
import { askRepl } from './cerbos-repl';
import { answer, difference, requestLine } from './comparison';

/** An expression on which our engine and `cerbos 0.55` differ, made as small as it was possible. */
interface Mismatch {
  readonly expression: string;
  readonly smallest: string;
  readonly why: string;
}

/** True if the repl reads the text as an expression of one line, and exactly this text. */
function isAskable(expression: string): boolean {
  const wellFormed = Buffer.from(expression, 'utf8').toString('utf8') === expression;
  const trimmed = expression !== '' && expression.trim() === expression;
  // The repl has a variable `_` of its own.
  return wellFormed && trimmed && !/^[:#]|[\r\n\0]|\\$|(?:^|\W)_(?:\W|$)/.test(expression);
}

async function differences(expressions: readonly string[]): Promise<readonly (readonly [string, string])[]> {
  const askable = expressions.filter(isAskable);
  const theirs = await askRepl(askable, [requestLine]);
  return askable.flatMap((expression, index) => {
    const why = difference(answer(expression), theirs[index]!);
    return why === undefined ? [] : [[expression, why] as const];
  });
}

/** Asks both about all expressions. The first few that differ are shrunk. */
export async function mismatches(expressions: readonly string[]): Promise<readonly Mismatch[]> {
  const found = await differences(expressions);
  const shrunk: Mismatch[] = [];
  for (const [index, [expression, why]] of found.entries()) {
    shrunk.push(index < 5 ? await shrink(expression, why) : { expression, smallest: expression, why });
  }
  return shrunk;
}

async function shrink(expression: string, why: string): Promise<Mismatch> {
  let smallest = expression;
  let reason = why;
  for (;;) {
    const [better] = [...(await differences(smaller(smallest)))].sort(([a], [b]) => a.length - b.length);
    if (!better) {
      return { expression, smallest, why: reason };
    }
    [smallest, reason] = better;
  }
}

/** The parts of an expression, as text, that are shorter than it. */
function smaller(expression: string): readonly string[] {
  const parts = new Set<string>();
  const pending: Expr[] = [parse(expression).expr];
  for (let node = pending.pop(); node && parts.size < 200; node = pending.pop()) {
    const below = node.macro
      ? [...(node.macro.target ? [node.macro.target] : []), ...node.macro.args]
      : children(node);
    pending.push(...below);
    for (const part of below) {
      const text = unparse(part);
      if (text.length < expression.length && !text.includes('<error>')) {
        parts.add(text);
      }
    }
  }
  return [...parts];
}
