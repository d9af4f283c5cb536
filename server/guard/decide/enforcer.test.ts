import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DecisionNotice } from '../../protocol';
import { call, no, decided, World } from '../../../test/support/guard/enforcers';

let world: World;

beforeEach(() => {
  world = new World();
  mkdirSync(world.workspace);
});

afterEach(() => world.end());

describe('with the built-in policies', () => {
  test('nothing of a server goes before a human has accepted its tools', async () => {
    const message = await decided(world.guard().decide(call('read_item')));
    expect(message).toContain('Gatehouse denied read_item: no person has accepted this tool yet');
    expect(message).toContain('gatehouse accept');
    expect(message).toContain('rule tools-must-be-accepted of resource.mcp_tool.vdefault');
    expect(world.human.asked).toEqual([]);
  });

  test('arguments that a server may read otherwise are refused, and on record', async () => {
    world.accept();
    const args = { path: 'a.txt', options: [{ mode: 'read', MODE: 'write' }] };
    const message = await decided(world.guard().decide(call('read_file', args)));
    expect(message).toContain('two members whose names differ only in case');
    expect(message).toContain('Correct the request and try again');
    expect(world.records()).toContainEqual(
      expect.objectContaining({ type: 'decision', effect: 'deny', rule: 'ambiguous-arguments' }),
    );
  });

  test('reading is free', async () => {
    world.accept();
    expect(await decided(world.guard().decide(call('read_item')))).toBe('forwarded');
    expect(world.human.asked).toEqual([]);
  });

  test('writing is asked, and goes if a human says yes', async () => {
    world.accept();
    expect(await decided(world.guard().decide(call('add_item', { name: 'x' })))).toBe('forwarded');
    expect(world.human.asked).toMatchObject([
      {
        level: 1,
        server: { name: 'items', origin: 'user' },
        tool: { name: 'add_item' },
        agent: { display: 'Tester' },
        arguments: { name: 'x' },
        reasons: ['changes something'],
        reasonRules: ['resource.mcp_tool.vdefault#writing-asks'],
        reasonFrom: 'resource.mcp_tool.vdefault#writing-asks',
        remember: { session: true },
      },
    ]);
  });

  test('writing is refused if a human says no', async () => {
    world.accept();
    world.human.answer = no;
    const message = await decided(world.guard().decide(call('add_item', { name: 'x' })));
    expect(message).toContain('changes something; Alice said no (rule writing-asks');
  });

  test('writing is refused where nobody can be asked, and says how to get a yes', async () => {
    world.accept();
    world.human.available = false;
    const message = await decided(
      world.guard({ launchedByWindow: false }).decide(call('add_item', { name: 'x' })),
    );
    expect(message).toContain('nobody can be asked here: use this server from VS Code');
    expect(await decided(world.guard().decide(call('add_item', { name: 'x' })))).toContain(
      'window that started',
    );
  });

  test('a path outside the workspace is asked, a protected one denied', async () => {
    world.accept();
    const guard = world.guard();
    expect(await decided(guard.decide(call('read_file', { path: 'a' })))).toBe('forwarded');
    expect(world.human.asked).toEqual([]);
    expect(await decided(guard.decide(call('read_file', { path: '../b' })))).toBe('forwarded');
    expect(world.human.asked).toMatchObject([{ reasons: ['names a path outside the workspace'] }]);
    const message = await decided(guard.decide(call('read_file', { path: '.vscode/settings.json' })));
    expect(message).toContain('names a protected path');
    expect(world.human.asked).toHaveLength(1);
  });

  test('a relative path may be relative to a folder that the server was given', async () => {
    const other = join(world.root, 'other');
    mkdirSync(other);
    const given = [other, `--root=${other}`].map((arg) => {
      const server = { ...world.options().server, args: ['-y', arg, join(other, 'missing')] };
      world.accept(undefined, undefined, server);
      return world.guard({ server });
    });
    for (const guard of given) {
      expect(await decided(guard.decide(call('read_file', { path: 'a' })))).toBe('forwarded');
    }
    expect(world.human.asked.map(({ reasons }) => reasons)).toEqual([
      ['names a path outside the workspace'],
      ['names a path outside the workspace'],
    ]);
  });

  test('five deletions a session are asked, the sixth is denied, by every guard', async () => {
    world.accept();
    for (let count = 0; count < 5; count += 1) {
      expect(await decided(world.guard().decide(call('delete_item', { id: String(count) })))).toBe(
        'forwarded',
      );
    }
    expect(world.human.asked).toHaveLength(5);
    const message = await decided(world.guard().decide(call('delete_item', { id: '5' })));
    expect(message).toContain('the session was halted');
    expect(message).toContain('gatehouse session resume');
    expect(world.human.asked).toHaveLength(5);
  });

  test('a malformed request is refused', async () => {
    const message = await decided(
      world.guard().decide({ ...call('x'), params: { name: 'x', arguments: [] } }),
    );
    expect(message).toContain('"params.arguments" must be an object');
  });

  test.each(['resources/read', 'prompts/get', 'sampling/createMessage', 'elicitation/create'] as const)(
    '%s is decided, too',
    async (method) => {
      const request = { ...call('x'), method, params: { name: 'x', uri: 'item://x', message: 'hello' } };
      const decided = await world.guard().decide(request);
      expect(decided.kind === 'refuse' ? decided.message : '').not.toContain('no-rule-matches');
      expect(world.records().some((record) => record['type'] === 'decision')).toBe(true);
    },
  );
});

describe('what is written', () => {
  test('the record is there before the call is forwarded, linked by the id', async () => {
    world.accept();
    const guard = world.guard();
    const decided = await guard.decide(call('delete_item', { id: 'x', password: 'hunter2' }));
    const attempt = {
      type: 'attempt',
      id: decided.id,
      tool: 'delete_item',
      arguments: { id: 'x', password: '[masked]' },
      facts: {
        action: 'delete_item',
        masked: expect.arrayContaining(['/resource/attr/arguments/password']) as unknown,
      },
    };
    expect(world.records()).toMatchObject([
      { type: 'session', user: { id: 'alice' }, workspace: { name: 'ws' } },
      { type: 'policies', layers: [{ name: 'base' }, { name: 'guardrails' }] },
      { type: 'facts', facts: { request: { principal: { id: 'alice' } } } },
      { type: 'facts', facts: { request: { resource: { attr: { tool: { name: 'delete_item' } } } } } },
      attempt,
      { type: 'decision', id: decided.id, effect: 'ask', hold: { counts: ['privateReads', 'deletions'] } },
      { type: 'approval', id: decided.id, outcome: 'granted', how: 'once', approver: { name: 'Alice' } },
      {
        type: 'decision',
        id: decided.id,
        effect: 'allow',
        final: true,
        counts: ['privateReads', 'deletions'],
      },
    ]);
  });

  test('no secret of an address is recorded or told to the window', async () => {
    world.accept();
    const notices: DecisionNotice[] = [];
    const guard = world.guard({ recorded: (notice) => notices.push(notice) });
    const read = (uri: string) =>
      decided(guard.decide(call('', {}, { method: 'resources/read', params: { uri } })));
    await read('https://x.example/a?sig=s3cret&b=1');
    // After a first reading an address on the web is asked about.
    await read('https://x.example/b?token=s3cret');
    expect(world.human.asked).toHaveLength(1);
    for (const told of [world.records(), notices, world.human.asked]) {
      expect(JSON.stringify(told)).not.toContain('s3cret');
      expect(JSON.stringify(told)).toContain('https://x.example/');
    }
  });

  test('the window is told every decision', async () => {
    world.accept();
    const told: DecisionNotice[] = [];
    const guard = world.guard({ recorded: (notice) => told.push(notice) });
    await guard.decide(call('add_item', { name: 'x' }));
    expect(told.map(({ effect, final }) => [effect, final])).toEqual([
      ['ask', false],
      ['allow', true],
    ]);
    expect(readFileSync(told[0]?.log ?? '', 'utf8')).toContain('add_item');
  });

  test('the outcome of a call is recorded', async () => {
    world.accept();
    const guard = world.guard();
    const { id } = await guard.decide(call('read_item'));
    guard.outcome(id, 'error', 'token=abcdefghijklmnop failed');
    await guard.close();
    expect(world.records().at(-1)).toMatchObject({
      type: 'outcome',
      id,
      status: 'error',
      detail: 'token=[masked] failed',
    });
  });

  test('a call is denied when it can not be recorded', async () => {
    world.accept();
    const guard = world.guard();
    await guard.decide(call('read_item'));
    rmSync(world.layout.sessions, { recursive: true });
    writeFileSync(world.layout.sessions, '');
    expect(await decided(guard.decide(call('read_item')))).toContain('could not be made or recorded');
    rmSync(world.layout.sessions);
    mkdirSync(world.layout.sessions);
    await guard.decide(call('read_item'));
    expect(await decided(guard.decide(call('read_item')))).toBe('forwarded');
  });

  test('nothing is recorded for a guard that is only started', async () => {
    await world.guard().close();
    expect(() => readFileSync(world.layout.root)).toThrow('ENOENT');
  });
});
