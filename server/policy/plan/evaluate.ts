import { cerbosEnvironment } from '../conditions/environment';
import {
  CelFailure,
  Optional,
  TypeValue,
  callFunction,
  hasField,
  insertIntoMap,
  makeMessage,
  readKey,
  readKeyIfPresent,
} from '../../cel';
import type { CelValue } from '../../cel';
import { constantField, pathOf } from './attributes';
import type { Path, Qualifier } from './attributes';
import { runLoop } from './loop';
import { failure, isTrouble, unknown } from './outcome';
import type { Knowledge, PlannedValue } from './outcome';
import { LoopScope } from './scope';
import type { Evaluator } from './scope';
import type { CallTerm, ListTerm, MapTerm, StructTerm, Term } from './term';

/** The functions that look at their arguments themselves: what the first of those comes to that is trouble counts. */
const inOrder = new Set([
  'hasIntersection',
  'has_intersection',
  'intersect',
  'isSubset',
  'is_subset',
  'except',
]);

/**
 * Evaluates a term of which not all is known, in the way of cel-go's interpreter for trees without types, and notes what
 * each node came to. Nodes that were not reached have no outcome.
 */
export class Evaluation implements Evaluator {
  readonly outcomes = new Map<Term, PlannedValue>();
  readonly #knowledge: Knowledge;

  constructor(knowledge: Knowledge) {
    this.#knowledge = knowledge;
  }

  run(term: Term): PlannedValue {
    return this.evaluate(term, LoopScope.none);
  }

  evaluate(term: Term, scope: LoopScope): PlannedValue {
    const outcome = this.#outcome(term, scope);
    this.outcomes.set(term, outcome);
    return outcome;
  }

  #outcome(term: Term, scope: LoopScope): PlannedValue {
    switch (term.kind) {
      case 'literal':
        return term.value;
      case 'identifier':
      case 'select':
        return this.#read(term, scope);
      case 'call':
        return this.#call(term, scope);
      case 'list':
        return this.#list(term, scope);
      case 'map':
        return this.#map(term, scope);
      case 'struct':
        return this.#struct(term, scope);
      case 'loop':
        return runLoop(this, term, scope);
    }
  }

  // Reading

  #read(term: Term, scope: LoopScope): PlannedValue {
    const path = pathOf(term);
    if (!path) return failure('no such overload');
    const outcome = this.#resolve(path, scope);
    const last = path.qualifiers.at(-1);
    return last?.test === true && outcome instanceof Optional ? outcome.value !== undefined : outcome;
  }

  #resolve({ root, qualifiers }: Path, scope: LoopScope): PlannedValue {
    if (root.kind === 'identifier') {
      const local = scope.find(root.name, this);
      return local === undefined
        ? this.#resolveGlobal(root.name, qualifiers, scope)
        : this.#apply(local, qualifiers, scope);
    }
    if (root.kind === 'call' && root.name === '_?_:_') return this.#resolveChoice(root, qualifiers, scope);
    return this.#apply(this.evaluate(root, scope), qualifiers, scope);
  }

  /** The longest name with dots that is known wins. */
  #resolveGlobal(name: string, qualifiers: readonly Qualifier[], scope: LoopScope): PlannedValue {
    const names = [name];
    for (const qualifier of qualifiers) {
      const field = constantField(qualifier);
      if (field === undefined) break;
      names.push(`${names.at(-1) ?? ''}.${field}`);
    }
    for (let used = names.length - 1; used >= 0; used--) {
      const full = names[used] ?? '';
      const rest = qualifiers.slice(used);
      const unclear = this.#isUnknown(full, rest, scope);
      if (unclear !== false) return unclear === true ? unknown : unclear;
      const value = this.#knowledge.values.get(full);
      if (value !== undefined) return this.#apply(value, rest, scope);
      if (rest.length === 0 && cerbosEnvironment().findType(full)) return new TypeValue(full);
    }
    return failure(`no such attribute(s): ${names.at(-1) ?? name}`);
  }

  /** Whether a name, read further by some steps, is unknown; or why that cannot be said. */
  #isUnknown(name: string, qualifiers: readonly Qualifier[], scope: LoopScope): boolean | CelFailure {
    const wholly = name === 'R' || this.#knowledge.unknowns.has(name);
    if (!wholly && name !== 'request') return false;
    const [first] = qualifiers;
    if (!first) return true;
    // Keys are worked out even where nothing depends on them, but what they come to is not noted.
    const aside = new Evaluation(this.#knowledge);
    const keys: PlannedValue[] = [];
    for (const { key } of qualifiers) {
      const value = aside.#key(key, scope);
      const usable = isTrouble(value) ? value : readKeyIfPresent({}, value);
      if (usable instanceof CelFailure) return usable;
      keys.push(value);
    }
    return wholly || keys[0] === 'resource' || keys[0] === unknown;
  }

  /** A key. What is read from a name as a whole leaves no outcome, since cel-go notes only steps. */
  #key(key: Term, scope: LoopScope): PlannedValue {
    const path = pathOf(key);
    return path ? this.#resolve(path, scope) : this.evaluate(key, scope);
  }

  #resolveChoice(root: CallTerm, qualifiers: readonly Qualifier[], scope: LoopScope): PlannedValue {
    const [condition, yes, no] = root.args;
    if (!condition || !yes || !no) return failure('no such overload');
    const holds = this.evaluate(condition, scope);
    if (isTrouble(holds)) return holds;
    if (typeof holds !== 'boolean') return failure('no such overload');
    const branch = holds ? yes : no;
    const inner = pathOf(branch);
    return inner
      ? this.#resolve({ root: inner.root, qualifiers: [...inner.qualifiers, ...qualifiers] }, scope)
      : this.#apply(this.evaluate(branch, scope), qualifiers, scope);
  }

  #apply(from: PlannedValue, qualifiers: readonly Qualifier[], scope: LoopScope): PlannedValue {
    if (isTrouble(from)) return from;
    let value: CelValue | typeof unknown = from;
    let optional = from instanceof Optional;
    if (from instanceof Optional && qualifiers.length > 0) {
      if (from.value === undefined) return from;
      value = from.value;
    }
    if (qualifiers.length === 0) return value;
    for (const qualifier of qualifiers) {
      optional ||= qualifier.optional;
      const next: PlannedValue | undefined = this.#step(value, qualifier, optional, scope);
      if (next === undefined) return Optional.none;
      this.outcomes.set(qualifier.node, next);
      if (next instanceof CelFailure) return next;
      value = next;
    }
    return optional && !isTrouble(value) ? Optional.of(value) : value;
  }

  #step(
    from: CelValue | typeof unknown,
    { key, test }: Qualifier,
    optional: boolean,
    scope: LoopScope,
  ): PlannedValue | undefined {
    const by = this.#key(key, scope);
    if (isTrouble(by)) return by;
    if (from === unknown) return unknown;
    if (test && typeof by === 'string') return hasField(from, by);
    return optional ? readKeyIfPresent(from, by) : readKey(from, by);
  }

  // Calls

  #call(term: CallTerm, scope: LoopScope): PlannedValue {
    switch (term.name) {
      case '_&&_':
        return this.#logical(term, false, scope);
      case '_||_':
        return this.#logical(term, true, scope);
      case '_?_:_':
        return this.#resolve({ root: term, qualifiers: [] }, scope);
      case '_[_]':
      case '_?._':
      case '_[?_]':
        return this.#read(term, scope);
      case '@not_strictly_false': {
        const [arg] = term.args;
        const value = arg ? this.evaluate(arg, scope) : true;
        return typeof value === 'boolean' ? value : true;
      }
      case 'or':
      case 'orValue':
        if (term.target) return this.#alternative(term, term.target, scope);
    }
    return this.#function(term, scope);
  }

  #logical(term: CallTerm, decides: boolean, scope: LoopScope): PlannedValue {
    let unclear: typeof unknown | undefined;
    let wrong: CelFailure | undefined;
    for (const arg of term.args) {
      const value = this.evaluate(arg, scope);
      if (value === decides) return decides;
      if (typeof value === 'boolean') continue;
      if (value === unknown) unclear = unknown;
      else wrong ??= value instanceof CelFailure ? value : failure('no such overload');
    }
    return unclear ?? wrong ?? !decides;
  }

  #alternative({ name, args: [other] }: CallTerm, target: Term, scope: LoopScope): PlannedValue {
    const value = this.evaluate(target, scope);
    if (isTrouble(value)) return value;
    if (!(value instanceof Optional) || !other) return failure('no such overload');
    if (value.value !== undefined) return name === 'or' ? value : value.value;
    return this.evaluate(other, scope);
  }

  #function({ name, target, args }: CallTerm, scope: LoopScope): PlannedValue {
    const parts = target ? [target, ...args] : args;
    const values = this.#all(parts, scope);
    if (values instanceof CelFailure && inOrder.has(name)) {
      return parts.map((part) => this.outcomes.get(part)).find(isTrouble) ?? values;
    }
    if (isTrouble(values)) return values;
    const [first = null, ...others] = values;
    if (name === 'cel.@mapInsert') return insertIntoMap(first, ...others);
    return callFunction(cerbosEnvironment(), name, values, this.#knowledge.now);
  }

  /** The values of several parts. A failure ends it, and counts more than that a part before is unknown. */
  #all(parts: readonly Term[], scope: LoopScope): readonly CelValue[] | CelFailure | typeof unknown {
    const values: CelValue[] = [];
    let unclear = false;
    for (const part of parts) {
      const value = this.evaluate(part, scope);
      if (value instanceof CelFailure) return value;
      if (value === unknown) unclear = true;
      else values.push(value);
    }
    return unclear ? unknown : values;
  }

  // Lists, maps and messages

  #list({ elements, optional }: ListTerm, scope: LoopScope): PlannedValue {
    const values = this.#all(elements, scope);
    if (isTrouble(values)) return values;
    const made: CelValue[] = [];
    for (const [index, value] of values.entries()) {
      if (!optional.includes(index)) made.push(value);
      else if (!(value instanceof Optional)) return failure('cannot initialize optional list element');
      else if (value.value !== undefined) made.push(value.value);
    }
    return made;
  }

  #map({ entries }: MapTerm, scope: LoopScope): PlannedValue {
    const values = this.#all(
      entries.flatMap(({ key, value }) => [key, value]),
      scope,
    );
    if (isTrouble(values)) return values;
    const made = new Map<CelValue, CelValue>();
    for (const [index, { optional }] of entries.entries()) {
      const [key = null, value = null] = values.slice(2 * index);
      if (!optional) made.set(key, value);
      else if (!(value instanceof Optional)) return failure('cannot initialize optional entry');
      else if (value.value === undefined) made.delete(key);
      else made.set(key, value.value);
    }
    let map: CelValue = {};
    for (const [key, value] of made) {
      const next = insertIntoMap(map, key, value);
      if (next instanceof CelFailure) return next;
      map = next;
    }
    return map;
  }

  #struct({ typeName, fields }: StructTerm, scope: LoopScope): PlannedValue {
    const values = this.#all(
      fields.map(({ value }) => value),
      scope,
    );
    if (isTrouble(values)) return values;
    const made: [string, CelValue][] = [];
    for (const [index, { name, optional }] of fields.entries()) {
      const value = values[index] ?? null;
      if (!optional) made.push([name, value]);
      else if (!(value instanceof Optional)) return failure('cannot initialize optional entry');
      else if (value.value !== undefined) made.push([name, value.value]);
    }
    return makeMessage(cerbosEnvironment(), typeName, made);
  }
}
