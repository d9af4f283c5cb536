import { inspect } from 'node:util';
import type { CelResult, CelValue as EsValue, CelInput } from '@bufbuild/cel';
import {
  celEnv,
  celList,
  celMap,
  celUint,
  isCelError,
  isCelList,
  isCelMap,
  isCelType,
  isCelUint,
  parse,
  plan,
  unparse,
} from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import type { Value } from '@bufbuild/cel-spec/cel/expr/value_pb.js';
import { getTestRegistry } from '@bufbuild/cel-spec/testdata/registry.js';
import type { IncrementalTest } from '@bufbuild/cel-spec/testdata/tests.js';
import { KindAdorner, toDebugString } from '@bufbuild/cel-spec/testdata/to-debug-string.js';
import { toBinary } from '@bufbuild/protobuf';
import { isReflectMessage } from '@bufbuild/protobuf/reflect';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { Environment } from '@marcbachmann/cel-js';
import type { CelValue } from '../../../../server/cel/index';
import { CelMap, Duration, formatValue, Timestamp, TypeValue, Uint } from '../../../../server/cel/index';
import { decodeMessage } from '../../../../server/cel/messages/decode';
import { makeMap } from '../../../../server/cel/values/kinds';
import { expandTestMacros } from './macros';
import { specSchema } from './schema';
import { supplements } from './supplement';
import { fromSpecValue, identical } from './values';

// The other implementations of CEL in JavaScript, on the specification's tests. Each is set up as its documentation
// says, with all that it has switched on. Where it is less strict than cel-go, or has no types to compare, it gets the
// benefit of the doubt: only a wrong answer counts as one.

/** Thrown by a peer's side where a test cannot be put to it. */
class CannotAsk extends Error {}

/** The answer of a peer: a value in this engine's form, or that the expression failed. */
type Answer = { readonly value: CelValue } | { readonly failed: true };

const failed: Answer = { failed: true };

interface Peer {
  readonly name: '@bufbuild/cel' | '@marcbachmann/cel-js';
  /**
   * True if it makes the tree that cel-go's parser makes, or refuses what that refuses; undefined for a peer without a
   * parser of its own.
   */
  readonly parses: ((test: IncrementalTest) => boolean) | undefined;
  /** Reads an expression without evaluating it; throws when it refuses it. */
  readonly take: (source: string, container: string) => unknown;
  /** Evaluates; throws, or answers that it failed, when it cannot. */
  readonly answer: (
    source: string,
    container: string,
    bindings: readonly (readonly [string, Value])[],
  ) => Answer;
  /** Writes an expression back as text, if it can. */
  readonly write?: (source: string) => string;
}

const registry = getTestRegistry();

/** cel-es takes and gives protobuf messages; ours are compared through their binary form. */
const celEs: Peer = {
  name: '@bufbuild/cel',
  parses: ({ original, ast }) => {
    try {
      return toDebugString(parse(original.expr).expr, KindAdorner.singleton) === ast;
    } catch {
      return ast === undefined;
    }
  },
  take: (source, container) =>
    plan(celEnv({ registry, namespace: container, funcs: strings }), parse(source)),
  answer: (source, container, bindings) => {
    const environment = celEnv({ registry, namespace: container, funcs: strings });
    const evaluate = plan(environment, parse(source)) as (given: Record<string, CelInput>) => CelResult;
    const result = evaluate(Object.fromEntries(bindings.map(([name, value]) => [name, toEs(value)])));
    return isCelError(result) ? failed : { value: fromEs(result) };
  },
  write: (source) => unparse(parse(source).expr),
};

function toEs(value: Value): CelInput {
  const { kind } = value;
  switch (kind.case) {
    case 'uint64Value':
      return celUint(kind.value);
    case 'listValue':
      return celList(kind.value.values.map(toEs));
    case 'mapValue':
      return celMap(
        new Map(kind.value.entries.map(({ key, value: held }) => [toEs(key!) as string, toEs(held!)])),
      );
    case 'objectValue':
      return anyUnpack(kind.value, registry) as CelInput;
    case 'enumValue':
      return BigInt(kind.value.value);
    case 'nullValue':
      return null;
    case 'typeValue':
    case undefined:
      throw new CannotAsk();
    default:
      return kind.value;
  }
}

function fromEs(value: EsValue): CelValue {
  if (isCelUint(value)) {
    return new Uint(value.value);
  }
  if (isCelType(value)) {
    return new TypeValue(value.name);
  }
  if (isCelList(value)) {
    return [...value].map(fromEs);
  }
  if (isCelMap(value)) {
    return makeMap([...value.entries()].map(([key, held]) => [fromEs(key), fromEs(held)] as const));
  }
  if (isReflectMessage(value)) {
    const descriptor = specSchema.find(value.desc.typeName);
    const message = descriptor && decodeMessage(specSchema, descriptor, toBinary(value.desc, value.message));
    if (message === undefined) {
      throw new CannotAsk();
    }
    return message;
  }
  return value;
}

/** cel-js has no messages, and its maps have keys that are strings. */
const celJs: Peer = {
  name: '@marcbachmann/cel-js',
  parses: undefined,
  take: (source) => {
    const { valid, error } = jsEnvironment().check(source);
    if (!valid) {
      throw error ?? new CannotAsk();
    }
  },
  answer: (source, container, bindings) => {
    if (container !== '' && /\w\{/.test(source)) {
      throw new CannotAsk();
    }
    const given = Object.fromEntries(bindings.map(([name, value]) => [name, toJs(value)]));
    return { value: fromJs(jsEnvironment().evaluate(source, given)) };
  },
};

function jsEnvironment(): Environment {
  return new Environment({
    unlistedVariablesAreDyn: true,
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
  });
}

function toJs(value: Value): unknown {
  const { kind } = value;
  switch (kind.case) {
    case 'nullValue':
      return null;
    case 'boolValue':
    case 'stringValue':
    case 'int64Value':
    case 'doubleValue':
    case 'bytesValue':
      return kind.value;
    case 'uint64Value':
      return new Environment().evaluate(`${kind.value}u`);
    case 'listValue':
      return kind.value.values.map(toJs);
    case 'mapValue':
      return new Map(kind.value.entries.map(({ key, value: held }) => [toJs(key!), toJs(held!)]));
    case 'objectValue': {
      const held = fromSpecValue(value);
      if (held instanceof Timestamp) {
        return new Date(held.seconds * 1000 + held.nanos / 1e6);
      }
      if (held instanceof Duration) {
        return new Environment().evaluate(`duration('${held.nanos}ns')`);
      }
      throw new CannotAsk();
    }
    default:
      throw new CannotAsk();
  }
}

function fromJs(value: unknown): CelValue {
  if (value === null || ['boolean', 'string', 'bigint', 'number'].includes(typeof value)) {
    return value as CelValue;
  }
  if (Array.isArray(value)) {
    return value.map(fromJs);
  }
  if (value instanceof Uint8Array) {
    return value;
  }
  if (value instanceof Date) {
    return Timestamp.fromMillis(value.getTime());
  }
  if (value instanceof Map) {
    return makeMap([...value].map(([key, held]) => [fromJs(key), fromJs(held)] as const));
  }
  const parts = value as Readonly<Record<string, unknown>>;
  switch (parts.constructor.name) {
    case 'UnsignedInt':
      return new Uint(BigInt(parts['value'] as bigint | number));
    case 'Duration':
      return new Duration(
        BigInt(parts['seconds'] as bigint | number) * 1_000_000_000n + BigInt(Number(parts['nanos'])),
      );
    case 'Type':
      return new TypeValue(nameOfType(value));
    case 'Object':
      return makeMap(Object.entries(parts).map(([key, held]) => [key, fromJs(held)] as const));
    default:
      throw new CannotAsk();
  }
}

/** cel-js shows its types as `Type<int>`. */
function nameOfType(type: unknown): string {
  return /Type<(.*)>/.exec(inspect(type))?.[1] ?? '';
}

export const peers: readonly Peer[] = [celEs, celJs];

/**
 * True if a peer passes a test of the conformance suite. In tests about types alone, it must accept the expression.
 */
export function passesConformance(peer: Peer, { original }: IncrementalTest): boolean {
  const { resultMatcher: matcher } = original;
  const source = expandTestMacros(original.expr);
  const wantsFailure = matcher.case === 'evalError';
  try {
    if (original.checkOnly) {
      peer.take(source, original.container);
      return !wantsFailure;
    }
    const bindings = Object.entries(original.bindings).map(([name, { kind }]) => {
      if (kind.case !== 'value') {
        throw new CannotAsk();
      }
      return [name, kind.value] as const;
    });
    const answer = peer.answer(source, original.container, bindings);
    if ('failed' in answer || wantsFailure) {
      return 'failed' in answer && wantsFailure;
    }
    const wanted =
      matcher.case === 'value'
        ? fromSpecValue(matcher.value)
        : matcher.case === 'typedResult'
          ? matcher.value.result && fromSpecValue(matcher.value.result)
          : true;
    return wanted === undefined || identical(answer.value, likeStrings(answer.value, wanted));
  } catch (error) {
    return wantsFailure && !(error instanceof CannotAsk);
  }
}

/** A map with its keys as strings, if that is how the peer has them. */
function likeStrings(given: CelValue, wanted: CelValue): CelValue {
  const asStrings = wanted instanceof CelMap && Object.getPrototypeOf(given) === Object.prototype;
  return asStrings
    ? makeMap(
        [...wanted.entries()].map(
          ([key, value]) =>
            [typeof key === 'string' ? key : formatValue(key).replace(/u$/, ''), value] as const,
        ),
      )
    : wanted;
}

/** True if a peer passes a test of the comprehension suite. No peer supports unknown values. */
export function passesComprehension(peer: Peer, { original }: IncrementalTest, name: string): boolean {
  const supplement = supplements.get(name);
  const wanted = supplement?.wanted ?? { kind: 'true' };
  try {
    switch (wanted.kind) {
      case 'written':
        return peer.write?.(original.expr) === wanted.text;
      case 'unknown':
        return false;
      case 'refused':
      case 'fails':
        return 'failed' in peer.answer(original.expr, '', []);
      case 'true': {
        const bindings = Object.entries(supplement?.bindings ?? {});
        const answer = peer.answer(
          original.expr,
          '',
          bindings.map(([key, value]) => [key, toSpecValue(value)]),
        );
        return 'value' in answer && answer.value === true;
      }
    }
  } catch {
    return wanted.kind === 'refused' || wanted.kind === 'fails';
  }
}

/** The few values that the supplement's variables have, in the specification's form. */
function toSpecValue(value: CelValue): Value {
  const of = (kind: Value['kind']): Value => ({ $typeName: 'cel.expr.Value', kind });
  if (typeof value === 'bigint') {
    return of({ case: 'int64Value', value });
  }
  if (typeof value === 'string') {
    return of({ case: 'stringValue', value });
  }
  if (Array.isArray(value)) {
    const values = (value as readonly CelValue[]).map(toSpecValue);
    return of({ case: 'listValue', value: { $typeName: 'cel.expr.ListValue', values } });
  }
  const pairs =
    value instanceof CelMap ? [...value.entries()] : Object.entries(value as Record<string, CelValue>);
  const entries = pairs.map(([key, held]) => ({
    $typeName: 'cel.expr.MapValue.Entry' as const,
    key: toSpecValue(key),
    value: toSpecValue(held),
  }));
  return of({ case: 'mapValue', value: { $typeName: 'cel.expr.MapValue', entries } });
}
