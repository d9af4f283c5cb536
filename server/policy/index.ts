/**
 * Cerbos policies: validate, compile, decide, test, explain. Functions from data to data, without I/O: reading folders,
 * verifying tokens and asking other decision points are entry points of their own (`folder`, `tokens`,
 * `decision-points`).
 */
export type { JsonObject, JsonValue } from '../cel';
export { cerbosEnvironment, cerbosLibraries } from './conditions/environment';
export { compileCondition } from './conditions/compile';
export { requestBindings, requestRecords } from './conditions/bindings';
export type { PolicyScope, RequestInput, RequestRecords } from './conditions/bindings';
export type { FileRole, ForeignEncoding, PolicyFile } from './load/files';
export { fileRole } from './load/files';
export type { Position, SourceLocation, SourceRange } from './position';
export { LineIndex } from './position';
export type { PolicyIssue, PolicyIssueCode, RelatedLocation, Severity, Stage } from './issues';
export type {
  Span,
  YamlAlias,
  YamlDocument,
  YamlEntry,
  YamlMap,
  YamlNode,
  YamlScalar,
  YamlSequence,
} from './yaml/node';
export type { Field, Located, MessageShape, Shape } from './model/schema';
export type {
  Condition,
  Constants,
  DerivedRoles,
  Effect,
  ExportConstants,
  ExportVariables,
  Match,
  MatchList,
  Output,
  Policy,
  PrincipalPolicy,
  ResourcePolicy,
  ResourceRule,
  RolePolicy,
  ScopePermissions,
  Variables,
} from './model/policy';
export type {
  AuxData,
  Expectation,
  Principal,
  Resource,
  TestOptions,
  TestSuite,
  TestTable,
} from './model/suite';
export type {
  AuxDataDocument,
  Expression,
  ParsedDocument,
  ParsedFile,
  PolicyDocument,
  PolicyKind,
  PrincipalsDocument,
  ResourcesDocument,
  SuiteDocument,
} from './parse/parsed';
export { documentShape } from './parse/document-shape';
export { parsePolicyFile } from './parse/parse-file';
export { compilePolicySet } from './compile-set';
export type { CompiledPolicies, CompileOptions, NamedDocument, Names } from './compile-set';
export type { PolicySet } from './compile/policy-set';
export type {
  ActionDecision,
  CheckInput,
  CheckOptions,
  CheckOutput,
  DecidingRule,
  EvaluationError,
  OutputEntry,
  PrincipalInput,
  ResourceInput,
  SchemaEnforcement,
  ValidationError,
} from './check-types';
export { checkResource, checkResources } from './decide/check';
export { explainResource } from './explain/explain';
export { renderExplanation } from './explain/render';
export type { EngineTrace, EngineTraceComponent } from './explain/engine-trace';
export { explainTest } from './suites/explain';
export type { RenderOptions } from './explain/render';
export type {
  ActionExplanation,
  CheckExplanation,
  ConditionTrace,
  ConsideredRule,
  DerivedRoleExplanation,
  ExpressionTrace,
  RuleOutcome,
  SchemaExplanation,
  TracedPart,
  TracedResult,
  VariableTrace,
} from './explain/types';
export type { AuxDataInput, Token, TokenRequest } from './aux-data/types';
export { parseCheckRequest } from './decide/request';
export type { CheckRequest } from './decide/request';
export { checkPartially } from './partial/check-partially';
export type { PartialDecision, PartialOptions, PartialOutput } from './partial/check-partially';
export type { PossibleOutput } from './partial/walk';
export { planResources } from './plan/plan-resources';
export { PlanningError } from './plan/problem';
export type { Filter } from './plan/filter';
export type { Operand } from './plan/operand';
export type { PlanInput, PlanOutput, ResourceQueryInput } from './plan/types';
export { parsePlanRequest } from './plan/request';
export type { PlanRequest } from './plan/request';
export { residualText } from './partial/formula';
export type { Residual } from './partial/formula';
export type {
  ActionResult,
  OutputFailure,
  RunOptions,
  RunProgress,
  Suite,
  SuiteFilter,
  SuiteResult,
  SuiteResults,
  Summary,
  TestCaseResult,
  TestResult,
} from './suites/types';
export type {
  ConditionCoverage,
  Coverage,
  CoverageTotals,
  DerivedRoleCoverage,
  FileCoverage,
  RuleCoverage,
  Share,
} from './suites/coverage/coverage-types';
export type { Fixtures } from './suites/fixtures';
export type { ResultPlaces } from './suites/places';
export type { Expected, ExpectedOutput, PlannedTest } from './suites/plan';
export { runSuites, runSuitesStepwise } from './suites/run';
export { parseSuiteFilter } from './suites/filter';
export { parseTestPattern } from './suites/test-pattern';
