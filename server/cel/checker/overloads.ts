import type { ResolvedFunction, ResolvedOverload } from '../functions/resolve';
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  nullType,
  sameType,
  stringType,
  timestampType,
  typeOfType,
  uintType,
} from '../types';
import type { CelType } from '../types';
import { isDyn } from './unify';
import type { Substitution } from './unify';

/** The overloads that fit, and the type of what they give. */
export interface Fitting {
  readonly overloads: readonly ResolvedOverload[];
  readonly result: CelType;
}

/** Finds the overloads that fit argument types; undefined if none does. Where results differ, the result is dyn. */
export function findOverloads(
  called: ResolvedFunction,
  types: readonly CelType[],
  method: boolean,
  substitution: Substitution,
): Fitting | undefined {
  const overloads: ResolvedOverload[] = [];
  let result: CelType | undefined;
  for (const overload of called.overloads) {
    if (overload.method !== method || !mayFit(types, overload.parameters)) {
      continue;
    }
    const instance = instantiate(overload, substitution);
    if (substitution.allAssignable(types, instance.parameters)) {
      overloads.push(overload);
      const type = substitution.apply(instance.result, false);
      if (result === undefined) {
        result = type;
      } else if (!isDyn(result) && !sameType(type, result)) {
        result = dynType;
      }
    }
  }
  return result && { overloads, result };
}

/** Whether types may fit parameters, at a glance: most overloads of an operator are told apart so. */
function mayFit(types: readonly CelType[], parameters: readonly CelType[]): boolean {
  if (types.length !== parameters.length) {
    return false;
  }
  for (let index = 0; index < types.length; index++) {
    const type = types[index];
    const wanted = parameters[index];
    if (type && wanted && neverFits(type, wanted)) {
      return false;
    }
  }
  return true;
}

/** Whether a type is a list or map and a parameter is of a primitive type, or the other way round. */
function neverFits(type: CelType, wanted: CelType): boolean {
  switch (type.kind) {
    case 'primitive':
      return type.name !== 'any' && (wanted.kind === 'list' || wanted.kind === 'map');
    case 'list':
    case 'map':
      return wanted.kind === 'primitive' && wanted.name !== 'any';
    default:
      return false;
  }
}

/** The parameters and the result of an overload, its type parameters replaced by fresh type variables. */
function instantiate(
  overload: ResolvedOverload,
  substitution: Substitution,
): { readonly parameters: readonly CelType[]; readonly result: CelType } {
  if (overload.variables.length === 0) {
    return overload;
  }
  const fresh = overload.variables.map(() => substitution.freshVariable());
  const instance = (type: CelType): CelType => {
    switch (type.kind) {
      case 'param':
        return fresh[overload.variables.indexOf(type.name)] ?? type;
      case 'list':
        return listType(instance(type.element));
      case 'map':
        return mapType(instance(type.key), instance(type.value));
      case 'type':
        return type.of ? typeOfType(instance(type.of)) : type;
      case 'named':
        return type.parameters.length === 0 ? type : { ...type, parameters: type.parameters.map(instance) };
      default:
        return type;
    }
  };
  return { parameters: overload.parameters.map(instance), result: instance(overload.result) };
}

const dynCode = 11;
/** A number above all codes. */
const codeLimit = 64;

/** A small number that stands for a common type without type variables, 0 for other types. */
function codeOf(type: CelType): number {
  switch (type.kind) {
    case 'primitive':
      return simpleCode(type);
    case 'dyn':
      return dynCode;
    case 'list': {
      const element = simpleCode(type.element);
      return element === 0 ? 0 : 16 + element;
    }
    case 'map': {
      const value = simpleCode(type.value);
      return value === 0 || type.key !== stringType ? 0 : 32 + value;
    }
    default:
      return 0;
  }
}

/** There is one object for each of these types. */
function simpleCode(type: CelType): number {
  switch (type) {
    case dynType:
      return dynCode;
    case stringType:
      return 6;
    case boolType:
      return 2;
    case doubleType:
      return 5;
    case intType:
      return 3;
    case uintType:
      return 4;
    case timestampType:
      return 8;
    case durationType:
      return 9;
    case bytesType:
      return 7;
    case nullType:
      return 1;
    default:
      return 0;
  }
}

/** Whether what fits some types and gives this one can be remembered: no type variable is left in it. */
export function isGround(type: CelType): boolean {
  return codeOf(type) !== 0;
}

/**
 * A number for argument types without type variables, by which what was found is found again: which overloads fit such
 * types depends on nothing else. 0 for other types, for no arguments and for more than seven.
 */
export function callCode(types: readonly CelType[], method: boolean, namespaced: boolean): number {
  if (types.length === 0 || types.length > 7) {
    return 0;
  }
  let key = 4 + (method ? 1 : 0) + (namespaced ? 2 : 0);
  for (const type of types) {
    const code = codeOf(type);
    if (code === 0) {
      return 0;
    }
    key = key * codeLimit + code;
  }
  return key;
}
