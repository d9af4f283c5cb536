import { children } from '../../../cel';
import type { Expr } from '../../../cel';
import type { Expression } from '../../parse/parsed';

/** The variables and constants that an expression reads by name, as far as Cerbos sees it. */
interface References {
  readonly variables: ReadonlySet<string>;
  readonly constants: ReadonlySet<string>;
}

/** A name in an expression that stands for a variable or constant, and where. */
interface Reference {
  readonly kind: 'variable' | 'constant';
  readonly name: string;
  /** In the file. */
  readonly span: { readonly start: number; readonly end: number };
}

const none: References = { variables: new Set(), constants: new Set() };

const known = new WeakMap<Expression, References>();

/** The names that an expression uses; none if it does not compile. */
export function referencesOf(expression: Expression): References {
  if (expression.compilation.program === undefined) {
    return none;
  }
  const cached = known.get(expression);
  if (cached) {
    return cached;
  }
  const variables = new Set<string>();
  const constants = new Set<string>();
  for (const { kind, name } of selectionsIn(expression.compilation.evaluated)) {
    (kind === 'variable' ? variables : constants).add(name);
  }
  const references = { variables, constants };
  known.set(expression, references);
  return references;
}

/** Where an expression mentions a variable or constant. */
export function findReference(
  expression: Expression,
  kind: Reference['kind'],
  name: string,
): Reference['span'] {
  for (const found of selectionsIn(expression.compilation.evaluated)) {
    if (found.kind === kind && found.name === name) {
      return { start: expression.toFile(found.range.start), end: expression.toFile(found.range.end) };
    }
  }
  return expression.span;
}

function* selectionsIn(root: Expr): Generator<Pick<Reference, 'kind' | 'name'> & { range: Expr['range'] }> {
  const pending: Expr[] = [root];
  for (let expr = pending.pop(); expr !== undefined; expr = pending.pop()) {
    // Cerbos does not see that `V.?name` reads a variable, so that it finds none unless something else reads it.
    if (expr.kind === 'select' && !expr.optional && expr.operand.kind === 'identifier') {
      const kind = kinds[expr.operand.name.replace(/^\./, '')];
      if (kind) {
        yield { kind, name: expr.field, range: expr.range };
      }
    }
    pending.push(...children(expr));
  }
}

const kinds: Readonly<Partial<Record<string, Reference['kind']>>> = {
  __proto__: null as never,
  V: 'variable',
  variables: 'variable',
  C: 'constant',
  constants: 'constant',
};
