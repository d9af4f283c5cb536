import type { Call, Comprehension, Expr, Identifier, ListExpr, MapExpr, Select, StructExpr } from '../ast';
import type { Environment } from '../environment';
import type { ResolvedFunction, ResolvedOverload } from '../functions/resolve';
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
  paramType,
  sameType,
  stringType,
  typeOfType,
  uintType,
} from '../types';
import type { CelType } from '../types';
import { Uint } from '../values/uint';
import type { CallResolution, CheckResult, Reference } from './check-result';
import { formatArguments, isDyn, isDynOrError, mostGeneral, Substitution, unwrapOptional } from './unify';

interface Resolved {
  readonly type: CelType;
  readonly reference: Reference;
}

interface Scope {
  readonly names: ReadonlyMap<string, CelType>;
  readonly parent: Scope | undefined;
}

/** Infers the types of one tree. Follows cel-go's checker rule by rule, so that both accept the same expressions. */
export class Checker {
  readonly #environment: Environment;
  readonly #substitution = new Substitution();
  readonly #types: (CelType | undefined)[] = [];
  readonly #references: (Reference | undefined)[] = [];
  readonly #calls: (CallResolution | undefined)[] = [];
  readonly #issues: CelIssue[] = [];
  #scope: Scope | undefined;
  #variables = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  run(expr: Expr): CheckResult {
    const type = this.#check(expr);
    const substitution = this.#substitution;
    const types = this.#types;
    const references = this.#references;
    const calls = this.#calls;
    return {
      type: substitution.apply(type, true),
      issues: this.#issues.sort((a, b) => a.position - b.position),
      typeOf(node) {
        const found = types[node.id];
        return found && substitution.apply(found, true);
      },
      referenceOf: (node) => references[node.id],
      callOf: (node) => calls[node.id],
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

  #freshVariable(): CelType {
    return paramType(`_var${this.#variables++}`);
  }

  // Names

  #local(name: string): CelType | undefined {
    for (let scope = this.#scope; scope; scope = scope.parent) {
      const type = scope.names.get(name);
      if (type) {
        return type;
      }
    }
    return undefined;
  }

  #global(name: string): Resolved | undefined {
    for (const candidate of this.#environment.candidates(name)) {
      const variable = this.#environment.variables.get(candidate);
      if (variable) {
        return { type: variable.type, reference: { kind: 'variable', name: candidate } };
      }
      const type = this.#environment.findType(candidate);
      if (type) {
        return { type: typeOfType(type), reference: { kind: 'type', name: candidate } };
      }
    }
    return undefined;
  }

  #identifier(expr: Identifier): CelType {
    const local = this.#local(expr.name);
    if (local) {
      this.#references[expr.id] = { kind: 'local', name: expr.name };
      return local;
    }
    const found = this.#global(expr.name);
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
    const name = expr.test ? undefined : qualifiedName(expr);
    if (name !== undefined && !this.#local(firstName(name))) {
      const found = this.#global(name);
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

  #declaredField(expr: Select, type: CelType & { kind: 'named' }): CelType {
    const message = this.#environment.findMessage(type.name);
    const field = message?.fields.find((candidate) => candidate.name === expr.field);
    if (field || message?.open) {
      this.#references[expr.id] = { kind: 'field', of: type, name: expr.field };
      return field?.type ?? dynType;
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
      const found = this.#findFunction(expr.name);
      if (!found) {
        this.#undeclared(expr.name, expr, expr.nameRange);
        return errorType;
      }
      return this.#resolve(expr, found, undefined, false);
    }
    const prefix = qualifiedName(expr.target);
    const namespaced = prefix === undefined ? undefined : this.#findFunction(`${prefix}.${expr.name}`);
    if (namespaced) {
      return this.#resolve(expr, namespaced, undefined, true);
    }
    this.#check(expr.target);
    const found = this.#findFunction(expr.name);
    if (!found) {
      this.#undeclared(expr.name, expr, expr.nameRange);
      return errorType;
    }
    return this.#resolve(expr, found, expr.target, false);
  }

  #findFunction(name: string): ResolvedFunction | undefined {
    for (const candidate of this.#environment.candidates(name)) {
      const found = this.#environment.findFunction(candidate);
      if (found) {
        return found;
      }
    }
    return undefined;
  }

  #typeAt(node: Expr): CelType {
    return this.#types[node.id] ?? errorType;
  }

  #resolve(expr: Call, found: ResolvedFunction, target: Expr | undefined, namespaced: boolean): CelType {
    const nodes = target ? [target, ...expr.args] : expr.args;
    const types = nodes.map((node) => this.#typeAt(node));
    if (found.name === '_&&_' || found.name === '_||_') {
      return this.#logical(expr, found, types);
    }
    const key = groundKey(types, target !== undefined);
    const known = key === undefined ? undefined : found.resolutions.get(key);
    if (known) {
      this.#calls[expr.id] = { function: found, overloads: known.overloads, namespaced };
      this.#references[expr.id] = known.reference;
      return known.result;
    }
    const overloads: ResolvedOverload[] = [];
    let result: CelType | undefined;
    for (const overload of found.overloads) {
      if (overload.method !== (target !== undefined)) {
        continue;
      }
      const instance = this.#instantiate(overload);
      if (this.#substitution.allAssignable(types, instance.parameters)) {
        overloads.push(overload);
        const type = this.#substitution.apply(instance.result, false);
        if (result === undefined) {
          result = type;
        } else if (!isDyn(result) && !sameType(type, result)) {
          result = dynType;
        }
      }
    }
    if (result === undefined) {
      const shown = types.map((type) => this.#substitution.apply(type, true));
      const message = `found no matching overload for '${found.name}' applied to '${formatArguments(shown, target !== undefined)}'`;
      this.#report('no-matching-overload', message, expr, expr.nameRange);
      this.#calls[expr.id] = { function: found, overloads: [], namespaced };
      return errorType;
    }
    const ids = overloads.map((overload) => overload.id);
    const reference: Reference = { kind: 'overloads', function: found.name, ids };
    if (key !== undefined && (result.kind === 'primitive' || result.kind === 'dyn')) {
      found.resolutions.set(key, { overloads, result, reference });
    }
    this.#calls[expr.id] = { function: found, overloads, namespaced };
    this.#references[expr.id] = reference;
    return result;
  }

  #instantiate(overload: ResolvedOverload): { parameters: readonly CelType[]; result: CelType } {
    if (overload.variables.length === 0) {
      return overload;
    }
    const fresh = new Map(overload.variables.map((name) => [name, this.#freshVariable()]));
    const instance = (type: CelType): CelType => {
      switch (type.kind) {
        case 'param':
          return fresh.get(type.name) ?? type;
        case 'list':
          return listType(instance(type.element));
        case 'map':
          return mapType(instance(type.key), instance(type.value));
        case 'type':
          return type.of ? typeOfType(instance(type.of)) : type;
        case 'named':
          return { ...type, parameters: type.parameters.map(instance) };
        default:
          return type;
      }
    };
    return { parameters: overload.parameters.map(instance), result: instance(overload.result) };
  }

  #logical(expr: Call, found: ResolvedFunction, types: readonly CelType[]): CelType {
    let wrong = false;
    for (const [index, type] of types.entries()) {
      const arg = expr.args[index];
      if (arg && !this.#substitution.assignable(type, boolType)) {
        this.#mismatch(arg, boolType, type);
        wrong = true;
      }
    }
    if (wrong) {
      return errorType;
    }
    this.#calls[expr.id] = { function: found, overloads: found.overloads, namespaced: false };
    const ids = found.overloads.map((overload) => overload.id);
    this.#references[expr.id] = { kind: 'overloads', function: found.name, ids };
    return boolType;
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
    for (const [index, element] of expr.elements.entries()) {
      const type = this.#check(element);
      elements = this.#join(
        elements,
        expr.optional.includes(index) ? this.#optionalElement(element, type) : type,
      );
    }
    return listType(elements ?? this.#freshVariable());
  }

  #map(expr: MapExpr): CelType {
    let keys: CelType | undefined;
    let values: CelType | undefined;
    for (const entry of expr.entries) {
      keys = this.#join(keys, this.#check(entry.key));
      const type = this.#check(entry.value);
      values = this.#join(values, entry.optional ? this.#optionalElement(entry.value, type) : type);
    }
    return mapType(keys ?? this.#freshVariable(), values ?? this.#freshVariable());
  }

  #struct(expr: StructExpr): CelType {
    const candidates = this.#environment.candidates(expr.typeName);
    const name = candidates.find((candidate) => this.#environment.findType(candidate) !== undefined);
    const type = name === undefined ? undefined : this.#environment.findType(name);
    for (const field of expr.fields) {
      this.#check(field.value);
    }
    if (name === undefined || type === undefined) {
      this.#undeclared(expr.typeName, expr, expr.range);
      return errorType;
    }
    const constructible = name.startsWith('google.protobuf.') || (type.kind === 'named' && !type.opaque);
    if (!constructible) {
      this.#report('not-a-type', `'${name}' is not a message type`, expr);
      return errorType;
    }
    this.#report(
      'not-supported-yet',
      `making a message of type '${name}' is not supported; write a map or call a function instead`,
      expr,
    );
    return type;
  }

  // Loops

  #within<T>(names: ReadonlyMap<string, CelType>, action: () => T): T {
    const before = this.#scope;
    this.#scope = { names, parent: before };
    try {
      return action();
    } finally {
      this.#scope = before;
    }
  }

  #comprehension(expr: Comprehension): CelType {
    this.#check(expr.iterRange);
    const initial = this.#check(expr.initial);
    const range = this.#substitution.apply(this.#typeAt(expr.iterRange), false);
    const type = this.#within(new Map([[expr.accumulator, initial]]), () => {
      this.#within(this.#loopVariables(expr, range), () => {
        this.#assert(expr.condition, this.#check(expr.condition), boolType);
        this.#assert(expr.step, this.#check(expr.step), initial);
      });
      return this.#check(expr.result);
    });
    return this.#substitution.apply(type, false);
  }

  #assert(node: Expr, actual: CelType, expected: CelType): void {
    if (!this.#substitution.assignable(expected, actual)) {
      this.#mismatch(node, expected, actual);
    }
  }

  #loopVariables(expr: Comprehension, range: CelType): ReadonlyMap<string, CelType> {
    const [first, second] = this.#rangeTypes(expr, range);
    const names = new Map([[expr.iterVar, first]]);
    if (expr.iterVar2 !== undefined) {
      names.set(expr.iterVar2, second);
    }
    return names;
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

/**
 * A key for argument types without type variables, by which a resolution is found again: what fits such types does not
 * depend on anything else. Undefined for other types.
 */
function groundKey(types: readonly CelType[], method: boolean): string | undefined {
  let key = method ? '.' : '';
  for (const type of types) {
    if (type.kind === 'primitive') {
      key += `${type.name},`;
    } else if (type.kind === 'dyn') {
      key += 'dyn,';
    } else {
      return undefined;
    }
  }
  return types.length === 0 ? undefined : key;
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

/** `a.b.c` for a chain of names and dots, undefined for anything else. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'identifier') {
    return expr.name;
  }
  if (expr.kind !== 'select' || expr.test || expr.optional) {
    return undefined;
  }
  const prefix = qualifiedName(expr.operand);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}

function firstName(name: string): string {
  const dot = name.indexOf('.', 1);
  return dot < 0 ? name : name.slice(0, dot);
}
