import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { activateLayers, workspaceKey } from '../../protocol';
import { call, no, policy, decided, World } from '../../../test/support/guard/enforcers';

let world: World;

beforeEach(() => {
  world = new World();
  mkdirSync(world.workspace);
});

afterEach(() => world.end());

describe('policies', () => {
  beforeEach(() => {
    world.accept();
  });

  const allowAll = policy('- {actions: ["*"], effect: EFFECT_ALLOW, roles: [agent]}');

  const rule = (effect: string, actions: string, more = ''): string =>
    `- {name: mine, actions: ${actions}, effect: EFFECT_${effect}, roles: [agent]${more}}`;
  const unapproved = ', condition: {match: {expr: P.attr.approval.level < 1}}';

  test('policies of the user extend the built-in base: they come first, and where they are silent it decides', async () => {
    const rules = [
      rule('ALLOW', '[add_item]'),
      rule('DENY', '[read_item]'),
      rule('DENY', '[read_file]', unapproved),
    ]
      .join('\n')
      .replaceAll('name: mine, ', '');
    await activateLayers(world.layout, [['policies:user', [policy(rules)]]]);
    const guard = world.guard();
    world.human.answer = no;
    // Allowed by the user's rules, where the base asks.
    expect(await decided(guard.decide(call('add_item', { name: 'x' })))).toBe('forwarded');
    // Denied, or asked for, by the user's rules where the base is free.
    expect(await decided(guard.decide(call('read_item')))).toContain('resource.mcp_tool.vdefault');
    expect(world.human.asked).toEqual([]);
    expect(await decided(guard.decide(call('read_file', { path: 'a.txt' })))).toContain('Alice said no');
    // Silent: the base asks.
    expect(await decided(guard.decide(call('delete_item', { id: '1' })))).toContain('deletes something');
    expect(world.human.asked.map(({ tool }) => tool.name)).toEqual(['read_file', 'delete_item']);
  });

  test('policies of the user that fail to evaluate deny, and do not fall back to the base', async () => {
    const failing = rule('ALLOW', '[read_item]', ', condition: {match: {expr: R.attr.nothing == 1}}');
    await activateLayers(world.layout, [['policies:user', [policy(failing)]]]);
    const message = await decided(world.guard().decide(call('read_item')));
    expect(message).toContain("a condition can't be evaluated");
    expect(world.human.asked).toEqual([]);
  });

  test.each([
    ['policies:user', 'mcp:tool'],
    ['policies:user', 'mcp:resource'],
    ['policies:workspace', 'mcp:tool'],
  ] as const)(
    'policies of %s that are role policies about %s, and nothing else, are not passed over',
    async (layer, kind) => {
      const text = `apiVersion: api.cerbos.dev/v1
rolePolicy:
  role: agent
  version: default
  rules:
    - {resource: "${kind}", allowActions: [add_item]}
`;
      const name =
        layer === 'policies:user' ? layer : (`${layer}:${workspaceKey([world.workspace])}` as const);
      await activateLayers(world.layout, [[name, [{ path: 'role.yaml', text }]]]);
      expect(await decided(world.guard().decide(call('read_item')))).toContain('no policy allows it');
      expect(world.human.asked).toEqual([]);
    },
  );

  test('policies of the user that allow deletions do not get them past the counter of the base and the guardrails', async () => {
    await activateLayers(world.layout, [['policies:user', [policy(rule('ALLOW', '[delete_item]'))]]]);
    const guard = world.guard();
    for (let id = 0; id < 5; id++) {
      expect(await decided(guard.decide(call('delete_item', { id: `${id}` })))).toBe('forwarded');
    }
    expect(world.human.asked).toEqual([]);
    expect(await decided(guard.decide(call('delete_item', { id: '5' })))).toContain('the session was halted');
  });

  test('policies of the user replace the built-in base if a person chose that, not the guardrails', async () => {
    await activateLayers(world.layout, [['policies:user', [allowAll]]], 'replaced');
    const guard = world.guard();
    expect(await decided(guard.decide(call('delete_item', { id: '1' })))).toBe('forwarded');
    expect(await decided(guard.decide(call('read_file', { path: '.git/config' })))).toContain('protected');
  });

  test('policies of the workspace only deny, and are quoted', async () => {
    const rules = `- {actions: ["*"], effect: EFFECT_ALLOW, roles: ["*"]}
- actions: ["read_*"]
  effect: EFFECT_DENY
  roles: [agent]
  output: {when: {ruleActivated: '{"gatehouse": {"reason": "we don''t read here", "count": "x", "ask": {"title": "Click yes"}}}'}}`;
    await activateLayers(world.layout, [
      [`policies:workspace:${workspaceKey([world.workspace])}`, [policy(rules)]],
    ]);
    const guard = world.guard();
    expect(await decided(guard.decide(call('read_item')))).toContain(
      `this repository's policy says "we don't read here"`,
    );
    expect(world.human.asked).toEqual([]);
    expect(await decided(guard.decide(call('add_item', { name: 'x' })))).toBe('forwarded');
    expect(world.human.asked).toHaveLength(1);
  });

  test('policies give reasons each with its own rule, to the person, in the audit and to the agent', async () => {
    const says = (reason: string): string => `'{"gatehouse": {"reason": "${reason}"}}'`;
    const rules = `- name: explains
  actions: [add_item]
  effect: EFFECT_ALLOW
  roles: [agent]
  condition: {match: {expr: P.attr.approval.level >= 1}}
  output: {when: {conditionNotMet: ${says('needs a yes')}}}`;
    await activateLayers(world.layout, [['policies:user', [policy(rules)]]], 'replaced');
    world.human.answer = no;
    const explains = 'resource.mcp_tool.vdefault#explains';
    const message = await decided(world.guard().decide(call('add_item', { name: 'x' })));
    expect(world.human.asked).toMatchObject([{ reasons: ['needs a yes'], reasonRules: [explains] }]);
    // No rule of the user's policies matched, so none of them decided.
    expect(world.human.asked[0]).not.toHaveProperty('reasonFrom');
    expect(world.records().filter(({ type }) => type === 'decision')).toMatchObject([
      { rule: 'no-rule-matches', reasons: ['needs a yes'], reasonRules: [explains] },
      { rule: 'no-rule-matches', reasons: ['needs a yes', 'Alice said no.'], reasonRules: [explains, ''] },
    ]);
    expect(message).toContain('needs a yes (rule explains of resource.mcp_tool.vdefault); Alice said no');
  });

  test('policies of two layers that refuse are both named, and the reason is that of the one that gave it', async () => {
    const folder = join(world.root, 'extra');
    mkdirSync(folder);
    const closed = `- {name: closed, actions: [add_item], effect: EFFECT_DENY, roles: [agent], output: {when: {ruleActivated: '{"gatehouse": {"reason": "closed today"}}'}}}`;
    writeFileSync(join(folder, 'a.yaml'), policy(closed).text);
    const silent = '- {name: silent, actions: ["*"], effect: EFFECT_DENY, roles: [agent]}';
    await activateLayers(world.layout, [['policies:user', [policy(silent)]]]);
    const message = await decided(
      world.guard({ extraPolicies: [folder] }).decide(call('add_item', { name: 'x' })),
    );
    expect(message).toContain(
      'closed today (rule closed of resource.mcp_tool.vdefault) (rule silent of resource.mcp_tool.vdefault)',
    );
  });

  test('policies that halt say which rule did, with which call, and what was counted', async () => {
    const output = `'{"gatehouse": {"halt": true, "count": ["reads", "constructor"]}}'`;
    const rules = `- {name: read-once, actions: ["*"], effect: EFFECT_ALLOW, roles: [agent], output: {when: {ruleActivated: ${output}}}}`;
    await activateLayers(world.layout, [['policies:user', [policy(rules)]]], 'replaced');
    const guard = world.guard();
    expect(await decided(guard.decide(call('read_item')))).toBe('forwarded');
    const why =
      'the rule read-once of resource.mcp_tool.vdefault stops it after read_item of items (counted then: reads 1, constructor 1)';
    expect(world.records()).toContainEqual(expect.objectContaining({ type: 'halt', reason: why }));
    expect(await decided(guard.decide(call('read_item')))).toContain(`the session was halted: ${why}`);
  });

  test('policies from the command line only deny', async () => {
    const folder = join(world.root, 'extra');
    mkdirSync(folder);
    const rule = '- {actions: [read_item], effect: EFFECT_DENY, roles: ["*"], name: closed}';
    writeFileSync(join(folder, 'a.yaml'), policy(rule).text);
    const guard = world.guard({ extraPolicies: [folder] });
    expect(await decided(guard.decide(call('read_item')))).toContain('rule closed');
    rmSync(folder, { recursive: true });
    expect(await decided(guard.decide(call('read_item')))).toContain('rule closed');
  });

  test('policies with schemas deny what the schemas do not allow', async () => {
    const folder = join(world.root, 'extra');
    mkdirSync(join(folder, '_schemas'), { recursive: true });
    const { text } = policy('- {actions: ["*"], effect: EFFECT_ALLOW, roles: ["*"]}');
    const schemas = '  schemas: {resourceSchema: {ref: "cerbos:///call.json"}}\n';
    writeFileSync(join(folder, 'a.yaml'), text.replace('  rules:', `${schemas}  rules:`));
    const schema = { properties: { arguments: { properties: { id: { pattern: '^[0-9]+$' } } } } };
    writeFileSync(join(folder, '_schemas', 'call.json'), JSON.stringify(schema));
    const guard = world.guard({ extraPolicies: [folder] });
    expect(await decided(guard.decide(call('read_item', { id: '5' })))).toBe('forwarded');
    const refused = await decided(guard.decide(call('read_item', { id: 'x' })));
    expect(refused).toContain('rule schema');
    expect(refused).toContain('a schema does not allow R.attr[/arguments/id]');
  });

  test('policies that were edited but not activated change nothing', async () => {
    mkdirSync(world.layout.policies, { recursive: true });
    writeFileSync(join(world.layout.policies, 'a.yaml'), allowAll.text);
    world.human.answer = no;
    expect(await decided(world.guard().decide(call('delete_item', { id: '1' })))).toContain('said no');
  });

  test('policies that are activated count from the next call on', async () => {
    const guard = world.guard();
    world.human.answer = no;
    expect(await decided(guard.decide(call('delete_item', { id: '1' })))).toContain('said no');
    await activateLayers(world.layout, [['policies:user', [allowAll]]]);
    expect(await decided(guard.decide(call('delete_item', { id: '1' })))).toBe('forwarded');
  });

  test('policies whose active copy is damaged deny everything until it is put right', async () => {
    const guard = world.guard();
    const index = await activateLayers(world.layout, [['policies:user', [allowAll]]]);
    const copy = join(world.layout.active, index.layers['policies:user'] ?? '', 'policy.yaml');
    chmodSync(copy, 0o600);
    writeFileSync(copy, `${allowAll.text}\n# more`);
    expect(await decided(guard.decide(call('read_item')))).toContain('is not what was activated');
    writeFileSync(world.layout.activeIndex, 'nonsense');
    expect(await decided(guard.decide(call('read_item')))).toContain('is damaged');
    rmSync(world.layout.activeIndex);
    expect(await decided(guard.decide(call('read_item')))).toContain('is missing');
    await activateLayers(world.layout, [['policies:user', [allowAll]]]);
    expect(await decided(guard.decide(call('read_item')))).toBe('forwarded');
  });

  test('policies that do not compile deny everything, with the place', async () => {
    const broken = { path: 'a.yaml', text: allowAll.text.replace('EFFECT_ALLOW', 'EFFECT_MAYBE') };
    await activateLayers(world.layout, [['policies:user', [broken]]]);
    expect(await decided(world.guard().decide(call('read_item')))).toMatch(/do not compile: a\.yaml:\d+/);
  });

  test('policies that ask for more than a confirmation are refused for now', async () => {
    const rule =
      '- {actions: ["*"], effect: EFFECT_ALLOW, roles: [agent], condition: {match: {expr: P.attr.approval.level >= 2}}}';
    await activateLayers(world.layout, [['policies:user', [policy(rule)]]], 'replaced');
    const message = await decided(world.guard().decide(call('read_item')));
    expect(message).toContain('approval level 2, which is not supported yet (rule not-supported-yet');
  });

  test('policies whose output can not be evaluated allow nothing', async () => {
    const rule = `- actions: ["*"]
  effect: EFFECT_ALLOW
  roles: [agent]
  output: {when: {ruleActivated: '{"gatehouse": {"count": R.attr.nothing}}'}}`;
    await activateLayers(world.layout, [['policies:user', [policy(rule)]]]);
    expect(await decided(world.guard().decide(call('read_item')))).toContain('rule unusable-output');
  });

  test('policies redact what is shown and recorded', async () => {
    const rule = `- actions: ["*"]
  effect: EFFECT_ALLOW
  roles: [agent]
  condition: {match: {expr: P.attr.approval.level >= 1}}
  output: {when: {ruleActivated: '{"gatehouse": {"redact": ["name"]}}', conditionNotMet: '{"gatehouse": {"redact": ["name"]}}'}}`;
    await activateLayers(world.layout, [['policies:user', [policy(rule)]]]);
    await world.guard().decide(call('add_item', { name: 'a private thing' }));
    expect(world.human.asked[0]?.arguments).toEqual({ name: '[masked]' });
    expect(JSON.stringify([world.human.asked, world.records()])).not.toContain('a private thing');
  });
});
