import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directItems, GuardedVsCode, textOf } from './guarded';
import { pictureFailures } from './host';
import { until } from './host/until';

let guarded: GuardedVsCode;
const vscode = (): GuardedVsCode['vscode'] => guarded.vscode;

pictureFailures(() => guarded.vscode);
beforeAll(async () => {
  guarded = await GuardedVsCode.open({
    name: 'approvals',
    workspace: { 'notes/plan.md': 'Buy a lantern.\n' },
  });
});
afterAll(async () => {
  await guarded.close();
});

describe('a tool that policy forbids', () => {
  test('a tool that policy forbids is the one that the guarded list lacks', async () => {
    const direct = await directItems('');
    const all = (await direct.listTools()).tools.map(({ name }) => name);
    await direct.close();
    const offered = (await vscode().agent.tools()).map(({ name }) => name);
    const guardedOnes = all.filter((tool) => offered.some((name) => name.endsWith(`_${tool}`)));
    expect(all.filter((tool) => !guardedOnes.includes(tool))).toEqual(['wipe_database']);
    expect(guardedOnes).toHaveLength(all.length - 1);
  });

  test('a tool that policy forbids is refused when it is called anyway', async () => {
    const client = await guarded.secondConnection();
    const result = await client.callTool({ name: 'wipe_database', arguments: {} });
    await client.close();
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('nobody-wipes-the-database');
    expect(guarded.executed().map(({ tool }) => tool)).not.toContain('wipe_database');
  });
});

describe('reading and writing a file', () => {
  test('reading a file needs no dialog', async () => {
    const file = path.join(vscode().workspace, 'notes', 'plan.md');
    expect(await vscode().agent.call('_read_text_file', { path: file })).toContain('Buy a lantern.');
    expect(await vscode().dialog.seen()).toEqual([]);
  });

  test('writing a file asks before, and Deny leaves the file absent and tells the agent why', async () => {
    const file = path.join(vscode().workspace, 'notes', 'denied.md');
    const before = (await vscode().dialog.seen()).length;
    // The path as an agent may write it, too: relative to the folder.
    const answer = vscode().agent.call('_write_file', { path: 'notes/denied.md', content: 'Buy a key.' });
    await vscode().dialog.appears();
    expect(await vscode().dialog.message()).toBe('code-server wants to use write_file of files');
    const detail = await vscode().dialog.detail();
    for (const part of [
      'files',
      'write_file',
      'denied.md',
      'may overwrite or destroy something',
      'code-server',
    ]) {
      expect(detail).toContain(part);
    }
    await vscode().screenshot('dialog');
    await vscode().dialog.click('Deny');
    expect(await answer).toContain('may overwrite or destroy something');
    expect(existsSync(file)).toBe(false);
    expect(await vscode().dialog.seen()).toHaveLength(before + 1);
  });

  test('writing a file needs Allow once, in one dialog in all', async () => {
    const file = path.join(vscode().workspace, 'notes', 'allowed.md');
    const before = (await vscode().dialog.seen()).length;
    const answer = vscode().agent.call('_write_file', { path: file, content: 'A lantern.' });
    await vscode().dialog.read('Allow once');
    expect(await answer).toContain('Successfully wrote');
    expect(readFileSync(file, 'utf8')).toBe('A lantern.');
    expect(await vscode().dialog.seen()).toHaveLength(before + 1);
  });
});

describe('an approval by accident', () => {
  test('Enter does not approve by accident', async () => {
    const file = path.join(vscode().workspace, 'notes', 'enter.md');
    const answer = vscode().agent.call('_write_file', { path: file, content: 'x' });
    await vscode().dialog.appears();
    expect(await vscode().dialog.press('Enter')).toBe('Deny');
    await vscode().dialog.disappears();
    await answer;
    expect(existsSync(file)).toBe(false);
    expect(lastApproval('write_file')).toMatchObject({ outcome: 'denied' });
    expect(lastApproval('write_file').why).toMatch(/said no/);
  });

  test('Allow once before anybody can have read the question asks once more, and then denies', async () => {
    const file = path.join(vscode().workspace, 'notes', 'fast.md');
    const before = (await vscode().dialog.seen()).length;
    const answer = vscode().agent.call('_write_file', { path: file, content: 'x' });
    for (const time of [1, 2]) {
      await vscode().dialog.appears();
      if (time === 2) {
        expect(await vscode().dialog.detail()).toContain('came so fast');
      }
      await vscode().dialog.click('Allow once');
      await vscode().dialog.disappears();
    }
    await answer;
    expect(existsSync(file)).toBe(false);
    expect(await vscode().dialog.seen()).toHaveLength(before + 2);
    expect(lastApproval('write_file')).toMatchObject({ outcome: 'too-fast' });
    expect(lastApproval('write_file').why).toMatch(/too fast/);
  });
});

describe('an answer with more thought', () => {
  test('Details… shows the whole request and asks again', async () => {
    const { agent, dialog, workbench } = vscode();
    const answer = agent.call('_add_item', { text: 'a compass' });
    await dialog.read('Details…');
    await dialog.disappears();
    await until('the request in an editor', async () =>
      (await workbench.editorText()).includes('"principal"'),
    );
    await agent.command('workbench.action.closeActiveEditor');
    await dialog.appears();
    expect(await dialog.message()).toBe('code-server wants to use add_item of items');
    expect(await dialog.press('Escape')).toBe('Deny');
    expect(await answer).not.toContain('added');
    expect(guarded.executed().map(({ tool }) => tool)).not.toContain('add_item');
  });

  test('Allow… can approve for the session', async () => {
    const { agent, dialog, quickInput } = vscode();
    const answer = agent.call('_add_item', { text: 'a compass' });
    await dialog.read('Allow…');
    expect(await quickInput.items()).toEqual([
      'Just this once',
      'For this session',
      'Just this once, and write a rule…',
    ]);
    await quickInput.read('For this session');
    expect(await answer).toContain('added');

    const before = (await dialog.seen()).length;
    expect(await agent.call('_add_item', { text: 'a rope' })).toContain('added');
    expect(await dialog.seen()).toHaveLength(before);
  });

  test('one dialog can approve calls that wait together', async () => {
    const { agent, dialog } = vscode();
    const before = (await dialog.seen()).length;
    const answers = [1, 2, 3].map((id) => agent.call('_delete_item', { id: String(id) }));
    await dialog.appears();
    // The first call may have come too early for the others to be in its dialog.
    if ((await dialog.message()).includes('delete_item')) {
      await dialog.click('Deny');
      await dialog.disappears();
      await dialog.appears();
    }
    expect(await dialog.message()).toMatch(/code-server wants to make [23] calls/);
    expect(await dialog.focused()).toBe('Deny all');
    await dialog.click('Deny all');
    for (const text of await Promise.all(answers)) {
      expect(text).toContain('deletes something');
    }
    expect((await dialog.seen()).length - before).toBeLessThanOrEqual(2);
    expect(guarded.executed().map(({ tool }) => tool)).not.toContain('delete_item');
  });
});

test('the status bar counts what was allowed, asked and denied', async () => {
  const item = await until('the counts', () =>
    vscode().workbench.statusItem('gatehouse.gatehouse.gatehouse.status'),
  );
  expect(item.kind).toBe('plain');
  expect(item.label).toMatch(/allowed/);
});

function lastApproval(tool: string): { outcome: string; why?: string } {
  const approvals = guarded.auditOf(tool).filter((record) => record.type === 'approval');
  const last = approvals.at(-1);
  if (last === undefined) {
    throw new Error(`The audit has no approval of ${tool}.`);
  }
  return last;
}
