import type { FunctionDefinition, Library } from './define';
import { conversionFunctions } from './libraries/conversions';
import { encoderFunctions } from './libraries/encoders';
import { listFunctions } from './libraries/lists';
import { mathFunctions } from './libraries/math';
import { networkFunctions } from './libraries/network';
import { operatorFunctions } from './libraries/operators';
import { optionalFunctions } from './libraries/optional';
import { regexFunctions } from './libraries/regex';
import { setFunctions } from './libraries/sets';
import { stringFunctions } from './libraries/strings';
import { textFunctions } from './libraries/text';
import { timeFunctions } from './libraries/time';

/**
 * The functions of the standard libraries: the single source for checker, evaluator, hover and completion. Where
 * several overloads fit, the checker tries them in this order.
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
];

/**
 * CEL's standard library and cel-go's extensions, in the order in which overloads are tried. A library's name may occur
 * more than once.
 */
export const standardLibraries: readonly Library[] = librariesOf(functionTable);

function librariesOf(table: readonly FunctionDefinition[]): readonly Library[] {
  const found: { readonly name: string; readonly functions: FunctionDefinition[] }[] = [];
  for (const definition of table) {
    const last = found.at(-1);
    if (last?.name === definition.library) {
      last.functions.push(definition);
    } else {
      found.push({ name: definition.library, functions: [definition] });
    }
  }
  return found;
}

/** The functions of some libraries by name, in the order of the libraries. */
export function functionsByName(
  libraries: readonly Library[],
): ReadonlyMap<string, readonly FunctionDefinition[]> {
  const byName = new Map<string, FunctionDefinition[]>();
  for (const definition of libraries.flatMap(({ functions }) => functions)) {
    const known = byName.get(definition.name);
    if (known) {
      known.push(definition);
    } else {
      byName.set(definition.name, [definition]);
    }
  }
  return byName;
}
