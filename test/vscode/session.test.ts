import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GuardedVsCode, textOf } from './guarded';
import { pictureFailures } from './host';
import { until } from './host/until';

let guarded: GuardedVsCode;

pictureFailures(() => guarded.vscode);
beforeAll(async () => {
  guarded = await GuardedVsCode.open({ name: 'session' });
});
afterAll(async () => {
  await guarded.close();
});

const deletions = (): number => guarded.executed().filter(({ tool }) => tool === 'delete_item').length;

describe('deletions in one session', () => {
  test('five deletions in one session are asked about', async () => {
    const { agent, dialog } = guarded.vscode;
    for (let time = 1; time <= 5; time += 1) {
      const answer = agent.call('_delete_item', { id: String(time) });
      await dialog.appears();
      expect(await dialog.message()).toBe('code-server wants to use delete_item of items');
      await dialog.read('Allow once');
      expect(await answer).toMatch(/deleted|nothing at/);
      expect(deletions()).toBe(time);
    }
    expect(await dialog.seen()).toHaveLength(5);
  });

  test('deletions in one session are denied from the sixth on, without a dialog', async () => {
    const { agent, dialog } = guarded.vscode;
    expect(await agent.call('_delete_item', { id: '6' })).toMatch(/five deletions|halted/);
    expect(await dialog.seen()).toHaveLength(5);
    expect(deletions()).toBe(5);
  });

  test('deletions in one session are denied from a second connection too', async () => {
    const client = await guarded.secondConnection();
    const result = await client.callTool({ name: 'delete_item', arguments: { id: '7' } });
    await client.close();
    expect(result.isError).toBe(true);
    expect(textOf(result)).toMatch(/five deletions|halted/);
    expect(deletions()).toBe(5);
  });

  test('all stand in the Decisions view, each with its rule and approver', async () => {
    const { workbench } = guarded.vscode;
    await workbench.runCommand('Gatehouse: Focus on Decisions View');
    const rows = await until('seven decisions in the view', async () => {
      const shown = (await workbench.rows('Decisions')).filter((row) => row.includes('delete_item'));
      return shown.length >= 7 && shown;
    });
    expect(rows.filter((row) => /^denied.*rule /.test(row))).toHaveLength(2);
    expect(rows.filter((row) => /^allowed.*rule .*approved by /.test(row))).toHaveLength(5);
    await workbench.widenSideBar(700);
    await guarded.vscode.screenshot('decisions');
  });
});
