import type { CelValue } from '../../cel';

/**
 * An expression while it is planned: cel-go's syntax tree, in which macros are the loops that they stand for, and which
 * says nothing of types. Nodes are told apart by identity, so that none may stand in two places.
 */
export type Term =
  LiteralTerm | IdentifierTerm | SelectTerm | CallTerm | ListTerm | MapTerm | StructTerm | LoopTerm;

export interface LiteralTerm {
  readonly kind: 'literal';
  readonly value: CelValue;
}

export interface IdentifierTerm {
  readonly kind: 'identifier';
  readonly name: string;
}

/** `operand.field`, or `has(operand.field)`. */
export interface SelectTerm {
  readonly kind: 'select';
  readonly operand: Term;
  readonly field: string;
  readonly test: boolean;
}

/** A function with its full name, a method, or an operator by cel-go's name. */
export interface CallTerm {
  readonly kind: 'call';
  readonly name: string;
  readonly target?: Term | undefined;
  readonly args: readonly Term[];
}

export interface ListTerm {
  readonly kind: 'list';
  readonly elements: readonly Term[];
  /** Indices of elements written with a question mark. */
  readonly optional: readonly number[];
}

export interface MapTerm {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: Term; readonly value: Term; readonly optional: boolean }[];
}

export interface StructTerm {
  readonly kind: 'struct';
  readonly typeName: string;
  readonly fields: readonly { readonly name: string; readonly value: Term; readonly optional: boolean }[];
}

export interface LoopTerm {
  readonly kind: 'loop';
  readonly range: Term;
  readonly variable: string;
  readonly variable2: string | undefined;
  readonly accumulator: string;
  readonly initial: Term;
  readonly condition: Term;
  readonly step: Term;
  readonly result: Term;
}

export function literal(value: CelValue): LiteralTerm {
  return { kind: 'literal', value };
}

export function call(name: string, ...args: readonly Term[]): CallTerm {
  return { kind: 'call', name, args };
}

/** The same term with other parts; each part is replaced by what `change` makes of it. */
export function withParts(term: Term, change: (part: Term) => Term): Term {
  switch (term.kind) {
    case 'literal':
    case 'identifier':
      return { ...term };
    case 'select':
      return { ...term, operand: change(term.operand) };
    case 'call':
      return { ...term, args: term.args.map(change), target: term.target && change(term.target) };
    case 'list':
      return { ...term, elements: term.elements.map(change) };
    case 'map':
      return {
        ...term,
        entries: term.entries.map((entry) => ({
          ...entry,
          key: change(entry.key),
          value: change(entry.value),
        })),
      };
    case 'struct':
      return { ...term, fields: term.fields.map((field) => ({ ...field, value: change(field.value) })) };
    case 'loop':
      return {
        ...term,
        range: change(term.range),
        initial: change(term.initial),
        condition: change(term.condition),
        step: change(term.step),
        result: change(term.result),
      };
  }
}

/** A copy with nodes of its own. */
export function copyOf(term: Term): Term {
  return withParts(term, copyOf);
}

/** Two terms that say the same have the same text, whatever the order of the entries of their maps. */
export function textOf(term: Term): string {
  switch (term.kind) {
    case 'literal':
      return literalText(term.value);
    case 'identifier':
      return term.name;
    case 'select':
      return `${term.test ? 'has ' : ''}(${textOf(term.operand)}).${JSON.stringify(term.field)}`;
    case 'call':
      return `${term.name}(${term.target ? `${textOf(term.target)}; ` : ''}${textsOf(term.args)})`;
    case 'list':
      return `[${textsOf(term.elements)} ?${term.optional.join()}]`;
    case 'map': {
      const entries = term.entries.map((entry) => ({ ...entry, shown: textOf(entry.key) }));
      entries.sort((a, b) => (a.shown < b.shown ? -1 : a.shown > b.shown ? 1 : 0));
      return `{${entries.map(({ shown, value, optional }) => `${optional ? '?' : ''}${shown}:${textOf(value)}`).join()}}`;
    }
    case 'struct':
      return `${term.typeName}{${term.fields.map(({ name, value }) => `${name}:${textOf(value)}`).join()}}`;
    case 'loop': {
      const { range, variable, variable2 = '', accumulator, initial, condition, step, result } = term;
      return `loop(${variable},${variable2},${accumulator};${textsOf([range, initial, condition, step, result])})`;
    }
  }
}

function textsOf(terms: readonly Term[]): string {
  return terms.map(textOf).join();
}

function literalText(value: CelValue): string {
  switch (typeof value) {
    case 'bigint':
      return `${value}`;
    case 'number':
      return `double ${Object.is(value, -0) ? '-0' : value}`;
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return String(value);
    default:
      return value === null ? 'null' : `${value.constructor.name} ${JSON.stringify(value, bigintAsText)}`;
  }
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** The nodes directly below one. */
export function childrenOf(term: Term): readonly Term[] {
  const parts: Term[] = [];
  withParts(term, (part) => {
    parts.push(part);
    return part;
  });
  return parts;
}
