import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, Uint, unparse } from '../../server/cel/index';
import type { Expr } from '../../server/cel/index';
import { Random } from '../random';
import { overloadExpressions } from './chosen-expressions';
import { Generator, mutate } from './generate';

// What is written back is read as the same tree. CEL_SEED repeats a run; CEL_RUNS makes it longer.
const seed = Number(process.env['CEL_SEED'] ?? 1377418020);
const runs = Number(process.env['CEL_RUNS'] ?? 1);

const places = new Set(['id', 'range', 'position', 'nameRange', 'fieldRange']);

/** A tree without places. Chains of `&&` and `||` are lists: how they are grouped makes no difference. */
function shapeOf(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return `int ${value}`;
  }
  if (typeof value === 'number') {
    return `double ${Object.is(value, -0) ? '-0' : value}`;
  }
  if (value instanceof Uint) {
    return `uint ${value.value}`;
  }
  if (value instanceof Uint8Array) {
    return `bytes ${value.join(' ')}`;
  }
  if (Array.isArray(value)) {
    return value.map(shapeOf);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const node = value as Expr;
  if (node.kind === 'call' && !node.macro && (node.name === '_&&_' || node.name === '_||_')) {
    return { chain: node.name, terms: termsOf(node, node.name).map(shapeOf) };
  }
  const parts = Object.entries(value).filter(([key, part]) => !places.has(key) && part !== undefined);
  return Object.fromEntries(parts.map(([key, part]) => [key, shapeOf(part)]));
}

function termsOf(node: Expr, name: string): readonly Expr[] {
  return node.kind === 'call' && node.name === name && !node.macro
    ? node.args.flatMap((arg) => termsOf(arg, name))
    : [node];
}

/** Those of the texts that are read as another tree when they were written back. */
function changed(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => {
    const { expr, issues } = parse(text);
    if (issues.length > 0) {
      return [];
    }
    const written = unparse(expr);
    const again = parse(written);
    const same =
      again.issues.length === 0 && JSON.stringify(shapeOf(again.expr)) === JSON.stringify(shapeOf(expr));
    return same ? [] : [`${text} is written as ${written}`];
  });
}

describe('unparse', () => {
  test('the text of every overload, with edge values, parses to the same tree', () => {
    expect(changed(overloadExpressions())).toEqual([]);
  });

  test('the text of expressions chosen by hand parses to the same tree', () => {
    const file = path.join(import.meta.dirname, 'hand-written.txt');
    expect(changed(readFileSync(file, 'utf8').split('\n'))).toEqual([]);
  });

  test(`the text of generated expressions and of parts of broken ones parses to the same tree (CEL_SEED=${seed})`, () => {
    const random = new Random(seed);
    const generator = new Generator(random);
    const texts = Array.from({ length: 3000 * runs }, () => generator.expression());
    expect(changed(texts)).toEqual([]);
    expect(changed(texts.map((text) => mutate(random, text)))).toEqual([]);
  });
});
