import type { JsonObject, JsonValue } from '../../../server/policy';
import { compileGenerated, ours, sameAnswer, theirs } from '../support/compare';
import type { GeneratedRequest } from '../support/generate/requests';
import { removePolicies, startServer, writePolicies } from '../support/server';
import type { Mode } from '../support/server';
import { filesOf } from '../support/generate/written';
import type { GeneratedPolicy } from '../support/generate/written';

/** A case on which the engines differ. */
interface Case {
  readonly policies: readonly GeneratedPolicy[];
  readonly request: GeneratedRequest;
  readonly mode: Mode;
}

/** Makes a case smaller while the engines still differ on it: actions, policies, rules, attributes. */
export async function shrink(found: Case, milliseconds = 40_000): Promise<Case> {
  const deadline = performance.now() + milliseconds;
  let current = found;
  for (let changed = true; changed;) {
    changed = false;
    for (const smaller of smallerCases(current)) {
      if (performance.now() > deadline) {
        return current;
      }
      if (!(await differs(smaller))) {
        continue;
      }
      current = smaller;
      changed = true;
      break;
    }
  }
  return current;
}

async function differs({ policies, request, mode }: Case): Promise<boolean> {
  let answer;
  try {
    answer = ours(compileGenerated(policies), request, mode).answer;
  } catch {
    return false;
  }
  const directory = await writePolicies(filesOf(policies));
  try {
    const server = await startServer(directory, mode);
    try {
      const [other] = await theirs(server, [request]);
      return other !== undefined && !sameAnswer(answer, other);
    } finally {
      await server.stop();
    }
  } catch {
    return false;
  } finally {
    await removePolicies(directory);
  }
}

function* smallerCases(current: Case): Generator<Case> {
  const { policies, request } = current;
  const half = Math.ceil(policies.length / 2);
  if (policies.length > 3) {
    yield { ...current, policies: policies.slice(half) };
    yield { ...current, policies: policies.slice(0, half) };
  }
  const kind = request.resource['kind'];
  const related = policies.filter(({ policy }) => {
    const resourcePolicy = policy['resourcePolicy'] as JsonObject | undefined;
    return resourcePolicy === undefined || resourcePolicy['resource'] === kind;
  });
  if (related.length < policies.length) {
    yield { ...current, policies: related };
  }
  for (const action of request.actions) {
    if (request.actions.length > 1) {
      yield { ...current, request: { ...request, actions: [action] } };
    }
  }
  for (const policy of policies) {
    yield { ...current, policies: policies.filter((each) => each !== policy) };
  }
  for (const [index, { path, policy }] of policies.entries()) {
    for (const smaller of withFewerRules(policy)) {
      yield { ...current, policies: policies.with(index, { path, policy: smaller, form: 'block' }) };
    }
  }
}

function* withFewerRules(policy: JsonObject): Generator<JsonObject> {
  for (const [name, body] of Object.entries(policy)) {
    const rules = isObject(body) ? body['rules'] : undefined;
    if (!isObject(body) || !Array.isArray(rules) || rules.length < 2) {
      continue;
    }
    const list = rules as readonly JsonValue[];
    for (const rule of list) {
      yield { ...policy, [name]: { ...body, rules: list.filter((each) => each !== rule) } };
    }
  }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A case as text, to be pasted into a bug report. */
export function describeCase({ policies, request, mode }: Case): string {
  const files = filesOf(policies).map(({ path, text }) => `--- ${path}\n${text}`);
  return `${JSON.stringify(mode)}\n${JSON.stringify(request, undefined, 2)}\n${files.join('\n')}`;
}
