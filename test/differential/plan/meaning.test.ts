import { describe, expect, test } from 'vitest';
import { PlanningError, checkResource, planResources } from '../../../server/policy';
import type { CheckOptions, Filter, JsonObject, JsonValue } from '../../../server/policy';
import { Random } from '../../random';
import { compileGenerated } from '../support/compare';
import { holds } from './filter';
import { generateAttributes, generatePolicies, generateSubject } from './generate';
import type { Subject } from './generate';
import { seedOfRun } from '../support/seed';

const seed = seedOfRun();
/** How many sets of policies; `DIFFERENTIAL_PLAN_SETS=10000` is a long run. */
const sets = Number(process.env['DIFFERENTIAL_PLAN_SETS'] ?? 400);
const resourcesPerPlan = 16;

interface Example {
  readonly policies: readonly JsonObject[];
  readonly subject: Subject;
  readonly resources: readonly JsonObject[];
  readonly options: CheckOptions;
}

interface Comparison {
  readonly attr: JsonObject;
  readonly allowed: boolean;
  readonly held: boolean;
}

type Plan = typeof planResources;

function exampleOf(random: Random): Example {
  const policies = generatePolicies(random);
  const subject = generateSubject(random);
  return {
    policies,
    subject,
    resources: Array.from({ length: resourcesPerPlan }, () => ({
      ...generateAttributes(random),
      ...subject.known,
    })),
    options: {
      strictEvaluation: random.chance(0.3),
      lenientScopeSearch: random.chance(0.5),
      now: new Date(0),
    },
  };
}

/**
 * Makes a plan, and compares its filter with a check for each resource.
 * @returns the error if no plan can be made
 */
function examine(
  { policies, subject, resources, options }: Example,
  plan: Plan = planResources,
): { readonly filter: Filter; readonly comparisons: readonly Comparison[] } | PlanningError {
  const set = compileGenerated(policies.map((policy, index) => ({ path: `${index}`, form: 'json', policy })));
  const { principal, scope, actions, known } = subject;
  let filter: Filter;
  try {
    ({ filter } = plan(
      set,
      { principal, resource: { kind: 'album', scope, attr: known }, actions },
      options,
    ));
  } catch (error) {
    if (error instanceof PlanningError) {
      return error;
    }
    throw error;
  }
  const comparisons = resources.map((attr, index) => {
    const resource = { kind: 'album', id: `r${index}`, scope, attr };
    const output = checkResource(set, { principal, resource, actions }, options);
    const names = {
      'request.resource': resource,
      'request.principal': principal,
      constants: { limit: 1.5 },
    };
    return {
      attr,
      allowed: Object.values(output.actions).every(({ effect }) => effect === 'EFFECT_ALLOW'),
      held: holds(filter, names),
    };
  });
  return { filter, comparisons };
}

function differs(example: Example, plan?: Plan): boolean {
  try {
    const result = examine(example, plan);
    return (
      !(result instanceof PlanningError) && result.comparisons.some(({ allowed, held }) => allowed !== held)
    );
  } catch {
    // A smaller set that does not compile shows nothing.
    return false;
  }
}

/** The same difference with as little as possible: fewer policies, rules, conditions, roles, resources, attributes. */
function shrunk(example: Example, plan?: Plan): Example {
  let current = example;
  for (let smaller = next(current); smaller; smaller = next(current)) {
    current = smaller;
  }
  return current;
  function next(from: Example): Example | undefined {
    return [...smallerThan(from)].find((each) => differs(each, plan));
  }
}

function* smallerThan(example: Example): Generator<Example> {
  const { policies, resources, subject } = example;
  for (const policies_ of withoutOne(policies)) {
    yield { ...example, policies: policies_ };
  }
  for (const [index, policy] of policies.entries()) {
    for (const smaller of smallerValues(policy)) {
      yield { ...example, policies: policies.with(index, smaller as JsonObject) };
    }
  }
  for (const fewer of withoutOne(resources)) {
    if (fewer.length > 0) {
      yield { ...example, resources: fewer };
    }
  }
  for (const fewer of withoutOne(subject.principal.roles)) {
    if (fewer.length > 0) {
      yield { ...example, subject: { ...subject, principal: { ...subject.principal, roles: fewer } } };
    }
  }
  for (const fewer of withoutOne(subject.actions)) {
    if (fewer.length > 0) {
      yield { ...example, subject: { ...subject, actions: fewer } };
    }
  }
}

function withoutOne<T>(items: readonly T[]): (readonly T[])[] {
  return items.map((item) => items.filter((each) => each !== item));
}

/** The same value without one of its parts, at any depth. */
function* smallerValues(value: JsonValue): Generator<JsonValue> {
  if (Array.isArray(value)) {
    const list = value as readonly JsonValue[];
    for (const fewer of withoutOne(list)) {
      if (fewer.length > 0) {
        yield fewer;
      }
    }
    for (const [index, each] of list.entries()) {
      for (const smaller of smallerValues(each)) {
        yield list.with(index, smaller);
      }
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value as JsonObject)) {
      const others = Object.fromEntries(
        Object.entries(value as JsonObject).filter(([other]) => other !== name),
      );
      if (name === 'condition') {
        yield others;
      }
      for (const smaller of smallerValues(each)) {
        yield { ...others, [name]: smaller };
      }
    }
  }
}

describe(`plans mean what checks say, generated from seed ${seed}`, () => {
  const examples = Array.from({ length: sets }, (_, index) => exampleOf(new Random(seed + index)));

  test('a filter holds for exactly the resources that checks allow', () => {
    const counts = { allowed: 0, denied: 0, conditional: 0, strict: 0, several: 0, unwritable: 0 };
    const reasons = new Map<string, number>();
    for (const [index, example] of examples.entries()) {
      const result = examine(example);
      if (result instanceof PlanningError) {
        counts.unwritable++;
        reasons.set(result.message, (reasons.get(result.message) ?? 0) + 1);
        continue;
      }
      if (result.filter.kind === 'KIND_CONDITIONAL') {
        counts.conditional++;
      }
      if (example.options.strictEvaluation === true) {
        counts.strict++;
      }
      if (example.subject.principal.roles.length > 1) {
        counts.several++;
      }
      for (const { allowed } of result.comparisons) {
        counts[allowed ? 'allowed' : 'denied']++;
      }
      if (!differs(example)) {
        continue;
      }
      const small = shrunk(example);
      const found = examine(small);
      expect.fail(
        [
          `seed ${seed + index}: ${JSON.stringify(small.subject)} ${JSON.stringify(small.options)}`,
          ...small.policies.map((policy) => JSON.stringify(policy)),
          JSON.stringify(found),
        ].join('\n'),
      );
    }
    console.log(JSON.stringify(counts), [...reasons].slice(0, 5));
    expect(counts.conditional).toBeGreaterThan(sets / 4);
    expect(Math.min(counts.allowed, counts.denied)).toBeGreaterThan(sets);
    expect(Math.min(counts.strict, counts.several)).toBeGreaterThan(sets / 10);
    expect(counts.unwritable).toBeLessThan(sets / 5);
  });

  const faults: Readonly<Record<string, Plan>> = {
    'only the first role counts': (set, { principal, ...rest }, options) =>
      planResources(
        set,
        { ...rest, principal: { ...principal, roles: principal.roles.slice(0, 1) } },
        options,
      ),
    'only the first action counts': (set, input, options) =>
      planResources(set, { ...input, actions: input.actions.slice(0, 1) }, options),
    'scopes are ignored': (set, { resource, ...rest }, options) =>
      planResources(set, { ...rest, resource: { ...resource, scope: '' } }, options),
    'evaluation is never strict': (set, input, options) =>
      planResources(set, input, { ...options, strictEvaluation: false }),
    'evaluation is always strict': (set, input, options) =>
      planResources(set, input, { ...options, strictEvaluation: true }),
    'the principal is somebody else': (set, { principal, ...rest }, options) =>
      planResources(set, { ...rest, principal: { ...principal, id: 'nobody' } }, options),
    'known attributes are others': (set, { resource, ...rest }, options) =>
      planResources(set, { ...rest, resource: { ...resource, attr: { flag: true } } }, options),
    'denials are forgotten': (set, input, options) => {
      const { filter, ...rest } = planResources(set, input, options);
      const text = JSON.stringify(filter).replaceAll('"not"', '"or"');
      return { ...rest, filter: JSON.parse(text) as Filter };
    },
    'what is no bool is its opposite': (set, input, options) => {
      const { filter, ...rest } = planResources(set, input, options);
      const text = JSON.stringify(filter).replaceAll('{"value":false}', '{"value":true}');
      return { ...rest, filter: JSON.parse(text) as Filter };
    },
  };

  test.each(Object.entries(faults))('a planner for which %s is noticed', (_, plan) => {
    expect(examples.some((example) => differs(example, plan))).toBe(true);
  });
});
