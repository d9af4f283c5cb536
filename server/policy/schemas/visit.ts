import type { JsonObject, JsonValue } from '../../cel';
import { pointerToken } from './json/go-text';
import type { Schema, SchemaProblem, SchemaVisit } from './schema';

/** Why a validation cannot come to an end that means something. */
export class Endless extends Error {}

/** The schemas on the way to the one that is looked at, innermost first. */
interface DynamicScope {
  readonly schema: Schema;
  readonly outer: DynamicScope | undefined;
  /** How many of them, this one included, look at the same value. */
  readonly sameValue: number;
  /** True while a `$dynamicRef` further in does not see this scope and those around it. */
  left: boolean;
}

const maxDepth = 1000;

/** Bounds the work of one validation; all of its visits share it. */
export class Budget {
  #left: number;
  #depth = 0;

  constructor(steps: number) {
    this.#left = steps;
  }

  enter(): void {
    if (--this.#left < 0) {
      throw new Endless('the schema is too complex for this value');
    }
    if (++this.#depth > maxDepth) {
      throw new Endless('the value is nested too deeply');
    }
  }

  leave(): void {
    this.#depth--;
  }
}

/** One schema looking at one value. */
export class Visit implements SchemaVisit {
  readonly value: JsonValue;
  readonly problems: SchemaProblem[] = [];
  unevaluatedProperties: Set<string> | undefined;
  unevaluatedItems: Set<number> | undefined;
  readonly #path: string;
  readonly #scope: DynamicScope;
  readonly #budget: Budget;

  private constructor(value: JsonValue, path: string, scope: DynamicScope, budget: Budget) {
    this.value = value;
    this.#path = path;
    this.#scope = scope;
    this.#budget = budget;
    if (Array.isArray(value)) {
      this.unevaluatedItems = new Set(value.keys());
    } else if (isObject(value)) {
      this.unevaluatedProperties = new Set(Object.keys(value));
    }
  }

  /**
   * Validates a value.
   * @throws {@link Endless} if it would not end, or not soon
   */
  static run(schema: Schema, value: JsonValue, budget: Budget): readonly SchemaProblem[] {
    return Visit.#visit(schema, value, '', undefined, 1, budget).problems;
  }

  static #visit(
    schema: Schema,
    value: JsonValue,
    path: string,
    outer: DynamicScope | undefined,
    sameValue: number,
    budget: Budget,
  ): Visit {
    budget.enter();
    for (
      let [scope, left] = [outer, sameValue - 1];
      scope && left > 0;
      [scope, left] = [scope.outer, left - 1]
    ) {
      if (scope.schema === schema) {
        throw new Endless(`infinite loop ${schema.location}`);
      }
    }
    const visit = new Visit(value, path, { schema, outer, sameValue, left: false }, budget);
    visit.#look(schema);
    budget.leave();
    return visit;
  }

  #look({ always, types, checks }: Schema): void {
    if (always === false) {
      this.fail('not allowed');
    }
    if (always !== undefined) {
      return;
    }
    if (types && !types.some((type) => isOfType(this.value, type))) {
      this.fail(`expected ${types.join(' or ')}, but got ${typeOf(this.value)}`);
      return;
    }
    for (const check of checks) {
      check(this);
    }
  }

  fail(message: string, missing = false): void {
    this.problems.push({ path: this.#path, message, missing });
  }

  add(problems: readonly SchemaProblem[]): void {
    for (const problem of problems) {
      this.problems.push(problem);
    }
  }

  part(schema: Schema, value: JsonValue, name: string | number): readonly SchemaProblem[] {
    const token = pointerToken(String(name));
    const path = token === '' ? this.#path : `${this.#path}/${token}`;
    return Visit.#visit(schema, value, path, this.#scope, 1, this.#budget).problems;
  }

  same(schema: Schema): readonly SchemaProblem[] {
    const { sameValue } = this.#scope;
    const visit = Visit.#visit(schema, this.value, this.#path, this.#scope, sameValue + 1, this.#budget);
    if (visit.problems.length === 0) {
      retain(this.unevaluatedProperties, visit.unevaluatedProperties);
      retain(this.unevaluatedItems, visit.unevaluatedItems);
    }
    return visit.problems;
  }

  leavingScope(run: () => void): void {
    this.#scope.left = true;
    run();
    this.#scope.left = false;
  }

  recursiveTarget(target: Schema): Schema {
    if (!target.recursiveAnchor) {
      return target;
    }
    let found = target;
    for (let scope: DynamicScope | undefined = this.#scope; scope; scope = scope.outer) {
      if (scope.schema.recursiveAnchor) {
        found = scope.schema;
      }
    }
    return found;
  }

  dynamicTarget(target: Schema, anchor: string): Schema {
    if (target.dynamicAnchor !== anchor) {
      return target;
    }
    let found = target;
    for (let scope: DynamicScope | undefined = this.#scope; scope && !scope.left; scope = scope.outer) {
      found =
        scope.schema.dynamicAnchors.find((each) => each.dynamicAnchor === anchor && each !== target) ?? found;
    }
    return found;
  }
}

function retain<T>(mine: Set<T> | undefined, theirs: ReadonlySet<T> | undefined): void {
  for (const each of mine ?? []) {
    if (theirs?.has(each) !== true) {
      mine?.delete(each);
    }
  }
}

export function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOfType(value: JsonValue, type: string): boolean {
  return typeOf(value) === type || (type === 'integer' && Number.isInteger(value));
}

/** A value's type, as JSON Schema calls it. */
function typeOf(value: JsonValue): string {
  if (value === null) {
    return 'null';
  }
  return Array.isArray(value) ? 'array' : typeof value;
}
