/**
 * The Common Expression Language with Cerbos' environment: parse, check, compile, evaluate, explain, unparse.
 * Nothing here throws on bad input, does I/O or reads the clock.
 */
export type { CelIssue, CelIssueCode, Range } from './issue';
export type {
  Call,
  Comprehension,
  Expr,
  Identifier,
  Invalid,
  ListExpr,
  Literal,
  LiteralValue,
  MacroCall,
  MapEntry,
  MapExpr,
  Select,
  StructExpr,
  StructField,
} from './ast';
export { children } from './ast';
export { parse } from './parser/parse';
export type { ParseOptions, ParseResult } from './parser/parse';
export type { CelType, PrimitiveName } from './types';
export { dynType, formatType, sameType } from './types';
export { Environment, cerbosEnvironment, standardEnvironment } from './environment';
export type { EnvironmentOptions } from './environment';
export type {
  FieldDeclaration,
  FunctionDeclaration,
  FunctionDescription,
  MacroDescription,
  MessageDeclaration,
  OverloadDescription,
  VariableDeclaration,
} from './declarations';
export { check } from './checker/check';
export type { CallResolution, CheckResult, Reference } from './checker/check-result';
export { compile } from './compile';
export type { Compilation } from './compile';
export { defaultCostLimit } from './program';
export type {
  Bindings,
  ErrorResult,
  EvalContext,
  EvalResult,
  Explanation,
  Program,
  TraceEntry,
  UnknownResult,
  ValueResult,
} from './program';
export { writeConstants } from './folding/fold-constants';
export { Failure as CelFailure } from './evaluator/failure';
export {
  callFunction,
  entriesOf,
  hasField,
  insertIntoMap,
  makeMessage,
  readKey,
  readKeyIfPresent,
} from './evaluator/operations';
export { requestBindings, requestRecords } from './bindings';
export type { PolicyScope, RequestInput, RequestRecords } from './bindings';
export { CelRecord } from './values/record';
export { CelMap } from './values/map';
export { Duration } from './values/duration';
export { Optional } from './values/optional';
export { Timestamp } from './values/timestamp';
export { TypeValue } from './values/type-value';
export { Uint } from './values/uint';
export { CelObject } from './values/value';
export type { CelValue, JsonObject, JsonValue, StringMap } from './values/value';
export { fromJson, toJson } from './values/json';
export { jsonProblem } from './values/json-number';
export { jsonValue } from './messages/json-value';
export { variableValue } from './values/variable-value';
export { equal } from './values/equal';
export { formatValue } from './values/format';
export { parseDuration } from './values/duration-text';
export { parseTimestamp } from './values/timestamp-text';
export { unparse } from './unparse';
