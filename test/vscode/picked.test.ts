import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { itemsDefinition } from './guarded';
import { pictureFailures, VsCode } from './host';
import { until } from './host/until';

const statusItem = 'gatehouse.gatehouse.gatehouse.status';
const configuration = JSON.stringify({ servers: { items: itemsDefinition('') } }, undefined, 2);

let vscode: VsCode;
pictureFailures(() => vscode);
beforeAll(async () => {
  vscode = await VsCode.open({ name: 'picked', workspace: { '.vscode/mcp.json': configuration } });
});
afterAll(async () => {
  await vscode.close();
});

const file = (): string => path.join(vscode.workspace, '.vscode', 'mcp.json');

describe('a person who has a server in .vscode/mcp.json', () => {
  test('a person picks a server in .vscode/mcp.json, sees and accepts its tools, and gets it guarded', async () => {
    const { agent, quickInput, workbench } = vscode;
    await until('the extension', () => agent.isActive('gatehouse.gatehouse'));
    await workbench.runCommand('Gatehouse: Guard MCP Servers…');
    await quickInput.tick('items');
    await quickInput.accept();
    await quickInput.read('Accept these 5 tools');

    // The file is as it was, so its server is a twin now, and help is at hand.
    expect(readFileSync(file(), 'utf8')).toBe(configuration);
    await until('the offer to disable the original', async () =>
      (await quickInput.items()).some((label) => label.includes('Disable items')),
    );
    expect((await workbench.statusItem(statusItem))?.kind).toBe('error');
    await vscode.screenshot('fix-twins');
  });

  test('the original of a picked server can be removed, and the guarded one stays', async () => {
    const { agent, dialog, quickInput, workbench } = vscode;
    await quickInput.choose(/Disable items…/);
    await until('the edit', async () => (await workbench.titleButtons()).includes('Disable Server'));
    expect(readFileSync(file(), 'utf8')).toBe(configuration);
    await workbench.clickTitle('Disable Server');
    await until('the calm status bar item', async () => {
      const item = await workbench.statusItem(statusItem);
      return item !== undefined && item.kind !== 'error';
    });
    expect(readFileSync(file(), 'utf8')).not.toContain('items.mjs');
    await until('the guarded tools', async () => {
      await agent.startServers();
      return await agent.has('_list_items');
    });
    expect(await agent.call('_list_items', {})).toContain('a lantern');
    expect(await dialog.seen()).toEqual([]);

    const answer = agent.call('_delete_item', { id: '1' });
    await dialog.appears();
    expect(await dialog.message()).toBe('code-server wants to use delete_item of items');
    await dialog.click('Deny');
    expect(await answer).toContain('deletes something');
  });
});
