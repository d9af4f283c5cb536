import { afterAll, beforeAll, expect, test } from 'vitest';
import { itemsDefinition } from './guarded';
import { pictureFailures, VsCode } from './host';
import { until } from './host/until';

const configuration = JSON.stringify({ servers: { items: itemsDefinition('') } });

let vscode: VsCode;
pictureFailures(() => vscode);
beforeAll(async () => {
  vscode = await VsCode.open({
    name: 'restricted',
    workspace: { '.vscode/mcp.json': configuration },
    trustWorkspaces: false,
  });
  await until('the extension', () => vscode.agent.isActive('gatehouse.gatehouse'));
});
afterAll(async () => {
  await vscode.close();
});

test('Restricted Mode leads to where trust is given, also once the notification is gone', async () => {
  const { agent, notifications, workbench } = vscode;
  const asked = agent.command('gatehouse.guardServers');
  const text = 'can be guarded once you trust it';
  await notifications.message(text);
  expect(await notifications.buttons(text)).toEqual(['Manage Workspace Trust']);
  await agent.command('notifications.clearAll');
  await asked;
  await agent.command('gatehouse.needs.focus');
  await until('the entry', async () => (await workbench.rows('Needs You'))[0]?.includes('Restricted Mode'));
  await vscode.screenshot('restricted');
  await workbench.clickRow('Needs You', 'Restricted Mode');
  await vscode.page.locator('.workspace-trust-editor').waitFor();
  await vscode.screenshot('trust');
});

test('a command that could do nothing ticks no step of the walkthrough', async () => {
  const { agent, workbench } = vscode;
  await agent.command('workbench.action.openWalkthrough', 'gatehouse.gatehouse#start', false);
  const steps = await workbench.steps();
  expect(Object.keys(steps)).toHaveLength(4);
  expect(Object.values(steps)).not.toContain(true);
});
