import {
  dynType,
  everyParameter,
  formatType,
  listType,
  mapType,
  parametersOf,
  paramType,
  sameType,
  typeOfType,
} from '../types';
import type { CelType, ParamType } from '../types';

/** The first type variables, which are enough for most expressions. */
const variables = Array.from({ length: 64 }, (_, number) => paramType(`_var${number}`, number));

/**
 * The bindings of type variables, with the rules of cel-go's checker for when one type fits another. The rules are
 * gradual (dyn fits everything), and a variable keeps the most general type that it met.
 */
export class Substitution {
  /** The types bound to type variables, by number; those of type parameters, which are rare, by name. */
  readonly #bound: (CelType | undefined)[] = [];
  #named: Map<string, CelType | undefined> | undefined;
  /** The variables bound so far, each followed by its earlier binding: the undo log of {@link assignable}. */
  readonly #trail: (CelType | undefined)[] = [];
  #variables = 0;

  /** Leaves numbers out, so that variables have cel-go's names in messages whichever way was taken. */
  skipVariables(count: number): void {
    this.#variables += count;
  }

  /** A type variable that occurs nowhere else. */
  freshVariable(): CelType {
    const number = this.#variables++;
    return variables[number] ?? paramType(`_var${number}`, number);
  }

  #find(variable: ParamType): CelType | undefined {
    return variable.index === undefined ? this.#named?.get(variable.name) : this.#bound[variable.index];
  }

  #set(variable: ParamType, type: CelType | undefined): void {
    if (variable.index === undefined) {
      this.#named ??= new Map();
      this.#named.set(variable.name, type);
    } else {
      this.#bound[variable.index] = type;
    }
  }

  #bind(variable: ParamType, type: CelType): void {
    this.#trail.push(variable, this.#find(variable));
    this.#set(variable, type);
  }

  #undoTo(length: number): void {
    while (this.#trail.length > length) {
      const before = this.#trail.pop();
      const variable = this.#trail.pop();
      if (variable?.kind === 'param') {
        this.#set(variable, before);
      }
    }
  }

  /**
   * Tests that a value of type `from` fits where `to` is expected. Bindings made on the way are kept only if it does.
   */
  assignable(from: CelType, to: CelType): boolean {
    const mark = this.#trail.length;
    const fits = this.#fits(from, to);
    if (!fits) {
      this.#undoTo(mark);
    }
    return fits;
  }

  /** The same for rows of types, all or none. */
  allAssignable(from: readonly CelType[], to: readonly CelType[]): boolean {
    const mark = this.#trail.length;
    const fits = this.#allFit(from, to);
    if (!fits) {
      this.#undoTo(mark);
    }
    return fits;
  }

  /** Replaces type variables by what they stand for; unbound ones become dyn if asked. */
  apply(type: CelType, unboundToDyn: boolean): CelType {
    switch (type.kind) {
      case 'param': {
        const bound = this.#find(type);
        if (bound) {
          return this.apply(bound, unboundToDyn);
        }
        return unboundToDyn ? dynType : type;
      }
      case 'list': {
        const element = this.apply(type.element, unboundToDyn);
        return element === type.element ? type : listType(element);
      }
      case 'map': {
        const key = this.apply(type.key, unboundToDyn);
        const value = this.apply(type.value, unboundToDyn);
        return key === type.key && value === type.value ? type : mapType(key, value);
      }
      case 'type':
        return type.of ? typeOfType(this.apply(type.of, unboundToDyn)) : type;
      case 'named':
        return type.parameters.length === 0
          ? type
          : { ...type, parameters: type.parameters.map((parameter) => this.apply(parameter, unboundToDyn)) };
      default:
        return type;
    }
  }

  #allFit(from: readonly CelType[], to: readonly CelType[]): boolean {
    if (from.length !== to.length) {
      return false;
    }
    for (let index = 0; index < from.length; index++) {
      const type = from[index];
      const wanted = to[index];
      if (!type || !wanted || !this.#fits(type, wanted)) {
        return false;
      }
    }
    return true;
  }

  #fits(from: CelType, to: CelType): boolean {
    if (to.kind === 'param') {
      const attempt = this.#substitutable(from, to);
      if (attempt !== 'unbound') {
        return attempt === 'yes';
      }
    }
    if (from.kind === 'param') {
      return this.#substitutable(to, from) === 'yes';
    }
    if (isDynOrError(from) || isDynOrError(to)) {
      return true;
    }
    if (isNull(from)) {
      return isNullable(to);
    }
    if (isNull(to)) {
      return isNullable(from);
    }
    const left = from.kind === 'wrapper' ? from.of : from;
    const right = to.kind === 'wrapper' ? to.of : to;
    switch (left.kind) {
      case 'primitive':
        return sameType(left, right);
      case 'type':
        return right.kind === 'type';
      case 'list':
        return right.kind === 'list' && this.#fits(left.element, right.element);
      case 'map':
        return right.kind === 'map' && this.#fits(left.key, right.key) && this.#fits(left.value, right.value);
      case 'named':
        return (
          right.kind === 'named' &&
          left.name === right.name &&
          this.#allFit(left.parameters, right.parameters)
        );
      default:
        return false;
    }
  }

  /** `unbound` if the variable cannot stand for the type and has no binding yet. */
  #substitutable(type: CelType, variable: ParamType): 'yes' | 'no' | 'unbound' {
    if (sameType(type, variable)) {
      return 'yes';
    }
    const bound = this.#find(variable);
    if (bound) {
      if (sameType(withoutWrappers(type), withoutWrappers(bound))) {
        return 'yes';
      }
      if (!this.#fits(type, bound)) {
        return 'no';
      }
      const general = mostGeneral(type, bound);
      if (!this.#occurs(variable, general)) {
        this.#bind(variable, general);
      }
      return 'yes';
    }
    if (this.#occurs(variable, type)) {
      return 'unbound';
    }
    this.#bind(variable, type);
    return 'yes';
  }

  /** The occurs check: follows the bindings of other variables. */
  #occurs(variable: ParamType, within: CelType): boolean {
    if (sameType(variable, within)) {
      return true;
    }
    if (within.kind === 'param') {
      const bound = this.#find(within);
      return bound !== undefined && this.#occurs(variable, bound);
    }
    switch (within.kind) {
      case 'list':
        return this.#occurs(variable, within.element);
      case 'map':
      case 'type':
      case 'named':
        return parametersOf(within).some((parameter) => this.#occurs(variable, parameter));
      default:
        return false;
    }
  }
}

export function isDyn(type: CelType): boolean {
  return type.kind === 'dyn' || (type.kind === 'primitive' && type.name === 'any');
}

export function isDynOrError(type: CelType): boolean {
  return type.kind === 'error' || isDyn(type);
}

function isNull(type: CelType): boolean {
  return type.kind === 'primitive' && type.name === 'null_type';
}

/** Types that null fits, for which cel-go has historical reasons. */
function isNullable(type: CelType): boolean {
  switch (type.kind) {
    case 'named':
    case 'wrapper':
      return true;
    case 'primitive':
      return (
        type.name === 'timestamp' ||
        type.name === 'duration' ||
        type.name === 'null_type' ||
        type.name === 'any'
      );
    default:
      return false;
  }
}

/** A type with all wrappers taken for what they wrap, which are the same types in all but that null fits. */
function withoutWrappers(type: CelType): CelType {
  switch (type.kind) {
    case 'wrapper':
      return type.of;
    case 'list': {
      const element = withoutWrappers(type.element);
      return element === type.element ? type : listType(element);
    }
    case 'map': {
      const key = withoutWrappers(type.key);
      const value = withoutWrappers(type.value);
      return key === type.key && value === type.value ? type : mapType(key, value);
    }
    default:
      return type;
  }
}

/** The more general of two types that fit one another. */
export function mostGeneral(a: CelType, b: CelType): CelType {
  return isEqualOrLessSpecific(a, b) ? a : b;
}

function isEqualOrLessSpecific(a: CelType, b: CelType): boolean {
  if (isDyn(a) || a.kind === 'param') {
    return true;
  }
  if (isDyn(b) || b.kind === 'param') {
    return false;
  }
  if (a.kind === 'wrapper' || b.kind === 'wrapper') {
    return sameType(withoutWrappers(a), withoutWrappers(b));
  }
  if (a.kind !== b.kind) {
    return false;
  }
  switch (a.kind) {
    case 'type':
      return true;
    case 'list':
    case 'map':
      return everyParameter(a, b, isEqualOrLessSpecific);
    case 'named':
      return a.opaque
        ? b.kind === 'named' && a.name === b.name && everyParameter(a, b, isEqualOrLessSpecific)
        : sameType(a, b);
    default:
      return sameType(a, b);
  }
}

/** The type within an optional; any other type is returned as it is. */
export function unwrapOptional(type: CelType): { type: CelType; optional: boolean } {
  const [held] = type.kind === 'named' && type.name === 'optional_type' ? type.parameters : [];
  return held ? { type: held, optional: true } : { type, optional: false };
}

/** Argument types as cel-go's messages show them: `int.(string)` for a method, `(int, string)` for a function. */
export function formatArguments(types: readonly CelType[], method: boolean): string {
  const shown = types.map((type) => formatType(type));
  const [target = '', ...rest] = shown;
  return method ? `${target}.(${rest.join(', ')})` : `(${shown.join(', ')})`;
}
