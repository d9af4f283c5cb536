// Asks both engines the same, and compares their answers.
import { isDeepStrictEqual } from 'node:util';
import { compilePolicySet } from '../../server/policy';
import type { ActionDecision, CheckOutput, JsonValue, PolicySet } from '../../server/policy';
import { tableOf } from '../../server/policy/compile/policy-set';
import { decide } from '../../server/policy/decide/decide';
import type { Semantics } from '../../server/policy/decide/semantics';
import { filesOf } from './generate';
import type { GeneratedPolicy, GeneratedRequest } from './generate';
import type { CerbosServer, Mode } from './server';

/** What an engine answers for one resource, in the order and form that comparing needs. */
export interface Answer {
  readonly actions: Readonly<Record<string, { effect: string; policy: string; scope: string }>>;
  readonly derivedRoles: readonly string[];
  readonly outputs: readonly { src: string; action: string; val?: JsonValue; error: string }[];
}

/** Compiles generated policies. @throws Error with the issues, if there are any errors */
export function compileGenerated(policies: readonly GeneratedPolicy[]): PolicySet {
  const { set, issues } = compilePolicySet(filesOf(policies));
  if (set) return set;
  throw new Error(
    issues.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`).join('\n'),
  );
}

/** Our own answer, and the decisions that it comes from. */
export function ours(
  set: PolicySet,
  request: GeneratedRequest,
  mode: Mode,
  semantics?: Semantics,
): { readonly answer: Answer; readonly output: CheckOutput } {
  const input = { ...request, principal: request.principal, resource: request.resource } as unknown;
  const output = decide(
    tableOf(set),
    input as Parameters<typeof decide>[1],
    { ...mode, now: new Date('2026-02-03T04:05:06Z') },
    semantics ? { semantics } : {},
  );
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
    },
  };
}

interface ServerResult {
  readonly actions: Record<string, string>;
  readonly outputs?: readonly { src: string; action: string; val?: JsonValue; error?: string }[];
  readonly meta: {
    readonly actions: Record<string, { matchedPolicy: string; matchedScope?: string }>;
    readonly effectiveDerivedRoles?: readonly string[];
  };
}

/** The binary's answers to several requests, each in a call of its own but several at a time. */
export async function theirs(server: CerbosServer, requests: readonly GeneratedRequest[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let start = 0; start < requests.length; start += 16) {
    answers.push(
      ...(await Promise.all(requests.slice(start, start + 16).map((request) => askOne(server, request)))),
    );
  }
  return answers;
}

async function askOne(
  server: CerbosServer,
  { principal, resource, actions }: GeneratedRequest,
): Promise<Answer> {
  const body = { requestId: 'r', includeMeta: true, principal, resources: [{ resource, actions }] };
  const response = (await server.check(body)) as { results?: readonly ServerResult[] };
  const [result] = response.results ?? [];
  if (!result) throw new Error(`cerbos refused ${JSON.stringify(body)}: ${JSON.stringify(response)}`);
  return {
    actions: Object.fromEntries(
      Object.entries(result.actions).map(([name, effect]) => {
        const { matchedPolicy = '', matchedScope = '' } = result.meta.actions[name] ?? {};
        return [name, { effect, policy: matchedPolicy, scope: matchedScope }];
      }),
    ),
    derivedRoles: [...(result.meta.effectiveDerivedRoles ?? [])].sort(),
    outputs: (result.outputs ?? [])
      .map(({ src, action, val, error }) => outputOf(src, action, val, error))
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

/** Whether two answers are the same. Prototypes do not matter. */
export function sameAnswer(a: Answer, b: Answer): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
}
