import type { Expr } from '../ast';
import type { Environment } from '../environment';
import type { ResolvedFunction } from '../functions/resolve';
import { intType, typeOfType } from '../types';
import type { CelType, NamedType } from '../types';
import type { Reference } from './check-result';

/** The declaration that a name denotes. */
interface Named {
  readonly type: CelType;
  readonly reference: Reference;
}

/** The names of one environment, found once and remembered: only those that exist, so there are only so many. */
export class Names {
  readonly #environment: Environment;
  readonly #globals = new Map<string, Named>();
  readonly #fields = new Map<string, Map<string, Named>>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** A variable, type or constant. */
  global(name: string): Named | undefined {
    const known = this.#globals.get(name);
    if (known) {
      return known;
    }
    for (const candidate of this.#environment.candidates(name)) {
      const found = this.#find(candidate);
      if (found) {
        this.#globals.set(name, found);
        return found;
      }
    }
    return undefined;
  }

  #find(name: string): Named | undefined {
    const variable = this.#environment.variables.get(name);
    if (variable) {
      return { type: variable.type, reference: { kind: 'variable', name } };
    }
    const type = this.#environment.findType(name);
    if (type) {
      return { type: typeOfType(type), reference: { kind: 'type', name } };
    }
    const value = this.#environment.schema.enumValue(name);
    return value === undefined
      ? undefined
      : { type: intType, reference: { kind: 'constant', name, value: BigInt(value) } };
  }

  /** A field of a message. */
  field(of: NamedType, name: string): Named | undefined {
    const known = this.#fields.get(of.name)?.get(name);
    if (known) {
      return known;
    }
    const type = this.#environment.fieldType(of.name, name);
    if (!type) {
      return undefined;
    }
    const found: Named = { type, reference: { kind: 'field', of, name } };
    // Messages that have any field would be remembered without end.
    if (this.#environment.findMessage(of.name)?.open !== true) {
      const fields = this.#fields.get(of.name) ?? new Map<string, Named>();
      this.#fields.set(of.name, fields.set(name, found));
    }
    return found;
  }

  function(name: string): ResolvedFunction | undefined {
    const direct = this.#environment.container === '' ? this.#environment.findFunction(name) : undefined;
    if (direct) {
      return direct;
    }
    for (const candidate of this.#environment.candidates(name)) {
      const found = this.#environment.findFunction(candidate);
      if (found) {
        return found;
      }
    }
    return undefined;
  }

  /**
   * `a.b.c` if a tree is a chain of names and dots that may be a name as a whole; undefined for anything else. In most environments few are.
   */
  qualified(expr: Expr): string | undefined {
    const first = firstName(expr);
    return first !== undefined && this.#environment.isQualifier(first) ? qualifiedName(expr) : undefined;
  }
}

const tables = new WeakMap<Environment, Names>();

/** The names of an environment. */
export function namesOf(environment: Environment): Names {
  let names = tables.get(environment);
  if (!names) {
    names = new Names(environment);
    tables.set(environment, names);
  }
  return names;
}

/** The name that a chain of names and dots begins with, undefined for anything else. */
export function firstName(expr: Expr): string | undefined {
  let node = expr;
  while (node.kind === 'select' && !node.test && !node.optional) {
    node = node.operand;
  }
  return node.kind === 'identifier' ? node.name : undefined;
}

function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'identifier') {
    return expr.name;
  }
  if (expr.kind !== 'select') {
    return undefined;
  }
  const prefix = qualifiedName(expr.operand);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}
