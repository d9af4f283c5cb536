import type { Resolution, ResolvedFunction, ResolvedOverload } from '../functions/resolve';
import { dynType, listType, mapType, sameType, shapeOf, typeOfType } from '../types';
import type { CelType } from '../types';
import { firstCode, isGround, nextCode, noCode } from './call-code';
import { isDyn, Substitution } from './unify';

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
  const shapes = types.map(shapeOf);
  const overloads: ResolvedOverload[] = [];
  let result: CelType | undefined;
  for (const overload of called.overloads) {
    if (overload.method !== method) {
      continue;
    }
    if (!mayFit(shapes, overload.shapes)) {
      substitution.skipVariables(overload.variables.length);
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

/** Keeps what was found under the code of the arguments' types, if they have one and the result may be kept. */
export function remember(
  called: ResolvedFunction,
  { overloads, result }: Fitting,
  method: boolean,
  namespaced: boolean,
  code: number,
): Resolution {
  const ids = overloads.map((overload) => overload.id);
  const considered = called.overloads.filter((overload) => overload.method === method);
  const found: Resolution = {
    call: { function: called, overloads, namespaced },
    result,
    variables: considered.reduce((sum, overload) => sum + overload.variables.length, 0),
    reference: { kind: 'overloads', function: called.name, ids },
  };
  if (code !== noCode && isGround(result)) {
    called.resolutions.set(code, found);
  }
  return found;
}

/** The code of two lists of which nothing is known. */
export const listsCode = nextCode(nextCode(firstCode(false, false), listType(dynType)), listType(dynType));

/** The resolution of a function or operator for two lists of unknown element types. */
export function resolveAnyLists(called: ResolvedFunction): Resolution | undefined {
  const types = [listType(dynType), listType(dynType)];
  const fitting = findOverloads(called, types, false, new Substitution());
  return fitting && remember(called, fitting, false, false, listsCode);
}

/** A quick test that rules out most overloads of an operator; only overloads that pass are unified. */
function mayFit(given: readonly number[], wanted: readonly number[]): boolean {
  if (given.length !== wanted.length) {
    return false;
  }
  for (let index = 0; index < given.length; index++) {
    const shape = given[index];
    const expected = wanted[index];
    if (shape !== 0 && expected !== 0 && shape !== expected) {
      return false;
    }
  }
  return true;
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
