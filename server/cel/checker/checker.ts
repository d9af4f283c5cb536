import type { Call, Comprehension, Expr, Identifier, ListExpr, MapExpr, Select } from '../ast';
import type { Environment } from '../environment';
import type { Resolution, ResolvedFunction } from '../functions/resolve';
import type { Range } from '../issue';
import {
  boolType,
  dynType,
  errorType,
  formatType,
  intType,
  listType,
  mapType,
  optionalType,
  sameType,
} from '../types';
import type { CelType, NamedType } from '../types';
import { MessageChecker } from './check-message';
import type { CheckResult } from './check-result';
import { CheckedTree } from './checked-tree';
import { literalType } from './literal-type';
import { findLocal, withLocal } from './locals';
import type { Local } from './locals';
import { firstName, namesOf } from './names';
import type { Names } from './names';
import { firstCode, nextCode, noCode } from './call-code';
import { findOverloads, listsCode, remember, resolveAnyLists } from './overloads';
import type { Fitting } from './overloads';
import { formatArguments, isDynOrError, mostGeneral, unwrapOptional } from './unify';
import type { Substitution } from './unify';

/** Infers the types of one tree. Follows cel-go's checker rule by rule, so that both accept the same expressions. */
export class Checker {
  readonly #environment: Environment;
  readonly #names: Names;
  readonly #tree: CheckedTree;
  readonly #substitution: Substitution;
  #locals: Local | undefined;

  constructor(root: Expr, environment: Environment) {
    this.#environment = environment;
    this.#names = namesOf(environment);
    this.#tree = new CheckedTree(root, environment);
    this.#substitution = this.#tree.substitution;
  }

  run(root: Expr): CheckResult {
    const tree = this.#tree;
    tree.type = this.#substitution.apply(this.#check(root), true);
    if (tree.issues.length > 1) {
      tree.issues.sort((a, b) => a.position - b.position);
    }
    return tree;
  }

  #check(expr: Expr): CelType {
    const type = this.#infer(expr);
    this.#tree.setType(expr, type);
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
        return new MessageChecker(this.#environment, this.#tree, (part) => this.#check(part)).run(expr);
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

  #local(name: string): Local | undefined {
    return findLocal(this.#locals, name);
  }

  #declare(name: string | undefined, type: CelType): void {
    this.#locals = withLocal(this.#locals, name, type);
  }

  #identifier(expr: Identifier): CelType {
    const local = this.#local(expr.name);
    if (local) {
      this.#tree.setReference(expr, local.reference);
      return local.type;
    }
    const found = this.#names.global(expr.name);
    if (!found) {
      this.#undeclared(expr.name, expr, expr.range);
      return errorType;
    }
    this.#tree.setReference(expr, found.reference);
    return found.type;
  }

  #undeclared(name: string, node: Expr, range: Range): void {
    this.#tree.undeclared(name, this.#environment.container, node, range);
  }

  // Selections

  #select(expr: Select): CelType {
    const name = expr.test ? undefined : this.#names.qualified(expr);
    if (name !== undefined && !this.#local(firstName(expr) ?? '')) {
      const found = this.#names.global(name);
      if (found) {
        this.#tree.setReference(expr, found.reference);
        return found.type;
      }
    }
    const type = this.#field(expr, this.#check(expr.operand));
    return this.#substitution.apply(expr.test ? boolType : type, false);
  }

  #field(expr: Select, operandType: CelType): CelType {
    if (operandType.kind === 'dyn' && !expr.optional) {
      return dynType;
    }
    const operand = unwrapOptional(this.#substitution.apply(operandType, false));
    const target = operand.type;
    let result: CelType = errorType;
    if (target.kind === 'map') {
      result = target.value;
    } else if (target.kind === 'named' && !target.opaque) {
      result = this.#declaredField(expr, target);
    } else if (target.kind === 'named' && this.#environment.isObjectType(target.name)) {
      // cel-go takes these for messages whose description it cannot find.
      const message = `unexpected failed resolution of '${target.name}'`;
      this.#tree.report('unsupported-selection', message, expr, expr.fieldRange);
    } else if (target.kind === 'param') {
      this.#substitution.assignable(dynType, target);
      result = dynType;
    } else {
      if (!isDynOrError(target)) {
        this.#tree.report(
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
      this.#tree.setReference(expr, field.reference);
      return field.type;
    }
    const problem = this.#environment.findType(type.name)
      ? `undefined field '${expr.field}'`
      : `unexpected failed resolution of '${type.name}'`;
    this.#tree.report('undefined-field', problem, expr, expr.fieldRange);
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

  #resolve(expr: Call, found: ResolvedFunction, target: Expr | undefined, namespaced: boolean): CelType {
    let code = firstCode(target !== undefined, namespaced);
    if (target) {
      code = nextCode(code, this.#tree.rawTypeOf(target));
    }
    for (const arg of expr.args) {
      code = nextCode(code, this.#tree.rawTypeOf(arg));
    }
    if (code === noCode && found.name === '_?_:_') {
      code = this.#conditionalCode(expr);
    }
    const known = found.resolutions.get(code);
    if (known) {
      return this.#note(expr, known, known.result);
    }
    return (
      (found.name === '_+_' ? this.#concatenation(expr, found) : undefined) ??
      this.#resolveAnew(expr, found, target, namespaced, code)
    );
  }

  #note(expr: Call, found: Resolution, result: CelType): CelType {
    this.#substitution.skipVariables(found.variables);
    this.#tree.setCall(expr, found.call);
    this.#tree.setReference(expr, found.reference);
    return result;
  }

  /** Two lists, as loops that gather join them: only one overload can fit, and its type parameter needs no variable. */
  #concatenation(expr: Call, found: ResolvedFunction): CelType | undefined {
    const [first, second] = expr.args;
    const left = first && this.#tree.rawTypeOf(first);
    const right = second && this.#tree.rawTypeOf(second);
    if (left?.kind !== 'list' || right?.kind !== 'list') {
      return undefined;
    }
    const known = found.resolutions.get(listsCode) ?? resolveAnyLists(found);
    if (!known || !this.#substitution.assignable(right.element, left.element)) {
      return undefined;
    }
    const element = mostGeneral(right.element, left.element);
    const result = this.#substitution.apply(listType(element), false);
    return this.#note(expr, known, result);
  }

  /**
   * The number of a conditional whose branches are of one type once type variables are replaced, as in loops that
   * gather: finding its overload would bind none of them.
   */
  #conditionalCode({ args }: Call): number {
    let code = firstCode(false, false);
    const types = args.map((arg) => this.#substitution.apply(this.#tree.rawTypeOf(arg), false));
    const [, yes, no] = types;
    if (!yes || !no || !sameType(yes, no)) {
      return noCode;
    }
    for (const type of types) {
      code = nextCode(code, type);
    }
    return code;
  }

  /** @param code a number for the types of the arguments by which to remember what is found, `noCode` if there is none */
  #resolveAnew(
    expr: Call,
    found: ResolvedFunction,
    target: Expr | undefined,
    namespaced: boolean,
    code: number,
  ): CelType {
    const types: CelType[] = target ? [this.#tree.rawTypeOf(target)] : [];
    for (const arg of expr.args) {
      types.push(this.#tree.rawTypeOf(arg));
    }
    const logical = found.name === '_&&_' || found.name === '_||_';
    const fitting = logical
      ? this.#logical(expr, found, types)
      : findOverloads(found, types, target !== undefined, this.#substitution);
    if (!fitting) {
      if (!logical) {
        this.#unfit(expr, found, types, target !== undefined);
        this.#tree.setCall(expr, { function: found, overloads: [], namespaced });
      }
      return errorType;
    }
    const resolved = remember(found, fitting, target !== undefined, namespaced, code);
    this.#tree.setCall(expr, resolved.call);
    this.#tree.setReference(expr, resolved.reference);
    return resolved.result;
  }

  /** `&&` and `||` name the term that is no bool, where functions name all their arguments. */
  #logical(expr: Call, found: ResolvedFunction, types: readonly CelType[]): Fitting | undefined {
    let wrong = false;
    for (const [index, type] of types.entries()) {
      const arg = expr.args[index];
      if (arg && !this.#substitution.assignable(type, boolType)) {
        this.#tree.mismatch(arg, boolType, type);
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
    this.#tree.report('no-matching-overload', message, expr, expr.nameRange);
  }

  // Lists and maps

  #join(previous: CelType | undefined, current: CelType): CelType {
    if (previous === undefined) {
      return current;
    }
    return this.#substitution.assignable(previous, current) ? mostGeneral(previous, current) : dynType;
  }

  #list(expr: ListExpr): CelType {
    let elements: CelType | undefined;
    for (let index = 0; index < expr.elements.length; index++) {
      const element = expr.elements[index];
      if (element) {
        const type = this.#check(element);
        const optional = expr.optional.length > 0 && expr.optional.includes(index);
        elements = this.#join(elements, optional ? this.#tree.optionalElement(element, type) : type);
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
      values = this.#join(values, entry.optional ? this.#tree.optionalElement(entry.value, type) : type);
    }
    return mapType(keys ?? this.#substitution.freshVariable(), values ?? this.#substitution.freshVariable());
  }

  // Loops

  #comprehension(expr: Comprehension): CelType {
    this.#check(expr.iterRange);
    const initial = this.#check(expr.initial);
    const range = this.#substitution.apply(this.#tree.rawTypeOf(expr.iterRange), false);
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
      this.#tree.mismatch(node, expected, actual);
    }
  }

  #declareVariables(expr: Comprehension, range: CelType): void {
    const { iterVar, iterVar2 } = expr;
    switch (range.kind) {
      case 'list':
        this.#declare(iterVar, iterVar2 === undefined ? range.element : intType);
        this.#declare(iterVar2, range.element);
        return;
      case 'map':
        this.#declare(iterVar, range.key);
        this.#declare(iterVar2, range.value);
        return;
      case 'dyn':
      case 'error':
      case 'param':
        this.#substitution.assignable(dynType, range);
        this.#declare(iterVar, dynType);
        this.#declare(iterVar2, dynType);
        return;
      default: {
        const message = `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
        this.#tree.report('type-mismatch', message, expr.iterRange);
        this.#declare(iterVar, errorType);
        this.#declare(iterVar2, errorType);
      }
    }
  }
}
