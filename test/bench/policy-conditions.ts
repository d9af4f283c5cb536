// The conditions of a check by themselves, in several implementations of CEL: what is beyond them is the policies' own.
import { cerbosEnvironment, requestBindings, requestRecords } from '../../server/policy';
import { celEnv, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { Environment } from '@marcbachmann/cel-js';
import { compile } from '../../server/cel';
import type { CheckInput } from '../../server/policy';
import { conditionsOf, kindOf } from './policy-files';

/** Evaluates every condition of the policy that an input is about; bindings are prepared beforehand. */
type Evaluate = (at: number) => unknown;

interface Contender {
  readonly name: string;
  readonly prepare: (inputs: readonly CheckInput[], size: number) => Evaluate;
}

export const contenders: readonly Contender[] = [
  { name: 'ours', prepare: ours },
  { name: '@bufbuild/cel', prepare: celEs },
  { name: '@marcbachmann/cel-js', prepare: celJs },
];

function ours(inputs: readonly CheckInput[], size: number): Evaluate {
  const environment = cerbosEnvironment();
  const programs = Array.from({ length: size }, (_, index) =>
    conditionsOf(index).map((source) => {
      const { program } = compile(source, environment);
      if (!program) {
        throw new Error(`${source} does not compile`);
      }
      return program;
    }),
  );
  const bindings = inputs.map(({ principal, resource }) =>
    requestBindings(requestRecords({ principal, resource }), {}),
  );
  return (at) => {
    const bound = bindings[at] ?? {};
    return programs[kindOf(at, size)]?.map((program) => program.evaluate(bound));
  };
}

function celEs(inputs: readonly CheckInput[], size: number): Evaluate {
  const environment = celEnv({ funcs: strings });
  const programs = Array.from({ length: size }, (_, index) =>
    conditionsOf(index).map((source) => plan(environment, parse(source))),
  );
  const bindings = inputs.map(({ principal, resource }) => ({
    P: withMaps(principal),
    R: withMaps(resource),
  }));
  return (at) => programs[kindOf(at, size)]?.map((program) => program(bindings[at]));
}

function celJs(inputs: readonly CheckInput[], size: number): Evaluate {
  const environment = new Environment({ unlistedVariablesAreDyn: true });
  const programs = Array.from({ length: size }, (_, index) =>
    conditionsOf(index).map((source) => environment.parse(source)),
  );
  const bindings = inputs.map(({ principal, resource }) => ({ P: principal, R: resource }));
  return (at) => programs[kindOf(at, size)]?.map((program): unknown => program(bindings[at]));
}

type Nested = string | number | boolean | null | readonly Nested[] | Map<string, Nested>;

/** JSON with maps for objects, which is what cel-es takes without conversion. */
function withMaps(value: unknown): Nested {
  if (Array.isArray(value)) {
    return value.map(withMaps);
  }
  if (typeof value !== 'object' || value === null) {
    return value as Nested;
  }
  return new Map(Object.entries(value).map(([key, entry]) => [key, withMaps(entry)]));
}
