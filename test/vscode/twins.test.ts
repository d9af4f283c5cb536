import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GuardedVsCode, itemsDefinition } from './guarded';
import { pictureFailures } from './host';
import { until } from './host/until';

const statusItem = 'gatehouse.gatehouse.gatehouse.status';
let guarded: GuardedVsCode;

pictureFailures(() => guarded.vscode);
beforeAll(async () => {
  guarded = await GuardedVsCode.open({ name: 'twins' });
});
afterAll(async () => {
  await guarded.close();
});

describe('an unguarded twin of a guarded server', () => {
  test('an unguarded twin turns the status bar item red when it appears, and the guarded server still runs', async () => {
    const { agent, workbench, workspace } = guarded.vscode;
    expect((await workbench.statusItem(statusItem))?.kind).not.toBe('error');

    mkdirSync(path.join(workspace, '.vscode'), { recursive: true });
    const twin = JSON.stringify({ servers: { items: itemsDefinition('') } });
    writeFileSync(path.join(workspace, '.vscode', 'mcp.json'), twin);

    const item = await until('the red item', async () => {
      const shown = await workbench.statusItem(statusItem);
      return shown?.kind === 'error' && shown;
    });
    expect(item.label).toContain('items');
    await guarded.vscode.screenshot('twin');
    expect(await agent.call('_list_items', {})).toContain('a lantern');
    expect(guarded.auditOf('list_items')).not.toEqual([]);
  });
});
