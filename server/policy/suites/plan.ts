import type { JsonValue } from '../../cel';
import type { CheckInput, CheckOptions } from '../check-types';
import type { PolicyIssueCode } from '../issues';
import type { Effect } from '../model/policy';
import type { Located } from '../model/schema';
import { auxDataInput, principalInput, resourceInput, toObject } from '../model/suite';
import type {
  AuxData,
  Expectation,
  Principal,
  Resource,
  TestOptions,
  TestSuite,
  TestTable,
} from '../model/suite';
import type { Span } from '../yaml/node';
import type { Fixtures } from './fixtures';

/** The expected effects and outputs for one principal and resource. */
export interface Expected {
  readonly effects: ReadonlyMap<string, Located<Effect>>;
  /** By action, then by the rule's name. */
  readonly outputs: ReadonlyMap<string, ReadonlyMap<string, ExpectedOutput>>;
}

export interface ExpectedOutput {
  readonly val: JsonValue | undefined;
  readonly located: Located<unknown>;
}

/** One principal with one resource of one test. */
export interface PlannedTest {
  readonly table: Located<TestTable>;
  readonly principal: string;
  readonly resource: string;
  /** The names in the test's input. Members of a group have the place of the group's name. */
  readonly named: { readonly principal: Located<string>; readonly resource: Located<string> };
  /** The request with all actions of the test. */
  readonly input: CheckInput;
  readonly expected: Expected;
  readonly options: Omit<CheckOptions, 'now'> & { readonly now?: string };
}

interface SuitePlan {
  readonly tests: readonly PlannedTest[];
  readonly problems: readonly SuiteProblem[];
}

/** The reason why a suite cannot run. */
interface SuiteProblem {
  readonly code: PolicyIssueCode;
  readonly message: string;
  readonly span: Span;
  /** The text that `cerbos 0.55` prints before the message. */
  readonly prefix: string;
}

/** Computes the tests and expectations of a suite (`internal/verify`), and everything that keeps it from running. */
export function planSuite(suite: TestSuite, fixtures: Fixtures): SuitePlan {
  return new Planner(suite, fixtures).plan();
}

interface Pair {
  readonly principal: string;
  readonly resource: string;
}

class Planner {
  readonly #suite: TestSuite;
  readonly #fixtures: Fixtures;
  readonly #problems: SuiteProblem[] = [];
  #prefix = '';

  constructor(suite: TestSuite, fixtures: Fixtures) {
    this.#suite = suite;
    this.#fixtures = fixtures;
  }

  plan(): SuitePlan {
    this.#prefix = 'Invalid principal groups in test suite: ';
    for (const [name, group] of this.#suite.principalGroups?.value ?? []) {
      this.#checkGroup(name, group.value.principals, (member) => this.#principal(member));
    }
    this.#prefix = 'Invalid resource groups in test suite: ';
    for (const [name, group] of this.#suite.resourceGroups?.value ?? []) {
      this.#checkGroup(name, group.value.resources, (member) => this.#resource(member));
    }
    if (this.#suite.skip?.value) {
      return { tests: [], problems: this.#problems };
    }
    this.#prefix = 'Invalid test suite: ';
    this.#checkTestNames();
    const tests = (this.#suite.tests?.value ?? []).flatMap((table) => this.#table(table));
    return { tests, problems: this.#problems };
  }

  #problem(code: PolicyIssueCode, message: string, span: Span): undefined {
    this.#problems.push({ code, message, span, prefix: this.#prefix });
  }

  #checkGroup(
    name: string,
    members: Located<readonly Located<string>[]> | undefined,
    lookup: (member: string) => unknown,
  ): void {
    for (const { value, span } of members?.value ?? []) {
      if (lookup(value) !== undefined) {
        continue;
      }
      this.#problem('missing-fixture', `missing fixture "${value}" referenced in group "${name}"`, span);
    }
  }

  #checkTestNames(): void {
    const seen = new Set<string>();
    for (const { value } of this.#suite.tests?.value ?? []) {
      const name = value.name;
      if (!name) {
        continue;
      }
      if (seen.has(name.value)) {
        this.#problem('duplicate-test-name', `another test named ${name.value} already exists`, name.span);
      }
      seen.add(name.value);
    }
  }

  #table(table: Located<TestTable>): readonly PlannedTest[] {
    const { name, input, expected, options } = table.value;
    const read = input?.value;
    if (!read) {
      return [];
    }
    this.#prefix = `Failed to load the test suite: invalid test "${name?.value ?? ''}": `;
    const actions = (read.actions?.value ?? []).map(({ value }) => value);
    const expectations = this.#expectations(expected?.value ?? [], new Set(actions));
    const principals = this.#names(undefined, read.principals, read.principalGroups, 'principal');
    const resources = this.#names(undefined, read.resources, read.resourceGroups, 'resource');
    const auxData = read.auxData && this.#auxData(read.auxData);
    const tests: PlannedTest[] = [];
    for (const principal of principals) {
      for (const resource of resources) {
        const key = pairKey({ principal: principal.value, resource: resource.value });
        const expectation = expectations.get(key);
        expectations.delete(key);
        const who = this.#fixture('principal', principal, this.#principal(principal.value));
        const what = this.#fixture('resource', resource, this.#resource(resource.value));
        if (!who || !what) {
          continue;
        }
        tests.push({
          table,
          principal: principal.value,
          resource: resource.value,
          named: { principal, resource },
          input: {
            principal: principalInput(who.value),
            resource: resourceInput(what.value),
            actions,
            ...(auxData && { auxData: auxDataInput(auxData.value) }),
          },
          expected: expectation?.expected ?? { effects: new Map(), outputs: new Map() },
          options: optionsOf((options ?? this.#suite.options)?.value),
        });
      }
    }
    for (const { pair, at } of expectations.values()) {
      const message =
        `found an expectation for principal "${pair.principal}" and resource "${pair.resource}", ` +
        'but at least one of these is not present in input';
      this.#problem('unreachable-expectation', message, at);
    }
    return tests;
  }

  #expectations(
    expectations: readonly Located<Expectation>[],
    actions: ReadonlySet<string>,
  ): Map<string, { readonly pair: Pair; readonly expected: MutableExpected; readonly at: Span }> {
    const found = new Map<string, { pair: Pair; expected: MutableExpected; at: Span }>();
    for (const { value, span } of expectations) {
      const outputs = this.#outputs(value, actions);
      const principals = this.#names(value.principal, value.principals, value.principalGroups, 'principal');
      const resources = this.#names(value.resource, value.resources, value.resourceGroups, 'resource');
      const effects = expectedEffects(value);
      for (const [action, effect] of effects) {
        if (actions.has(action)) {
          continue;
        }
        const message = `found expectations for actions that do not exist in the input actions list: [${action}]`;
        this.#problem('unreachable-expectation', message, effect.key ?? effect.span);
      }
      const at = value.principal?.span ?? value.resource?.span ?? span;
      for (const principal of principals) {
        for (const resource of resources) {
          const pair = { principal: principal.value, resource: resource.value };
          const key = pairKey(pair);
          const entry = found.get(key) ?? { pair, expected: { effects: new Map(), outputs: new Map() }, at };
          found.set(key, entry);
          this.#mergeEffects(entry.expected, effects, pair);
          this.#mergeOutputs(entry.expected, outputs, pair);
        }
      }
    }
    return found;
  }

  #outputs(
    expectation: Expectation,
    actions: ReadonlySet<string>,
  ): ReadonlyMap<string, Map<string, ExpectedOutput>> {
    const outputs = new Map<string, Map<string, ExpectedOutput>>();
    for (const { value } of expectation.outputs?.value ?? []) {
      const action = value.action;
      if (!action) {
        continue;
      }
      if (!actions.has(action.value)) {
        const message = `found output expectations for actions that are not in the input actions list: [${action.value}]`;
        this.#problem('unreachable-expectation', message, action.span);
      }
      const entries = new Map<string, ExpectedOutput>();
      for (const located of value.expected?.value ?? []) {
        const { src, val } = located.value;
        entries.set(src?.value ?? '', { val: val?.value, located: val ?? located });
      }
      outputs.set(action.value, entries);
    }
    return outputs;
  }

  #mergeEffects(target: MutableExpected, effects: ReadonlyMap<string, Located<Effect>>, pair: Pair): void {
    for (const [action, effect] of effects) {
      const before = target.effects.get(action);
      if (before === undefined) {
        target.effects.set(action, effect);
      } else if (before.value !== effect.value) {
        const message =
          `found inconsistent expectations for principal "${pair.principal}" performing action "${action}" ` +
          `on resource "${pair.resource}"`;
        this.#problem('contradictory-expectation', message, effect.span);
      }
    }
  }

  #mergeOutputs(
    target: MutableExpected,
    outputs: ReadonlyMap<string, ReadonlyMap<string, ExpectedOutput>>,
    pair: Pair,
  ): void {
    for (const [action, entries] of outputs) {
      const merged = target.outputs.get(action) ?? new Map<string, ExpectedOutput>();
      target.outputs.set(action, merged);
      for (const [src, output] of entries) {
        const before = merged.get(src);
        if (before === undefined) {
          merged.set(src, output);
        } else if (!jsonEqual(before.val, output.val)) {
          const message =
            `found inconsistent expectations for output "${src}" from principal "${pair.principal}" ` +
            `performing action "${action}" on resource "${pair.resource}"`;
          this.#problem('contradictory-expectation', message, output.located.span);
        }
      }
    }
  }

  /** The fixtures that a test or expectation names, those in groups included, each once. */
  #names(
    single: Located<string> | undefined,
    several: Located<readonly Located<string>[]> | undefined,
    groups: Located<readonly Located<string>[]> | undefined,
    kind: 'principal' | 'resource',
  ): readonly Located<string>[] {
    const names = new Map<string, Located<string>>();
    for (const each of single?.value ? [single] : (several?.value ?? [])) {
      names.set(each.value, each);
    }
    for (const group of groups?.value ?? []) {
      const members = this.#group(kind, group.value);
      if (!members) {
        this.#problem('missing-group', `${kind} group "${group.value}" not found`, group.span);
      }
      for (const { value } of members ?? []) {
        if (!names.has(value)) {
          names.set(value, { ...group, value });
        }
      }
    }
    return [...names.values()];
  }

  #group(kind: 'principal' | 'resource', name: string): readonly Located<string>[] | undefined {
    const { principals, resources } = this.#fixtures;
    if (kind === 'principal') {
      const inSuite = this.#suite.principalGroups?.value.get(name);
      const group = inSuite ?? principals?.fixtures.principalGroups?.value.get(name);
      return group && (group.value.principals?.value ?? []);
    }
    const inSuite = this.#suite.resourceGroups?.value.get(name);
    const group = inSuite ?? resources?.fixtures.resourceGroups?.value.get(name);
    return group && (group.value.resources?.value ?? []);
  }

  #principal(name: string): Located<Principal> | undefined {
    return (
      this.#suite.principals?.value.get(name) ??
      this.#fixtures.principals?.fixtures.principals?.value.get(name)
    );
  }

  #resource(name: string): Located<Resource> | undefined {
    return (
      this.#suite.resources?.value.get(name) ?? this.#fixtures.resources?.fixtures.resources?.value.get(name)
    );
  }

  #auxData(name: Located<string>): Located<AuxData> | undefined {
    if (name.value === '') {
      return undefined;
    }
    const found =
      this.#suite.auxData?.value.get(name.value) ??
      this.#fixtures.auxData?.fixtures.auxData?.value.get(name.value);
    if (!found) {
      this.#problem('missing-fixture', `auxData "${name.value}" not found`, name.span);
    }
    return found;
  }

  #fixture<T>(kind: string, name: Located<string>, found: Located<T> | undefined): Located<T> | undefined {
    if (!found) {
      this.#problem('missing-fixture', `${kind} "${name.value}" not found`, name.span);
    }
    return found;
  }
}

interface MutableExpected {
  readonly effects: Map<string, Located<Effect>>;
  readonly outputs: Map<string, Map<string, ExpectedOutput>>;
}

function expectedEffects({ actions }: Expectation): ReadonlyMap<string, Located<Effect>> {
  const effects = new Map<string, Located<Effect>>();
  for (const [action, located] of actions?.value ?? []) {
    const { value } = located;
    if (value === 'EFFECT_ALLOW' || value === 'EFFECT_DENY') {
      effects.set(action, { ...located, value });
    }
  }
  return effects;
}

function pairKey({ principal, resource }: Pair): string {
  return `${principal}\u0000${resource}`;
}

function optionsOf(options: TestOptions | undefined): PlannedTest['options'] {
  if (!options) {
    return {};
  }
  const { now, lenientScopeSearch, globals, defaultPolicyVersion, defaultScope, strictEvaluation } = options;
  return {
    ...(now && { now: now.value }),
    lenientScopeSearch: lenientScopeSearch?.value === true,
    strictEvaluation: strictEvaluation?.value === true,
    globals: toObject(globals?.value),
    defaultPolicyVersion: defaultPolicyVersion?.value ?? '',
    defaultScope: defaultScope?.value ?? '',
  };
}

/** A missing value equals only another missing one. */
export function jsonEqual(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b || typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return Object.is(a, b) || a === b;
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) {
      return false;
    }
    return (a as readonly JsonValue[]).every((each, index) =>
      jsonEqual(each, (b as readonly JsonValue[])[index]),
    );
  }
  const [left, right] = [Object.entries(a), new Map<string, JsonValue>(Object.entries(b))];
  return (
    left.length === right.size &&
    left.every(([name, value]) => right.has(name) && jsonEqual(value, right.get(name)))
  );
}
