import { cerbosEnvironment } from '../conditions/environment';
import { CelObject, Duration, Optional, Timestamp, Uint, callFunction, entriesOf } from '../../cel';
import type { CelValue } from '../../cel';
import { isTrouble } from './outcome';
import type { PlannedValue } from './outcome';
import { call, literal } from './term';
import type { CallTerm, ListTerm, MapTerm, Term } from './term';

/**
 * What is left of a term once what is known is written into it, as cel-go prunes: known parts become literals, and what
 * they decide is gone. Of loops only the range is looked at, since outcomes are of one round only.
 */
export function prune(term: Term, outcomes: ReadonlyMap<Term, PlannedValue>): Term {
  return new Pruner(outcomes).prune(term) ?? term;
}

/** A term that gives a value; undefined if there is none. */
export function termOfValue(value: CelValue): Term | undefined {
  if (value instanceof Duration || value instanceof Timestamp) {
    const text = callFunction(cerbosEnvironment(), 'string', [value]);
    const name = value instanceof Duration ? 'duration' : 'timestamp';
    return typeof text === 'string' ? call(name, literal(text)) : undefined;
  }
  if (Array.isArray(value)) {
    const elements = (value as readonly CelValue[]).map(termOfValue);
    return elements.every((each) => each !== undefined)
      ? { kind: 'list', elements, optional: [] }
      : undefined;
  }
  const entries = entriesOf(value);
  if (entries) {
    const made = entries.map(([key, each]) => ({
      key: termOfValue(key),
      value: termOfValue(each),
      optional: false,
    }));
    const complete = made.every(
      (entry): entry is { key: Term; value: Term; optional: boolean } =>
        entry.key !== undefined && entry.value !== undefined,
    );
    return complete ? { kind: 'map', entries: made } : undefined;
  }
  const isLiteral = !(value instanceof CelObject) || value instanceof Uint || value instanceof Optional;
  return isLiteral ? literal(value) : undefined;
}

class Pruner {
  readonly #outcomes: Map<Term, PlannedValue>;

  constructor(outcomes: ReadonlyMap<Term, PlannedValue>) {
    this.#outcomes = new Map(outcomes);
  }

  /** The pruned term; undefined if there is nothing to prune. */
  prune(term: Term): Term | undefined {
    const value = this.#value(term);
    const known = value === undefined ? undefined : termOfValue(value);
    if (known) return this.#instead(term, known);
    switch (term.kind) {
      case 'select': {
        const operand = this.prune(term.operand);
        return operand && this.#instead(term, { ...term, operand });
      }
      case 'call':
        return this.#call(term);
      case 'list':
        return this.#list(term);
      case 'map':
        return this.#map(term);
      case 'struct': {
        const { parts, changed } = this.#each(term.fields.map((field) => field.value));
        const fields = term.fields.map((field, index) => ({ ...field, value: parts[index] ?? field.value }));
        return changed ? this.#instead(term, { ...term, fields }) : undefined;
      }
      case 'loop': {
        const range = this.prune(term.range);
        return range && this.#instead(term, { ...term, range });
      }
      default:
        return undefined;
    }
  }

  /** A term in the place of another has its outcome. */
  #instead(term: Term, made: Term): Term {
    const outcome = this.#outcomes.get(term);
    if (outcome !== undefined) this.#outcomes.set(made, outcome);
    return made;
  }

  #value(term: Term | undefined): CelValue | undefined {
    const outcome = term && this.#outcomes.get(term);
    return outcome === undefined || isTrouble(outcome) ? undefined : outcome;
  }

  #each(terms: readonly Term[]): { readonly parts: readonly Term[]; readonly changed: boolean } {
    const pruned = terms.map((term) => this.prune(term));
    return {
      parts: terms.map((term, index) => pruned[index] ?? term),
      changed: pruned.some((each) => each !== undefined),
    };
  }

  #call(term: CallTerm): Term | undefined {
    const { parts: args, changed } = this.#each(term.args);
    const target = term.target && this.prune(term.target);
    const made: CallTerm = { ...term, args, target: target ?? term.target };
    this.#instead(term, made);
    const reduced = this.#outcomes.has(term) ? this.#reduced(made) : undefined;
    return reduced ?? (changed || target ? made : undefined);
  }

  #reduced(term: CallTerm): Term | undefined {
    const { name, args } = term;
    const [first, second, third] = args;
    switch (name) {
      case '_||_':
        return this.#reducedLogical(term, true);
      case '_&&_':
        return this.#reducedLogical(term, false);
      case '_?_:_': {
        const condition = this.#value(first);
        return condition === undefined ? undefined : condition === true ? second : third;
      }
      case '@in': {
        const range = this.#value(second);
        const size = range === undefined ? undefined : callFunction(cerbosEnvironment(), 'size', [range]);
        return size === 0n ? this.#decided(term, false) : undefined;
      }
      case '!_': {
        const value = this.#value(first);
        return typeof value === 'boolean' ? this.#decided(term, !value) : undefined;
      }
      default:
        return undefined;
    }
  }

  #reducedLogical(term: CallTerm, decides: boolean): Term | undefined {
    const [first, second] = term.args;
    const left = this.#value(first);
    if (left !== undefined) return left === decides ? this.#decided(term, decides) : second;
    const right = this.#value(second);
    if (right !== undefined) return right === decides ? this.#decided(term, decides) : first;
    return undefined;
  }

  #decided(term: Term, value: boolean): Term {
    const made = literal(value);
    this.#outcomes.set(term, value);
    this.#outcomes.set(made, value);
    return made;
  }

  #list(term: ListTerm): Term | undefined {
    const elements: Term[] = [];
    const optional: number[] = [];
    let changed = false;
    for (const [index, element] of term.elements.entries()) {
      if (term.optional.includes(index)) {
        const value = this.#value(element);
        if (value instanceof Optional) {
          const held = value.value === undefined ? undefined : termOfValue(value.value);
          if (value.value === undefined || held) {
            changed = true;
            if (held) elements.push(held);
            continue;
          }
        }
        optional.push(elements.length);
      }
      const pruned = this.prune(element);
      changed ||= pruned !== undefined;
      elements.push(pruned ?? element);
    }
    return changed ? this.#instead(term, { kind: 'list', elements, optional }) : undefined;
  }

  #map(term: MapTerm): Term | undefined {
    const { parts: keys, changed } = this.#each(term.entries.map(({ key }) => key));
    const { parts: values, changed: alsoChanged } = this.#each(term.entries.map(({ value }) => value));
    const entries = term.entries.map((entry, index) => ({
      ...entry,
      key: keys[index] ?? entry.key,
      value: values[index] ?? entry.value,
    }));
    return changed || alsoChanged ? this.#instead(term, { kind: 'map', entries }) : undefined;
  }
}
