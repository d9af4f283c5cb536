import { compilePolicySet } from '../../../server/policy';
import type {
  AttemptRecord,
  DecisionRecord,
  JsonObject,
  JsonValue,
  SessionRecord,
} from '../../../server/protocol';
import type { PolicyLayer } from '../../../server/guard/decide/policies/layers';
import { Random } from '../../random';

export { Random };

/** A policy layer about the tool `drop` with these rules, one a line. */
export function layer(name: PolicyLayer['name'], rules: readonly string[], schema?: string): PolicyLayer {
  const head = 'apiVersion: api.cerbos.dev/v1\nresourcePolicy:\n  resource: mcp:tool\n  version: default\n';
  const schemas = schema === undefined ? '' : '  schemas: {resourceSchema: {ref: "cerbos:///a.json"}}\n';
  const text = `${head}${schemas}  rules:\n${rules.map((rule) => `    - ${rule}\n`).join('')}`;
  const files = [{ path: 'policy.yaml', text }];
  const { issues, set } = compilePolicySet(
    schema === undefined ? files : [...files, { path: '_schemas/a.json', text: schema }],
  );
  if (set === undefined) {
    throw new Error(`${text}\n${JSON.stringify(issues)}`);
  }
  return { name, set, digest: name };
}

const conditions: readonly string[] = [
  'R.attr.arguments.force',
  'R.attr.arguments.force == true',
  'R.attr.arguments.?force.orValue(false)',
  'has(R.attr.arguments.name)',
  'R.attr.arguments.?name.orValue("") == "prod"',
  'R.attr.arguments.name.startsWith("p")',
  'size(R.attr.arguments) > 1',
  'R.attr.arguments.exists(k, v, v == "prod")',
  '"token" in R.attr.arguments',
  'R.attr.arguments.?list.orValue([]).exists(x, x == "prod")',
  'R.attr.arguments.?list.orValue([]).size() > 1',
  'R.attr.?arguments.?where.?host.orValue("") == "prod"',
  'R.attr.paths.exists(p, !p.inWorkspace)',
  'R.attr.paths.all(p, p.path.startsWith("/ws"))',
  'R.id == "items/drop"',
  'R.attr.server.?url.orValue("") == "prod"',
  'P.attr.agent.?name.orValue("") == "prod"',
  'P.attr.session.counters[?"drops"].orValue(0) >= 1',
  'R.attr.arguments == {"name": "prod"}',
  'V.approved && R.attr.arguments.?force.orValue(false)',
  'true',
  'false',
].map((condition) => condition.replace('V.approved', 'P.attr.approval.level >= 1'));

const outputs: readonly string[] = [
  '\'{"gatehouse": {"reason": "no"}}\'',
  '\'{"gatehouse": {"reason": R.attr.arguments.?name.orValue("")}}\'',
  '\'{"gatehouse": {"unknown": R.attr.arguments.?force.orValue(1)}}\'',
  '\'{"gatehouse": {"halt": R.attr.arguments.force}}\'',
  '\'R.attr.arguments.name == "prod" ? {"gatehouse": 1} : {}\'',
];

function anyRule(random: Random, effect: 'ALLOW' | 'DENY'): string {
  const condition = random.pick(conditions);
  const asks = random.chance(0.4) ? 'P.attr.approval.level < 1 && ' : '';
  const expr = JSON.stringify(`${asks}(${condition})`);
  const output = random.chance(0.3) ? `, output: {when: {ruleActivated: ${random.pick(outputs)}}}` : '';
  const when = random.chance(0.2) ? '' : `, condition: {match: {expr: ${expr}}}`;
  return `{actions: ["*"], effect: EFFECT_${effect}, roles: [agent]${when}${output}}`;
}

const schema = '{"type": "object", "properties": {"arguments": {"properties": {"name": {"const": "prod"}}}}}';

/** Policies of some layers, as they could be in force. */
export function anyLayers(random: Random): readonly PolicyLayer[] {
  const rules = (allows: number, denies: number): string[] => [
    ...Array.from({ length: random.below(allows + 1) }, () => anyRule(random, 'ALLOW')),
    ...Array.from({ length: random.below(denies + 1) }, () => anyRule(random, 'DENY')),
  ];
  const some = (name: PolicyLayer['name'], allows: number, denies: number): PolicyLayer[] => {
    const found = rules(allows, denies);
    return found.length === 0 ? [] : [layer(name, found, random.chance(0.1) ? schema : undefined)];
  };
  const base = [layer('base', [anyRule(random, 'ALLOW'), ...rules(2, 2)])];
  return [
    ...(random.chance(0.4) ? some('user', 2, 1) : []),
    ...(random.chance(0.9) ? base : []),
    ...some('guardrails', 0, 1),
    ...(random.chance(0.4) ? some('workspace', 1, 1) : []),
  ];
}

const words: readonly JsonValue[] = ['prod', 'test', true, false, 3, null];

/** A recorded call with nothing masked. */
export function anyAttempt(random: Random): AttemptRecord {
  const maybe = (name: string, value: JsonValue): JsonObject => (random.chance(0.6) ? { [name]: value } : {});
  const texts = (): string[] => random.some(['prod', 'test', 'x'], 0, 2);
  return {
    prev: '',
    time: '2026-01-05T10:00:00.000Z',
    type: 'attempt',
    id: '1',
    server: 'items',
    fingerprint: 'f',
    kind: 'mcp:tool',
    tool: 'drop',
    agent: { verified: true },
    digest: 'd',
    arguments: {
      ...maybe('force', random.pick(words)),
      ...maybe('name', random.pick(words)),
      ...maybe('token', 'prod'),
      ...maybe('list', texts()),
      ...maybe('where', { host: random.pick(['prod', 'test']), port: 1 }),
    },
    facts: {
      policies: 'p',
      now: Date.UTC(2026, 0, 5, 10),
      action: 'drop',
      shared: ['s'],
      attr: {
        unexpected: [],
        paths: texts().map((text) => ({
          argument: 'name',
          path: random.pick(['/ws/a', '/etc/a']) + text,
          inWorkspace: random.chance(0.5),
          protected: false,
        })),
      },
    },
  };
}

export const shared: JsonObject = {
  principal: {
    id: 'alice',
    roles: ['agent'],
    attr: { user: { id: 'alice' }, agent: { name: 'prod' }, conversation: {} },
  },
  resource: {
    kind: 'mcp:tool',
    scope: 'items',
    attr: { server: { name: 'items', url: 'prod' }, tool: { name: 'drop' }, workspace: { name: 'ws' } },
  },
};

/** The records of a session with one call, decided as given. */
export function sessionWith(
  attempt: AttemptRecord,
  decision: Partial<DecisionRecord>,
  facts: { readonly request: JsonObject; readonly masked?: readonly string[] } = { request: shared },
): readonly SessionRecord[] {
  const { prev, time } = attempt;
  const owner = { user: { id: 'alice', name: 'Alice' }, workspace: { name: 'ws', folders: ['/ws'] } };
  return [
    { prev, time, type: 'session', v: 2, id: 'session', ...owner },
    { prev, time, type: 'facts', digest: 's', facts },
    attempt,
    {
      prev,
      time,
      type: 'decision',
      id: attempt.id,
      effect: 'deny',
      final: true,
      policy: 'p',
      rule: 'r',
      reasons: [],
      ...decision,
    },
  ];
}

/** The same call with some of its values masked, as the guard marks them. */
export function maskedSomewhere(
  random: Random,
  attempt: AttemptRecord,
): { readonly attempt: AttemptRecord; readonly request: JsonObject; readonly masked: readonly string[] } {
  const places = [
    ...pointersOf(attempt.arguments, '/resource/attr/arguments'),
    ...pointersOf(attempt.facts?.attr ?? {}, '/resource/attr'),
  ].filter((pointer) => pointer !== '/resource/attr');
  const masked = random.some(places, 1, 3);
  const below = (prefix: string): string[] =>
    masked.filter((pointer) => pointer.startsWith(prefix)).map((pointer) => pointer.slice(prefix.length));
  const ofShared = random.chance(0.2)
    ? [random.pick(['/resource/attr/server/url', '/principal/attr/agent/name'])]
    : [];
  const args = replacedAt(attempt.arguments, below('/resource/attr/arguments')) as JsonObject;
  const attr = replacedAt(attempt.facts?.attr ?? {}, below('/resource/attr')) as JsonObject;
  return {
    attempt: { ...attempt, arguments: args, facts: { ...attempt.facts!, attr, masked } },
    request: replacedAt(shared, ofShared) as JsonObject,
    masked: ofShared,
  };
}

/** JSON Pointers to a value and to all within it. */
function pointersOf(value: JsonValue, at: string): readonly string[] {
  return typeof value === 'object' && value !== null
    ? [at, ...Object.entries(value).flatMap(([name, member]) => pointersOf(member, `${at}/${name}`))]
    : [at];
}

/** A copy with another value in each of these places: an object stays one, and loses a member or gets one. */
function replacedAt(value: JsonValue, pointers: readonly string[]): JsonValue {
  const isObject = typeof value === 'object' && value !== null;
  if (pointers.includes('')) {
    return isObject ? (Array.isArray(value) ? ['[2 more]'] : { '…': '[2 more]' }) : '[masked]';
  }
  if (!isObject) {
    return value;
  }
  const members = Object.entries(value).map(([name, member]): [string, JsonValue] => {
    const inside = pointers.filter((pointer) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));
    return [
      name,
      replacedAt(
        member,
        inside.map((pointer) => pointer.slice(name.length + 1)),
      ),
    ];
  });
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}
