import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { itemsDefinition } from './guarded';
import { pictureFailures, VsCode, writeFiles } from './host';
import { until } from './host/until';

const configuration = JSON.stringify({ servers: { items: itemsDefinition('') } }, undefined, 2);
const policy = [
  'apiVersion: api.cerbos.dev/v1',
  'resourcePolicy: {resource: mcp:tool, version: default, rules: [{actions: [x], effect: EFFECT_DENY, roles: ["*"]}]}',
  '',
].join('\n');

let vscode: VsCode;
pictureFailures(() => vscode);
beforeAll(async () => {
  vscode = await VsCode.open({ name: 'needs', workspace: { '.vscode/mcp.json': configuration } });
  await until('the extension', () => vscode.agent.isActive('gatehouse.gatehouse'));
});
afterAll(async () => {
  await vscode.close();
});

/** The rows of the view, once one has the text. */
async function needs(text: string): Promise<string[]> {
  return await until(`"${text}" in the view`, async () => {
    // The view has nothing to be focused before it is there.
    await vscode.agent.command('gatehouse.needs.focus').catch(() => undefined);
    const rows = await vscode.workbench.rows('Needs You');
    return rows.some((row) => row.includes(text)) && rows;
  });
}

/** Waits until nothing in the view has the text; the view itself is there only while anything waits. */
async function answered(text: string): Promise<void> {
  await until(`no "${text}" in the view`, async () => {
    const rows = await vscode.workbench.rows('Needs You');
    return !rows.some((row) => row.includes(text));
  });
}

/** The pictures with a description in the window and all its webviews: whether each is shown. */
async function pictures(): Promise<{ readonly alt: string; readonly shown: boolean }[]> {
  const found = await Promise.all(
    vscode.page
      .frames()
      .map((frame) =>
        frame
          .evaluate(() =>
            [...document.querySelectorAll('img')]
              .filter(({ alt }) => alt !== '')
              .map(({ alt, naturalWidth }) => ({ alt, shown: naturalWidth > 0 })),
          )
          .catch(() => []),
      ),
  );
  return found.flat();
}

test('the page of the extension says in words what VS Code shows no picture of there', async () => {
  const { agent, page } = vscode;
  await agent.command('extension.open', 'gatehouse.gatehouse');
  await until('the page', async () => {
    const texts = await Promise.all(
      page.frames().map((frame) =>
        frame
          .locator('body')
          .innerText()
          .catch(() => ''),
      ),
    );
    return texts.some((text) => text.includes('A dialog: an agent wants to use write_file'));
  });
  expect((await pictures()).filter(({ shown }) => !shown)).toEqual([]);
  await vscode.screenshot('page');
  await agent.command('workbench.action.closeAllEditors');
});

test('the walkthrough shows the pictures', async () => {
  const { agent, page } = vscode;
  await agent.command('workbench.action.openWalkthrough', 'gatehouse.gatehouse#start', false);
  // The picture has room only beside the steps.
  await agent.command('workbench.action.closeSidebar');
  await page.locator('.getting-started-step', { hasText: 'One question a call' }).click();
  await until('the picture', async () =>
    (await pictures()).some(({ alt, shown }) => shown && alt.startsWith('A dialog')),
  );
  await vscode.screenshot('walkthrough-picture');
});

test('the walkthrough ticks nothing by itself', async () => {
  await vscode.agent.command('workbench.action.openWalkthrough', 'gatehouse.gatehouse#start', false);
  expect(await vscode.workbench.steps()).toEqual({
    'Guard your MCP servers': false,
    'One question a call, not two': false,
    'Make the rules yours': false,
    'See what agents did': false,
  });
});

describe('the question whether tools are accepted, read in a document', () => {
  const question = 'Accept the 5 tools of items?';

  test('the document with tools to accept does not focus yes, and has its buttons in its title', async () => {
    const { quickInput, workbench } = vscode;
    await workbench.runCommand('Gatehouse: Guard MCP Servers…');
    await quickInput.tick('items');
    await quickInput.accept();
    await until('the tools', async () =>
      (await quickInput.items()).some((label) => label.includes('Accept')),
    );
    expect(await quickInput.focused()).toContain('Read everything in a document');
    await quickInput.choose('Read everything in a document');
    await until('the document', async () =>
      (await workbench.editorText()).includes('What the server items says'),
    );
    await until('its buttons', async () => {
      const buttons = await workbench.titleButtons();
      return buttons.includes('Not Now') && buttons.indexOf('Accept Tools') > buttons.indexOf('Not Now');
    });
    await needs(question);
    await until('the number on the icon', async () => {
      const rows = await workbench.rows('Needs You');
      return (await workbench.badge('Gatehouse')) === String(rows.length);
    });
    await vscode.screenshot('tools');
  });

  test('the question about tools stays when the document and all notifications are closed, and leads back to it', async () => {
    const { agent, workbench } = vscode;
    await agent.command('workbench.action.closeAllEditors');
    await agent.command('notifications.clearAll');
    await needs(question);
    await workbench.clickRow('Needs You', question);
    await until('the document', async () => (await workbench.titleButtons()).includes('Accept Tools'));
  });

  test('the question about tools is over once it is answered in the title', async () => {
    const { notifications, workbench } = vscode;
    await workbench.clickTitle('Accept Tools');
    await notifications.message('The 5 tools of items are accepted.');
    await answered(question);
    expect(await workbench.titleButtons()).not.toContain('Accept Tools');
  });

  test('accepting tools ticks its step in the walkthrough, and no other', async () => {
    const { agent, quickInput, workbench } = vscode;
    await until('the offer to disable the original', async () =>
      (await quickInput.items()).some((label) => label.includes('Disable items')),
    );
    await quickInput.dismiss();
    await agent.command('workbench.action.openWalkthrough', 'gatehouse.gatehouse#start', false);
    await until('the tick', async () => (await workbench.steps())['Guard your MCP servers']);
    const steps = await workbench.steps();
    expect(Object.values(steps).filter(Boolean)).toHaveLength(1);
    await vscode.screenshot('walkthrough');
    await agent.command('workbench.action.closeAllEditors');
  });
});

describe('the question whether changes are activated', () => {
  const review = 'Review what was changed';
  const question = 'Activate what was changed';

  test('the question about changes is in the view when a file was edited, and in the title of the differences', async () => {
    const { agent, workbench } = vscode;
    writeFiles(vscode.workspace, { '.gatehouse/policies/mcp_tool.yaml': policy });
    await needs(review);
    await agent.command('notifications.clearAll');
    await workbench.clickRow('Needs You', review);
    await until('its buttons', async () => {
      const buttons = await workbench.titleButtons();
      return buttons.includes('Not Now') && buttons.includes('Activate…');
    });
    await needs(question);
    await vscode.screenshot('changes');
  });

  test('the question about changes stays when the differences are closed, and Enter activates nothing', async () => {
    const { agent, dialog, workbench } = vscode;
    await agent.command('workbench.action.closeAllEditors');
    await needs(question);
    await workbench.clickRow('Needs You', question);
    await until('its buttons', async () => (await workbench.titleButtons()).includes('Activate…'));
    await workbench.clickTitle('Activate…');
    await dialog.appears();
    await vscode.screenshot('activate');
    expect(await dialog.press('Enter')).toBe('Show Changes');
    await dialog.disappears();
    await needs(question);
  });

  test('the question about changes is over once it is answered', async () => {
    const { dialog, notifications, workbench } = vscode;
    await until('its buttons', async () => (await workbench.titleButtons()).includes('Activate…'));
    await workbench.clickTitle('Activate…');
    await dialog.read('Activate');
    await notifications.message('The changes are in force.');
    await answered('changed');
  });

  test('the question about changes says first which tests fail, and has no plain Activate then', async () => {
    const { agent, dialog, workbench } = vscode;
    const suite = [
      'name: Rules',
      'principals: {ann: {id: ann, roles: [agent]}}',
      'resources: {call: {id: a/x, kind: "mcp:tool"}}',
      'tests:',
      '  - name: x is allowed',
      '    input: {principals: [ann], resources: [call], actions: [x]}',
      '    expected: [{principal: ann, resource: call, actions: {x: EFFECT_ALLOW}}]',
      '',
    ].join('\n');
    writeFiles(vscode.workspace, { '.gatehouse/policies/mcp_tool_test.yaml': suite });
    await needs(review);
    await agent.command('gatehouse.activateChanges');
    await until('its buttons', async () => (await workbench.titleButtons()).includes('Activate…'));
    await workbench.clickTitle('Activate…');
    await dialog.appears();
    await vscode.screenshot('failing');
    expect(await dialog.detail()).toMatch(/x is allowed|test/);
    await dialog.read('Activate Despite Failing Tests');
    await answered('changed');
  });

  test('Not Now puts the question about changes off, until something else is edited', async () => {
    const { agent, workbench } = vscode;
    writeFiles(vscode.workspace, { '.gatehouse/policies/mcp_tool.yaml': `# once\n${policy}` });
    await needs(review);
    await agent.command('gatehouse.activateChanges');
    await until('its buttons', async () => (await workbench.titleButtons()).includes('Not Now'));
    await workbench.clickTitle('Not Now');
    await answered('changed');
    writeFiles(vscode.workspace, { '.gatehouse/policies/mcp_tool.yaml': `# twice\n${policy}` });
    await needs(review);
  });
});

describe('an unguarded twin', () => {
  const file = (): string => path.join(vscode.workspace, '.vscode', 'mcp.json');

  test('an unguarded twin is disabled by an edit that is shown first', async () => {
    const { agent, quickInput, workbench } = vscode;
    await needs('Agents can use items without a guard');
    await workbench.clickRow('Needs You', 'Agents can use items without a guard');
    await quickInput.choose(/Disable items…/);
    await until('its buttons', async () => (await workbench.titleButtons()).includes('Disable Server'));
    expect(readFileSync(file(), 'utf8')).toBe(configuration);
    await vscode.screenshot('disable');
    await agent.command('workbench.action.closeAllEditors');
    await needs('Disable items in .vscode/mcp.json?');
    await workbench.clickRow('Needs You', 'Disable items in .vscode/mcp.json?');
    await until('its buttons', async () => (await workbench.titleButtons()).includes('Disable Server'));
    await workbench.clickTitle('Disable Server');
    await answered('items');
    expect(readFileSync(file(), 'utf8')).not.toContain('items.mjs');
  });
});
