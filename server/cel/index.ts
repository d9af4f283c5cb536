/**
 * The Common Expression Language (CEL specification; behaviour and messages of cel-go): parse, check, compile, evaluate,
 * explain, unparse. Nothing here throws on bad input, does I/O or reads the clock.
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
export { boolType, dynType, formatType, listType, mapType, messageType, sameType, stringType } from './types';
export { Environment, standardEnvironment } from './environment';
export type { EnvironmentOptions, PathReader } from './environment';
export { standardLibraries } from './functions/table';
export type {
  FieldDeclaration,
  FunctionDescription,
  MacroDescription,
  MessageDeclaration,
  OpaqueTypeDeclaration,
  OverloadDescription,
  VariableDeclaration,
} from './declarations';
export { check } from './checker/check';
export { validateLiterals } from './checker/validate-literals';
export type { CallResolution, CheckResult, Reference } from './checker/check-result';
export { compile } from './compile';
export type { Compilation, CompileOptions } from './compile';
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
export { Failure as CelFailure } from './values/failure';
export { callFunction } from './evaluator/call-function';
export { CelRecord } from './values/record';
export { CelMap } from './values/map';
export { Duration } from './values/time/duration';
export { Optional } from './values/optional';
export { Timestamp } from './values/time/timestamp';
export { TypeValue } from './values/type-value';
export { Uint } from './values/uint';
export { CelObject, IndexProblem } from './values/value';
export { Unreadable } from './values/unreadable';
export type { CelValue, JsonObject, JsonValue, StringMap } from './values/value';
export { fromJson, toJson } from './values/json/json';
export { jsonProblem } from './values/json/json-number';
export { jsonValue } from './messages/json-value';
export { equal } from './values/operations/equal';
export { formatValue } from './values/operations/format';
export { parseDuration } from './values/time/duration-text';
export { parseTimestamp } from './values/time/timestamp-text';
export { unparse } from './unparse';
// For libraries of functions: their form, and what functions and values of their own are made with.
export { contextOverload, definer, overload } from './functions/define';
export type {
  CallContext,
  FunctionDefinition,
  FunctionResult,
  Library,
  Overload,
  Strictness,
} from './functions/define';
export type { Cost } from './functions/costs';
export type { Signature } from './functions/signature';
export { goKindName } from './functions/go-native';
export { hasAll, hasAny, hasElement } from './functions/libraries/sets';
export { fail } from './values/failure';
export { isMapped, isProblem, maskAddress, readAddress } from './values/network/ip-address';
export type { Address } from './values/network/ip-address';
export { maxInt, minInt } from './values/numbers';
export { quote } from './values/operations/format';
export { typeNameOf } from './values/kinds';
export { codePoints, compareText as compareByCodePoint } from './values/text';
// For environments with messages of their own.
export { message } from './messages/descriptor';
export { CelMessage } from './messages/message';
export { MessageSchema } from './messages/schema';
export { wellKnownParts } from './messages/well-known';
// For those who rewrite trees.
export { planProgram } from './evaluator/planned-program';
export { valueToExpr } from './evaluator/value-to-expr';
export { substitute } from './substitute';
