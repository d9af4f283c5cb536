// Asks both engines the same, and compares their answers.
import { isDeepStrictEqual } from 'node:util';
import type {
  ActionDecision,
  CheckInput,
  CheckOutput,
  JsonObject,
  JsonValue,
  PolicySet,
} from '../../../server/policy';
import { sound } from '../check/faults';
import type { GeneratedRequest } from './generate/requests';
import type { CerbosServer, Mode } from './server';
import { filesOf } from './generate/written';
import type { GeneratedPolicy } from './generate/written';

/** The answer of an engine about one resource, in the order and form that comparing needs. */
export interface Answer {
  readonly actions: Readonly<Record<string, { effect: string; policy: string; scope: string }>>;
  readonly derivedRoles: readonly string[];
  readonly outputs: readonly { src: string; action: string; val?: JsonValue; error: string }[];
  readonly validationErrors: readonly { path: string; message: string; source: string }[];
}

/** Compiles generated policies. @throws Error with the issues, if there are any errors */
export function compileGenerated(policies: readonly GeneratedPolicy[], engine = sound): PolicySet {
  const { set, issues } = engine.policy.compilePolicySet(filesOf(policies));
  if (set) {
    return set;
  }
  throw new Error(
    issues.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`).join('\n'),
  );
}

/**
 * Our own answer, and the decisions that it comes from.
 * @param set compiled by this engine
 */
export function ours(
  set: PolicySet,
  request: GeneratedRequest,
  mode: Mode,
  engine = sound,
): { readonly answer: Answer; readonly output: CheckOutput } {
  const { claims, ...rest } = engine.request(request);
  const input = { ...rest, ...(claims && { auxData: { jwt: claims } }) } as unknown;
  const output = engine.policy.checkResource(set, input as CheckInput, {
    ...engine.mode(mode),
    now: new Date(),
  });
  const decisions: [string, ActionDecision][] = Object.entries(output.actions);
  return {
    output,
    answer: {
      actions: Object.fromEntries(
        decisions.map(([name, { effect, policy, scope }]) => [name, { effect, policy, scope }]),
      ),
      derivedRoles: output.effectiveDerivedRoles,
      outputs: output.outputs
        .map(({ src, action, val, error }) => outputOf(src, action, val, error))
        .sort(byText),
      validationErrors: [...output.validationErrors].sort(byText),
    },
  };
}

interface ServerResult {
  readonly actions: Record<string, string>;
  readonly outputs?: readonly { src: string; action: string; val?: JsonValue; error?: string }[];
  readonly validationErrors?: readonly { path?: string; message?: string; source: string }[];
  readonly meta: {
    readonly actions: Record<string, { matchedPolicy: string; matchedScope?: string }>;
    readonly effectiveDerivedRoles?: readonly string[];
  };
}

/** `cerbos 0.55`'s answers. Requests of one principal go as one call. */
export async function theirs(
  server: CerbosServer,
  requests: readonly GeneratedRequest[],
  callsAtATime = 1,
): Promise<readonly Answer[]> {
  const byPrincipal = new Map<object, GeneratedRequest[]>();
  for (const request of requests) {
    byPrincipal.set(request.principal, [...(byPrincipal.get(request.principal) ?? []), request]);
  }
  const calls = [...byPrincipal.values()];
  const answers = new Map<GeneratedRequest, Answer>();
  for (let start = 0; start < calls.length; start += callsAtATime) {
    const some = calls.slice(start, start + callsAtATime);
    await Promise.all(some.map((call) => ask(server, call, answers)));
  }
  return requests.flatMap((request) => answers.get(request) ?? []);
}

async function ask(
  server: CerbosServer,
  call: readonly GeneratedRequest[],
  answers: Map<GeneratedRequest, Answer>,
): Promise<void> {
  const { principal, claims } = call[0] ?? {};
  const body = {
    requestId: 'r',
    includeMeta: true,
    principal,
    resources: call.map(({ resource, actions }) => ({ resource, actions })),
    ...(claims && { auxData: { jwt: { token: tokenOf(claims) } } }),
  };
  const response = (await server.check(body)) as { results?: readonly ServerResult[] };
  if (response.results?.length !== call.length) {
    throw new Error(`cerbos answered ${JSON.stringify(response)} to ${JSON.stringify(body)}`);
  }
  for (const [index, result] of response.results.entries()) {
    const request = call[index];
    if (request) {
      answers.set(request, answerOf(result));
    }
  }
}

/** A token with these claims; the servers of these tests do not verify signatures. */
function tokenOf(claims: JsonObject): string {
  const part = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${Buffer.from('unsigned').toString('base64url')}`;
}

function answerOf({ actions, outputs = [], validationErrors = [], meta }: ServerResult): Answer {
  return {
    actions: Object.fromEntries(
      Object.entries(actions).map(([name, effect]) => {
        const { matchedPolicy = '', matchedScope = '' } = meta.actions[name] ?? {};
        return [name, { effect, policy: matchedPolicy, scope: matchedScope }];
      }),
    ),
    derivedRoles: [...(meta.effectiveDerivedRoles ?? [])].sort(),
    outputs: outputs.map(({ src, action, val, error }) => outputOf(src, action, val, error)).sort(byText),
    validationErrors: validationErrors
      .map(({ path = '', message = '', source }) => ({ path, message, source }))
      .sort(byText),
  };
}

function outputOf(src: string, action: string, val: JsonValue | undefined, error: string | undefined) {
  return { src, action, ...(val !== undefined && { val }), error: error ?? '' };
}

function byText(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** True if two answers are equal. Prototypes are not compared. */
export function sameAnswer(a: Answer, b: Answer): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
}
