import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removePolicies, startServer, writePolicies } from '../differential/support/server';
import type { CerbosServer } from '../differential/support/server';
import { GuardedVsCode } from './guarded';
import { pictureFailures } from './host';

// A real `cerbos server`, whose policies allow one tool of two that Gatehouse's own let pass without asking.
const central = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: mcp:tool
  version: default
  rules:
    - {actions: [list_items], effect: EFFECT_ALLOW, roles: [agent]}
`;

let policies: string;
let server: CerbosServer;
let guarded: GuardedVsCode;

pictureFailures(() => guarded.vscode);
beforeAll(async () => {
  policies = await writePolicies([{ path: 'mcp.yaml', text: central }]);
  const mode = { name: 'central', strictEvaluation: true, lenientScopeSearch: true, globals: {} };
  server = await startServer(policies, mode);
  guarded = await GuardedVsCode.open({
    name: 'decision-point',
    settings: {
      'gatehouse.decisionPoint.kind': 'server',
      'gatehouse.decisionPoint.location': server.url,
      'gatehouse.decisionPoint.timeout': 10,
    },
    // What an agent could write.
    workspace: {
      '.vscode/settings.json': JSON.stringify({
        'gatehouse.decisionPoint.kind': 'none',
        'gatehouse.decisionPoint.location': 'http://127.0.0.1:1',
      }),
    },
  });
});
afterAll(async () => {
  await guarded.close();
  await server.stop();
  await removePolicies(policies);
});

describe('a decision point in the user settings', () => {
  test('a decision point in the user settings is asked, whatever the workspace says of it', async () => {
    const { agent } = guarded.vscode;
    expect(await agent.call('_list_items', {})).toContain('lantern');
    expect(await agent.call('_read_item', { id: '1' })).toContain(
      `the decision point ${server.url} does not allow this`,
    );
    const decisions = guarded.audit().flatMap((record) => (record.type === 'decision' ? [record] : []));
    expect(decisions.map(({ externalDecision }) => externalDecision)).toMatchObject([
      { name: server.url, answer: 'allow' },
      { name: server.url, answer: 'deny' },
    ]);
  });

  test('a decision point that is gone denies, and the agent reads which it is', async () => {
    await server.stop();
    expect(await guarded.vscode.agent.call('_list_items', {})).toContain(
      `the decision point ${server.url} gave no answer`,
    );
  });
});
