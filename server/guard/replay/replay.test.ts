import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SessionReducer, workspaceKey } from '../../protocol';
import type { AttemptRecord, SessionRecord } from '../../protocol';
import { call, World } from '../../../test/support/guard/enforcers';
import { layer } from '../../../test/support/guard/recorded-calls';
import { recordsIn, recordSession } from '../../../test/support/guard/recorded-session';
import type { SentCall } from '../../../test/support/guard/recorded-session';
import type { AdditionalDecisionPoint } from '../decision-point/additional';
import { LayerStore } from '../decide/policies/layers';
import type { PolicyLayer } from '../decide/policies/layers';
import { noApproval } from '../request/build';
import { readOutputs } from '../request/outputs';
import type { PolicyRequest } from '../request/request-model';
import { recordedRequest } from './recorded-request';
import { replay } from './replay';
import type { ReplayedCall } from './replay';

const count = 1000;

function layersIn(world: World): readonly PolicyLayer[] {
  const { builtinPolicies, workspace } = world.options();
  const { layout } = world;
  const store = new LayerStore({
    layout,
    builtin: builtinPolicies,
    extra: [],
    workspaceKey: workspaceKey(workspace.folders),
  });
  const layers = store.current();
  if (layers.kind === 'broken') {
    throw new Error(layers.reason);
  }
  return layers.policyLayers;
}

describe('a recorded session of a thousand calls', () => {
  const world = new World();
  let sent: readonly SentCall[];
  let records: readonly SessionRecord[];

  beforeAll(async () => {
    sent = await recordSession(world, count);
    records = [...recordsIn(world)];
  });
  afterAll(() => world.end());

  test('a recorded session is decided the same by the same policies, except where that depends on what is masked', () => {
    const calls = [...replay(records, layersIn(world))];
    expect(calls.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
    expect(calls.filter(({ answer }) => answer === 'differs')).toEqual([]);
    // Secrets and long texts are in two fifths of the calls.
    expect(calls.filter(({ answer }) => answer === 'same').length).toBeGreaterThan(count / 2);
    expect(new Set(calls.map(({ before }) => before.effect))).toEqual(new Set(['allow', 'ask', 'deny']));
    for (const { answer, before, by } of calls) {
      if (answer === 'same' && by !== undefined) {
        expect(by).toEqual({ policy: before.policy, rule: before.rule });
      }
    }
  });

  test('a recorded session is decided otherwise by a stricter rule, for exactly the calls that it forbids', () => {
    const expr = 'R.attr.arguments.?id.orValue("").endsWith("b.txt")';
    const rule = `{actions: [read_item], name: no-b, effect: EFFECT_DENY, roles: [agent], condition: {match: {expr: '${expr}'}}}`;
    const before = new Map([...replay(records, layersIn(world))].map((each) => [each.id, each]));
    const after = [...replay(records, [...layersIn(world), layer('extra', [rule])])];
    const forbidden = sent
      .filter(({ arguments: args, tool }) => tool === 'read_item' && JSON.stringify(args).includes('b.txt"'))
      .map(({ id }) => id)
      .filter((id) => before.get(id)?.before.effect !== 'deny');
    expect(forbidden.length).toBeGreaterThan(50);
    const differing = after.filter(({ answer }) => answer === 'differs');
    expect(differing.map(({ id }) => id)).toEqual(forbidden);
    const decided = ({ by }: ReplayedCall): string => by?.rule ?? '';
    expect(new Set(differing.map(decided))).toEqual(new Set(['no-b']));
  });

  test('a recorded session has what calls share only once a log, so that facts take little of it', () => {
    const kinds = records.filter(({ type }) => type === 'facts' || type === 'policies');
    // The server and the workspace, and each tool that was called.
    expect(kinds.length).toBeLessThan(10);
    const facts = records.flatMap((record) => (record.type === 'attempt' ? [record.facts] : []));
    const bytes = JSON.stringify(facts).length / facts.length;
    expect(bytes).toBeLessThan(600);
  });

  test('holds no secret', () => {
    expect(JSON.stringify(records)).not.toContain('hunter2');
  });
});

test('the request that policies saw is the one that its record gives, session and all', async () => {
  const world = new World();
  const seen: PolicyRequest[] = [];
  const decisionPoint: AdditionalDecisionPoint = {
    name: 'spy',
    ask: (request) => {
      seen.push(request);
      const answer = { allows: true, policy: 'p', outputs: readOutputs([]), invalid: [], callId: '' };
      return Promise.resolve(answer);
    },
  };
  try {
    world.accept();
    const guard = world.guard({ decisionPoint });
    const tools = ['read_item', 'read_file', 'add_item', 'move_file', 'delete_item', 'read_item'];
    for (const tool of tools) {
      world.now += 61_000;
      await guard.decide(call(tool, { path: '/etc/hosts', id: 1 }));
    }
    const records = [...recordsIn(world)];
    const shared = records.flatMap((record) => (record.type === 'facts' ? [record] : []));
    const reducer = new SessionReducer();
    const rebuilt: PolicyRequest[] = [];
    for (const record of records) {
      if (record.type === 'attempt') {
        rebuilt.push(requestOf(record, shared, reducer));
      }
      reducer.apply(record);
    }
    expect(rebuilt).toHaveLength(tools.length);
    const first = seen.filter(({ principal }) => principal.attr.approval.level === 0);
    expect(first.map((request) => JSON.parse(JSON.stringify(request)) as unknown)).toEqual(rebuilt);
    expect(rebuilt.at(-1)?.principal.attr.session).toMatchObject({ calls: 5, counters: { deletions: 1 } });
  } finally {
    await world.end();
  }
});

function requestOf(
  attempt: AttemptRecord,
  shared: readonly Extract<SessionRecord, { type: 'facts' }>[],
  reducer: SessionReducer,
): PolicyRequest {
  const facts = attempt.facts!;
  const parts = facts.shared.map((digest) => shared.find((each) => each.digest === digest)!.facts);
  return recordedRequest(attempt, facts, parts, reducer.facts(facts.now, attempt.id)).at(noApproval);
}
