import { compileCondition } from '../conditions/compile';
import type { Compilation } from '../../cel';
import type { Located } from '../model/schema';
import type { Match, Policy } from '../model/policy';
import type { Expression, TextOffsets } from './parsed';
import { scalarAt } from '../yaml/find';
import type { Span, YamlDocument } from '../yaml/node';
import { textMap } from '../yaml/text-map';

/** Compilations that are still in use somewhere, by source text: policies share many expressions. */
const compiled = new Map<string, WeakRef<Compilation>>();
let sweepAt = 1024;

/** Compiles an expression in Cerbos' environment. The same text gives the same compilation, while anybody uses it. */
function compileExpression(source: string): Compilation {
  const known = compiled.get(source)?.deref();
  if (known) {
    return known;
  }
  const compilation = compileCondition(source);
  if (compiled.size >= sweepAt) {
    sweep();
  }
  compiled.set(source, new WeakRef(compilation));
  return compilation;
}

/** Forgets what nobody uses any more. */
function sweep(): void {
  for (const [source, compilation] of compiled) {
    if (!compilation.deref()) {
      compiled.delete(source);
    }
  }
  sweepAt = Math.max(1024, 2 * compiled.size);
}

/**
 * Compiles every expression of a policy document, keyed by the located text that the model holds.
 * @param tree the document as written, which is needed again for positions within expressions
 */
export function expressionsOf(
  text: string,
  tree: () => YamlDocument,
  policy: Policy,
): ReadonlyMap<Located<string>, Expression> {
  const found = new Map<Located<string>, Expression>();
  for (const located of locatedExpressions(policy)) {
    found.set(located, new DocumentExpression(text, tree, located, compileExpression(located.value)));
  }
  return found;
}

class DocumentExpression implements Expression {
  readonly source: string;
  readonly compilation: Compilation;
  readonly span: Expression['span'];
  readonly path: string;
  readonly offsets: TextOffsets;

  constructor(
    text: string,
    tree: () => YamlDocument,
    { value, span, path }: Located<string>,
    compilation: Compilation,
  ) {
    this.source = value;
    this.compilation = compilation;
    this.span = span;
    this.path = path;
    this.offsets = new ScalarOffsets(text, tree, span);
  }

  toFile(offset: number): number {
    return this.offsets.toFile(offset);
  }

  toSource(offset: number): number | undefined {
    return this.offsets.toSource(offset);
  }
}

/** Apart from the expression, so that rules can keep it without the compilation. */
class ScalarOffsets implements TextOffsets {
  readonly #text: string;
  readonly #tree: () => YamlDocument;
  readonly #span: Span;
  #map: readonly number[] | undefined;

  constructor(text: string, tree: () => YamlDocument, span: Span) {
    this.#text = text;
    this.#tree = tree;
    this.#span = span;
  }

  toFile(offset: number): number {
    const map = this.#offsets();
    return map[Math.max(0, Math.min(offset, map.length - 1))] ?? this.#span.start;
  }

  toSource(offset: number): number | undefined {
    if (offset < this.#span.start || offset > this.#span.end) {
      return undefined;
    }
    const map = this.#offsets();
    let low = 0;
    let high = map.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((map[middle] ?? 0) < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Worked out when first asked for: deciding never needs it. */
  #offsets(): readonly number[] {
    if (this.#map) {
      return this.#map;
    }
    const { root } = this.#tree();
    const scalar = root && scalarAt(root, this.#span.start);
    this.#map = scalar ? textMap(this.#text, scalar) : [this.#span.start];
    return this.#map;
  }
}

/** Every expression in a policy, in the order of the model. */
function* locatedExpressions(policy: Policy): Generator<Located<string>> {
  for (const each of policy.variables?.value.values() ?? []) {
    yield each;
  }
  const { resourcePolicy, principalPolicy, rolePolicy, derivedRoles, exportVariables } = policy;
  for (const each of [resourcePolicy, principalPolicy, rolePolicy, derivedRoles]) {
    for (const local of each?.value.variables?.value.local?.value.values() ?? []) {
      yield local;
    }
  }
  for (const each of exportVariables?.value.definitions?.value.values() ?? []) {
    yield each;
  }
  for (const each of derivedRoles?.value.definitions?.value ?? []) {
    yield* inCondition(each.value);
  }
  for (const each of resourcePolicy?.value.rules?.value ?? []) {
    yield* inRule(each.value);
  }
  for (const each of rolePolicy?.value.rules?.value ?? []) {
    yield* inRule(each.value);
  }
  for (const rule of principalPolicy?.value.rules?.value ?? []) {
    for (const each of rule.value.actions?.value ?? []) {
      yield* inRule(each.value);
    }
  }
}

type Conditional = NonNullable<
  NonNullable<NonNullable<Policy['derivedRoles']>['value']['definitions']>['value'][number]
>['value'];
type Rule = NonNullable<
  NonNullable<NonNullable<Policy['resourcePolicy']>['value']['rules']>['value'][number]
>['value'];

function* inCondition({ condition }: Pick<Conditional, 'condition'>): Generator<Located<string>> {
  if (condition?.value.match) {
    yield* inMatch(condition.value.match.value);
  }
}

function* inMatch(match: Match): Generator<Located<string>> {
  if (match.expr) {
    yield match.expr;
  }
  for (const list of [match.all, match.any, match.none]) {
    for (const each of list?.value.of?.value ?? []) {
      yield* inMatch(each.value);
    }
  }
}

function* inRule(rule: Pick<Rule, 'condition' | 'output'>): Generator<Located<string>> {
  yield* inCondition(rule);
  const output = rule.output?.value;
  if (output?.expr) {
    yield output.expr;
  }
  if (output?.when?.value.ruleActivated) {
    yield output.when.value.ruleActivated;
  }
  if (output?.when?.value.conditionNotMet) {
    yield output.when.value.conditionNotMet;
  }
}
