import type {
  Call,
  Comprehension,
  Expr,
  Identifier,
  ListExpr,
  MapExpr,
  Select,
  StructExpr,
  StructField,
} from '../ast';
import type { Environment } from '../environment';
import type { ResolvedFunction } from '../functions/resolve';
import type { CelIssue, CelIssueCode, Range } from '../issue';
import {
  boolType,
  bytesType,
  doubleType,
  dynType,
  errorType,
  formatType,
  intType,
  listType,
  mapType,
  nullType,
  optionalType,
  stringType,
  uintType,
} from '../types';
import type { CelType, NamedType } from '../types';
import { Uint } from '../values/uint';
import type { CallResolution, CheckResult, MessageResolution, Reference } from './check-result';
import { firstName, namesOf } from './names';
import type { Names } from './names';
import { callCode, findOverloads, isGround } from './overloads';
import type { Fitting } from './overloads';
import { formatArguments, isDyn, isDynOrError, mostGeneral, Substitution, unwrapOptional } from './unify';

/** A local name; those of loops around stand behind it. */
interface Local {
  readonly name: string;
  readonly type: CelType;
  readonly outer: Local | undefined;
}

/** Infers the types of one tree. Follows cel-go's checker rule by rule, so that both accept the same expressions. */
export class Checker {
  readonly #environment: Environment;
  readonly #substitution = new Substitution();
  readonly #types: (CelType | undefined)[] = [];
  readonly #references: (Reference | undefined)[] = [];
  readonly #calls: (CallResolution | undefined)[] = [];
  readonly #messages = new Map<Expr, MessageResolution>();
  readonly #issues: CelIssue[] = [];
  readonly #names: Names;
  #locals: Local | undefined;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#names = namesOf(environment);
  }

  run(expr: Expr): CheckResult {
    // The root is made last, so that nearly all numbers of nodes are below its own.
    this.#types.length = expr.id + 1;
    this.#references.length = expr.id + 1;
    this.#calls.length = expr.id + 1;
    const type = this.#check(expr);
    const substitution = this.#substitution;
    const types = this.#types;
    const references = this.#references;
    const calls = this.#calls;
    const messages = this.#messages;
    return {
      type: substitution.apply(type, true),
      issues: this.#issues.length > 1 ? this.#issues.sort((a, b) => a.position - b.position) : this.#issues,
      typeOf(node) {
        const found = types[node.id];
        return found && substitution.apply(found, true);
      },
      referenceOf: (node) => references[node.id],
      callOf: (node) => calls[node.id],
      messageOf: (node) => messages.get(node),
    };
  }

  #report(code: CelIssueCode, message: string, node: Expr, range: Range = node.range): void {
    this.#issues.push({ code, message, range, position: node.position });
  }

  #check(expr: Expr): CelType {
    const type = this.#infer(expr);
    this.#types[expr.id] = type;
    return type;
  }

  #infer(expr: Expr): CelType {
    switch (expr.kind) {
      case 'literal':
        return literalType(expr.value);
      case 'identifier':
        return this.#identifier(expr);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return this.#struct(expr);
      case 'comprehension':
        return this.#comprehension(expr);
      case 'invalid':
        for (const part of expr.parts) {
          this.#check(part);
        }
        return errorType;
    }
  }

  // Names

  #local(name: string): CelType | undefined {
    for (let local = this.#locals; local; local = local.outer) {
      if (local.name === name) {
        return local.type;
      }
    }
    return undefined;
  }

  #declare(name: string, type: CelType): void {
    this.#locals = { name, type, outer: this.#locals };
  }

  #identifier(expr: Identifier): CelType {
    const local = this.#local(expr.name);
    if (local) {
      this.#references[expr.id] = { kind: 'local', name: expr.name };
      return local;
    }
    const found = this.#names.global(expr.name);
    if (!found) {
      this.#undeclared(expr.name, expr, expr.range);
      return errorType;
    }
    this.#references[expr.id] = found.reference;
    return found.type;
  }

  #undeclared(name: string, node: Expr, range: Range): void {
    const message = `undeclared reference to '${name}' (in container '${this.#environment.container}')`;
    this.#report('undeclared-reference', message, node, range);
  }

  // Selections

  #select(expr: Select): CelType {
    const name = expr.test ? undefined : this.#names.qualified(expr);
    if (name !== undefined && !this.#local(firstName(expr) ?? '')) {
      const found = this.#names.global(name);
      if (found) {
        this.#references[expr.id] = found.reference;
        return found.type;
      }
    }
    const type = this.#field(expr, this.#check(expr.operand));
    return this.#substitution.apply(expr.test ? boolType : type, false);
  }

  #field(expr: Select, operandType: CelType): CelType {
    const operand = unwrapOptional(this.#substitution.apply(operandType, false));
    const target = operand.type;
    let result: CelType = errorType;
    if (target.kind === 'map') {
      result = target.value;
    } else if (target.kind === 'named' && target.name.startsWith('cerbos.lib.')) {
      // cel-go takes these for messages whose description it cannot find.
      const message = `unexpected failed resolution of '${target.name}'`;
      this.#report('unsupported-selection', message, expr, expr.fieldRange);
    } else if (target.kind === 'named' && !target.opaque) {
      result = this.#declaredField(expr, target);
    } else if (target.kind === 'param') {
      this.#substitution.assignable(dynType, target);
      result = dynType;
    } else {
      if (!isDynOrError(target)) {
        this.#report(
          'unsupported-selection',
          `type '${formatType(target)}' does not support field selection`,
          expr,
          expr.fieldRange,
        );
      }
      result = dynType;
    }
    return operand.optional || expr.optional ? optionalType(result) : result;
  }

  #declaredField(expr: Select, type: NamedType): CelType {
    const field = this.#names.field(type, expr.field);
    if (field) {
      this.#references[expr.id] = field.reference;
      return field.type;
    }
    this.#report('undefined-field', `undefined field '${expr.field}'`, expr, expr.fieldRange);
    return errorType;
  }

  // Calls

  #call(expr: Call): CelType {
    for (const arg of expr.args) {
      this.#check(arg);
    }
    if (!expr.target) {
      const found = this.#names.function(expr.name);
      if (!found) {
        this.#undeclared(expr.name, expr, expr.nameRange);
        return errorType;
      }
      return this.#resolve(expr, found, undefined, false);
    }
    const prefix = this.#names.qualified(expr.target);
    const namespaced = prefix === undefined ? undefined : this.#names.function(`${prefix}.${expr.name}`);
    if (namespaced) {
      return this.#resolve(expr, namespaced, undefined, true);
    }
    this.#check(expr.target);
    const found = this.#names.function(expr.name);
    if (!found) {
      this.#undeclared(expr.name, expr, expr.nameRange);
      return errorType;
    }
    return this.#resolve(expr, found, expr.target, false);
  }

  #typeAt(node: Expr): CelType {
    return this.#types[node.id] ?? errorType;
  }

  #resolve(expr: Call, found: ResolvedFunction, target: Expr | undefined, namespaced: boolean): CelType {
    const types: CelType[] = target ? [this.#typeAt(target)] : [];
    for (const arg of expr.args) {
      types.push(this.#typeAt(arg));
    }
    const code = callCode(types, target !== undefined, namespaced);
    const known = code === 0 ? undefined : found.resolutions.get(code);
    if (known) {
      this.#calls[expr.id] = known.call;
      this.#references[expr.id] = known.reference;
      return known.result;
    }
    const logical = found.name === '_&&_' || found.name === '_||_';
    const fitting = logical
      ? this.#logical(expr, found, types)
      : findOverloads(found, types, target !== undefined, this.#substitution);
    if (!fitting) {
      if (!logical) {
        this.#unfit(expr, found, types, target !== undefined);
        this.#calls[expr.id] = { function: found, overloads: [], namespaced };
      }
      return errorType;
    }
    const { overloads, result } = fitting;
    const ids = overloads.map((overload) => overload.id);
    const reference = { kind: 'overloads', function: found.name, ids } as const;
    const call = { function: found, overloads, namespaced };
    if (code !== 0 && isGround(result)) {
      found.resolutions.set(code, { call, result, reference });
    }
    this.#calls[expr.id] = call;
    this.#references[expr.id] = reference;
    return result;
  }

  /** `&&` and `||` name the term that is no bool, where functions name all their arguments. */
  #logical(expr: Call, found: ResolvedFunction, types: readonly CelType[]): Fitting | undefined {
    let wrong = false;
    for (const [index, type] of types.entries()) {
      const arg = expr.args[index];
      if (arg && !this.#substitution.assignable(type, boolType)) {
        this.#mismatch(arg, boolType, type);
        wrong = true;
      }
    }
    return wrong ? undefined : { overloads: found.overloads, result: boolType };
  }

  #unfit(expr: Call, found: ResolvedFunction, types: readonly CelType[], method: boolean): void {
    const shown = formatArguments(
      types.map((type) => this.#substitution.apply(type, true)),
      method,
    );
    const message = `found no matching overload for '${found.name}' applied to '${shown}'`;
    this.#report('no-matching-overload', message, expr, expr.nameRange);
  }

  #mismatch(node: Expr, expected: CelType, actual: CelType): void {
    const message = `expected type '${formatType(expected)}' but found '${formatType(actual)}'`;
    this.#report('type-mismatch', message, node);
  }

  // Lists, maps and messages

  #join(previous: CelType | undefined, current: CelType): CelType {
    if (previous === undefined) {
      return current;
    }
    return this.#substitution.assignable(previous, current) ? mostGeneral(previous, current) : dynType;
  }

  /** The type of what an optional element or entry adds when it is there. */
  #optionalElement(node: Expr, type: CelType): CelType {
    const held = unwrapOptional(type);
    if (!held.optional && !isDyn(held.type)) {
      this.#mismatch(node, optionalType(held.type), held.type);
    }
    return held.type;
  }

  #list(expr: ListExpr): CelType {
    let elements: CelType | undefined;
    for (let index = 0; index < expr.elements.length; index++) {
      const element = expr.elements[index];
      if (element) {
        const type = this.#check(element);
        const optional = expr.optional.length > 0 && expr.optional.includes(index);
        elements = this.#join(elements, optional ? this.#optionalElement(element, type) : type);
      }
    }
    return listType(elements ?? this.#substitution.freshVariable());
  }

  #map(expr: MapExpr): CelType {
    let keys: CelType | undefined;
    let values: CelType | undefined;
    for (const entry of expr.entries) {
      keys = this.#join(keys, this.#check(entry.key));
      const type = this.#check(entry.value);
      values = this.#join(values, entry.optional ? this.#optionalElement(entry.value, type) : type);
    }
    return mapType(keys ?? this.#substitution.freshVariable(), values ?? this.#substitution.freshVariable());
  }

  #struct(expr: StructExpr): CelType {
    const candidates = this.#environment.candidates(expr.typeName);
    const name = candidates.find((candidate) => this.#environment.findType(candidate) !== undefined);
    const type = name === undefined ? undefined : this.#environment.findType(name);
    if (name === undefined || type === undefined) {
      this.#undeclared(expr.typeName, expr, expr.range);
      return errorType;
    }
    this.#references[expr.id] = { kind: 'type', name };
    const { schema } = this.#environment;
    this.#messages.set(expr, { name, schema, descriptor: this.#environment.findDescriptor(name) });
    const problem = this.#constructionProblem(name, type);
    if (problem !== undefined) {
      this.#report('not-a-type', problem, expr);
    }
    for (const field of expr.fields) {
      this.#structField(name, field, this.#check(field.value));
    }
    return problem === undefined ? type : errorType;
  }

  /** Why no message of a type can be made, undefined if one can. */
  #constructionProblem(name: string, type: CelType): string | undefined {
    if (this.#environment.findMessage(name)?.open) {
      return `'${name}' is not a type`;
    }
    // cel-go takes lists for a well-known message, and Cerbos' own types for messages; planning then fails.
    const makeable =
      this.#environment.findDescriptor(name) !== undefined ||
      name === 'list' ||
      name.startsWith('cerbos.lib.') ||
      (type.kind === 'named' && !type.opaque);
    return makeable ? undefined : `'${name}' is not a message type`;
  }

  #structField(message: string, field: StructField, given: CelType): void {
    const type = this.#environment.fieldType(
      message === 'list' ? 'google.protobuf.ListValue' : message,
      field.name,
    );
    const value = field.optional ? this.#optionalElement(field.value, given) : given;
    if (!type) {
      const problem = this.#hasFields(message)
        ? `undefined field '${field.name}'`
        : `unexpected failed resolution of '${message}'`;
      this.#reportField('undefined-field', problem, field);
    } else if (!this.#substitution.assignable(type, value)) {
      const shown = formatType(this.#substitution.apply(value, true));
      const problem = `expected type of field '${field.name}' is '${formatType(type)}' but provided type is '${shown}'`;
      this.#reportField('type-mismatch', problem, field);
    }
  }

  #hasFields(message: string): boolean {
    return message === 'list' || this.#environment.findDescriptor(message) !== undefined;
  }

  #reportField(code: CelIssueCode, message: string, field: StructField): void {
    this.#issues.push({ code, message, range: field.nameRange, position: field.position });
  }

  // Loops

  #comprehension(expr: Comprehension): CelType {
    this.#check(expr.iterRange);
    const initial = this.#check(expr.initial);
    const range = this.#substitution.apply(this.#typeAt(expr.iterRange), false);
    const outside = this.#locals;
    this.#declare(expr.accumulator, initial);
    const around = this.#locals;
    this.#declareVariables(expr, range);
    this.#assert(expr.condition, this.#check(expr.condition), boolType);
    this.#assert(expr.step, this.#check(expr.step), initial);
    this.#locals = around;
    const type = this.#check(expr.result);
    this.#locals = outside;
    return this.#substitution.apply(type, false);
  }

  #assert(node: Expr, actual: CelType, expected: CelType): void {
    if (!this.#substitution.assignable(expected, actual)) {
      this.#mismatch(node, expected, actual);
    }
  }

  #declareVariables(expr: Comprehension, range: CelType): void {
    const [first, second] = this.#rangeTypes(expr, range);
    this.#declare(expr.iterVar, first);
    if (expr.iterVar2 !== undefined) {
      this.#declare(expr.iterVar2, second);
    }
  }

  #rangeTypes(expr: Comprehension, range: CelType): [CelType, CelType] {
    const two = expr.iterVar2 !== undefined;
    switch (range.kind) {
      case 'list':
        return two ? [intType, range.element] : [range.element, dynType];
      case 'map':
        return [range.key, range.value];
      case 'dyn':
      case 'error':
      case 'param':
        this.#substitution.assignable(dynType, range);
        return [dynType, dynType];
      default: {
        const message = `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
        this.#report('type-mismatch', message, expr.iterRange);
        return [errorType, errorType];
      }
    }
  }
}

function literalType(value: unknown): CelType {
  switch (typeof value) {
    case 'boolean':
      return boolType;
    case 'bigint':
      return intType;
    case 'number':
      return doubleType;
    case 'string':
      return stringType;
    default:
      return value === null ? nullType : value instanceof Uint ? uintType : bytesType;
  }
}
