import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptInWorkspace, directFiles, GuardedVsCode, itemsDefinition } from './guarded';
import { pictureFailures } from './host';
import { until } from './host/until';

const statusItem = 'gatehouse.gatehouse.gatehouse.status';
const changed = 'Changed, but not in force until you activate it';
/** With a condition, so that the tool stays in the list. */
const denyReading = [
  'apiVersion: api.cerbos.dev/v1',
  'resourcePolicy:',
  '  resource: mcp:tool',
  '  version: default',
  '  rules:',
  '    - name: nobody-reads-items',
  '      actions: [read_item]',
  '      effect: EFFECT_DENY',
  '      roles: ["*"]',
  '      condition: {match: {expr: R.attr.arguments.id == "1"}}',
  '',
].join('\n');

let guarded: GuardedVsCode;
pictureFailures(() => guarded.vscode);
beforeAll(async () => {
  guarded = await GuardedVsCode.open({
    name: 'activation',
    workspace: { '.gatehouse/README': 'Policies.\n' },
  });
});
afterAll(async () => {
  await guarded.close();
});

const inGatehouse = (...parts: string[]): string =>
  path.join(guarded.vscode.workspace, '.gatehouse', ...parts);

/** Edits a file as an agent does whose file tool is not guarded. */
async function editUnguarded(file: string, content: string): Promise<void> {
  const client = await directFiles(guarded.vscode.workspace);
  await client.callTool({ name: 'create_directory', arguments: { path: path.dirname(file) } });
  const result = await client.callTool({ name: 'write_file', arguments: { path: file, content } });
  await client.close();
  expect(result.isError).not.toBe(true);
}

/** Puts what was edited into force, as a person does. */
async function activate(): Promise<void> {
  const { agent, dialog, notifications, workbench } = guarded.vscode;
  await agent.command('notifications.clearAll');
  await workbench.runCommand('Gatehouse: Review and Activate Changes…');
  await until('the button', async () => (await workbench.titleButtons()).includes('Activate…'));
  await workbench.clickTitle('Activate…');
  await dialog.appears();
  expect(await dialog.message()).toBe('Put these changes into force?');
  await dialog.read('Activate');
  await notifications.message('The changes are in force.');
  await agent.command('notifications.clearAll');
}

async function itemsServers(): Promise<number> {
  await guarded.vscode.agent.startServers();
  const tools = await guarded.vscode.agent.tools();
  return tools.filter(({ name }) => name.startsWith('mcp_') && name.endsWith('_list_items')).length;
}

describe('.gatehouse', () => {
  test('the folder .gatehouse is off limits for a guarded tool, and nobody is asked', async () => {
    const { agent, dialog } = guarded.vscode;
    const file = inGatehouse('policies', 'mcp_tool.yaml');
    const answer = await agent.call('_write_file', { path: file, content: denyReading });
    expect(answer).toContain('names a protected path, which only a person may touch');
    expect(existsSync(file)).toBe(false);
    expect(await dialog.seen()).toEqual([]);
  });

  test('edited policies change nothing until a person activates them', async () => {
    const { agent, notifications, workbench } = guarded.vscode;
    await editUnguarded(inGatehouse('policies', 'mcp_tool.yaml'), denyReading);
    await notifications.message(changed);
    await until('the mark of the change', async () =>
      (await workbench.statusItem(statusItem))?.label.includes('activate'),
    );
    expect(await agent.call('_read_item', { id: '1' })).toBe('a lantern');

    await activate();
    const answer = await until('the new policy', async () => {
      const text = await agent.call('_read_item', { id: '1' });
      return text !== 'a lantern' && text;
    });
    expect(answer).toContain('nobody-reads-items');
  });

  test('edited servers start nothing until a person activates them', async () => {
    const { notifications } = guarded.vscode;
    const definition = itemsDefinition('');
    const more = { servers: { more: definition } };
    await editUnguarded(inGatehouse('mcp.json'), JSON.stringify(more));
    await notifications.message(changed);
    expect(await itemsServers()).toBe(1);

    await activate();
    // Of a server that nobody has accepted, agents see no tools.
    expect(await itemsServers()).toBe(1);
    acceptInWorkspace(guarded.vscode, 'more', definition);
    await until('the tools of the new server', async () => (await itemsServers()) === 2);
  });
});
