import type { FunctionDefinition } from './define';
import { cerbosFunctions } from './library-cerbos';
import { conversionFunctions } from './library-conversions';
import { encoderFunctions } from './library-encoders';
import { hierarchyFunctions } from './library-hierarchy';
import { listFunctions } from './library-lists';
import { mathFunctions } from './library-math';
import { networkFunctions } from './library-network';
import { operatorFunctions } from './library-operators';
import { optionalFunctions } from './library-optional';
import { regexFunctions } from './library-regex';
import { setFunctions } from './library-sets';
import { spiffeFunctions } from './library-spiffe';
import { stringFunctions } from './library-strings';
import { textFunctions } from './library-text';
import { timeFunctions } from './library-time';

/**
 * Every function that there is: the single source for the checker, the evaluator, hover and completion. The order is
 * Cerbos': where several overloads fit, the checker tries them in turn.
 */
export const functionTable: readonly FunctionDefinition[] = [
  ...operatorFunctions,
  ...conversionFunctions,
  ...textFunctions,
  ...timeFunctions,
  ...optionalFunctions,
  ...encoderFunctions,
  ...listFunctions,
  ...mathFunctions,
  ...networkFunctions,
  ...regexFunctions,
  ...setFunctions,
  ...stringFunctions,
  ...hierarchyFunctions,
  ...spiffeFunctions,
  ...cerbosFunctions,
];

/** The functions by name, without those of some libraries. A function may have definitions in several libraries. */
export function libraries(without: readonly string[]): ReadonlyMap<string, readonly FunctionDefinition[]> {
  const byName = new Map<string, FunctionDefinition[]>();
  for (const definition of functionTable) {
    if (without.includes(definition.library)) {
      continue;
    }
    const known = byName.get(definition.name);
    if (known) {
      known.push(definition);
    } else {
      byName.set(definition.name, [definition]);
    }
  }
  return byName;
}
