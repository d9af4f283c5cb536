import type { FunctionDescription } from '../declarations';
import { shapeOf } from '../types';
import type { CelType } from '../types';
import type {
  ContextImplementation,
  FunctionDefinition,
  Implementation,
  Overload,
  Strictness,
} from './define';
import { costs, single } from './costs';
import type { Cost } from './costs';
import { parseSignature } from './signature';

/** An overload whose signature was read. */
export interface ResolvedOverload {
  readonly id: string;
  readonly method: boolean;
  readonly parameters: readonly CelType[];
  /** The {@link shapeOf} each parameter: a mismatch rules out the overload without unification. */
  readonly shapes: readonly number[];
  readonly parameterNames: readonly string[];
  readonly result: CelType;
  readonly variables: readonly string[];
  readonly run: Implementation | undefined;
  readonly contextual: ContextImplementation | undefined;
  readonly cost: Cost;
  readonly definition: Overload;
}

/** A function as the checker and the planner need it. */
export interface ResolvedFunction {
  readonly name: string;
  readonly library: string;
  readonly strictness: Strictness;
  readonly overloads: readonly ResolvedOverload[];
  /**
   * Resolutions that the checker made before, by a number for the argument types. Only common types have a number, so
   * there are few.
   */
  readonly resolutions: Map<number, Resolution>;
}

/** The function and overloads that a call may run. */
export interface CallResolution {
  readonly function: ResolvedFunction;
  /** Those whose parameter types fit, by what is known without running. */
  readonly overloads: readonly ResolvedOverload[];
  /** True if the text before the dot is part of the function's name, as in `math.abs(x)`. */
  readonly namespaced: boolean;
}

/** The result of overload resolution for some argument types. */
export interface Resolution {
  readonly call: CallResolution;
  readonly result: CelType;
  /** The number of type variables that the resolution made. */
  readonly variables: number;
  readonly reference: {
    readonly kind: 'overloads';
    readonly function: string;
    readonly ids: readonly string[];
  };
}

/**
 * Reads the signatures of a function; several libraries may add overloads to one function.
 * @param types the opaque types that signatures may name, by their words
 */
export function resolveFunction(
  definitions: readonly FunctionDefinition[],
  types: ReadonlyMap<string, CelType>,
): ResolvedFunction | undefined {
  const [first] = definitions;
  return (
    first && {
      name: first.name,
      library: first.library,
      strictness: first.strictness,
      resolutions: new Map(),
      overloads: definitions.flatMap((definition) =>
        definition.overloads.map((overload) => resolveOverload(first.name, overload, types)),
      ),
    }
  );
}

function resolveOverload(
  name: string,
  overload: Overload,
  types: ReadonlyMap<string, CelType>,
): ResolvedOverload {
  const { signature: written } = overload;
  const signature = typeof written === 'string' ? parseSignature(name, written, types) : written;
  return {
    id: overload.id,
    method: signature.method,
    parameters: signature.parameters,
    shapes: signature.parameters.map(shapeOf),
    parameterNames: signature.names,
    result: signature.result,
    variables: signature.variables,
    run: overload.run,
    contextual: overload.contextual,
    cost: overload.cost ?? costs.get(overload.id) ?? single,
    definition: overload,
  };
}

/** The function as editors show it. */
export function describeFunction(resolved: ResolvedFunction): FunctionDescription {
  return {
    name: resolved.name,
    library: resolved.library,
    overloads: resolved.overloads.map((overload) => ({
      id: overload.id,
      method: overload.method,
      parameters: overload.parameters,
      parameterNames: overload.parameterNames,
      result: overload.result,
      signature:
        typeof overload.definition.signature === 'string' ? overload.definition.signature : overload.id,
      documentation: overload.definition.documentation,
      example: overload.definition.example,
    })),
  };
}
