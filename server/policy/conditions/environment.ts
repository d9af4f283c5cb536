import { Environment, standardLibraries } from '../../cel';
import type { Library } from '../../cel';
import { cerbosFunctions } from './functions/library-cerbos';
import { hierarchyFunctions } from './functions/library-hierarchy';
import { jsonFunctions } from './functions/library-json';
import { spiffeFunctions } from './functions/library-spiffe';
import { cerbosSchema } from './messages';
import { canonicalPath, readerOf } from './request-paths';
import { cerbosTypes, cerbosVariables } from './variables';

/** Cerbos' own functions and the types of their values. */
export const cerbosLibraries: readonly Library[] = [
  {
    name: 'cerbos',
    functions: [...hierarchyFunctions, ...spiffeFunctions, ...cerbosFunctions, ...jsonFunctions],
    types: [
      { name: 'cerbos.lib.hierarchy', word: 'hierarchy', isObject: true },
      { name: 'cerbos.lib.spiffeID', word: 'spiffeID', isObject: true },
      { name: 'cerbos.lib.spiffeTrustDomain', word: 'spiffeTrustDomain', isObject: true },
      { name: 'cerbos.lib.spiffeMatcher', word: 'spiffeMatcher', isObject: true },
    ],
  },
];

let environment: Environment | undefined;

/**
 * The environment of Cerbos' conditions: the standard libraries, Cerbos' functions, and the variables `request`, `R`,
 * `P`, `V`, `C`, `G` and `runtime` (Cerbos documentation, "Conditions").
 */
export function cerbosEnvironment(): Environment {
  environment ??= new Environment({
    libraries: [...standardLibraries, ...cerbosLibraries],
    variables: cerbosVariables,
    messages: cerbosTypes,
    schema: cerbosSchema,
    canonicalPath,
    pathReader: readerOf,
  });
  return environment;
}
