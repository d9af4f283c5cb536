import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { albumFiles } from '../../support/language/album';
import { VsCode, pictureFailures } from '../host';
import { until } from '../host/until';
import { Editor } from './editor';

// The album's policy with a wrong key, a derived role that nobody defines, and a field that principals do not have.
const broken = albumFiles['album.yaml']
  .replace('    - name: owners-do-all', '    - nam: owners-do-all')
  .replace('derivedRoles: [owner]', 'derivedRoles: [owners]')
  .replace('V.isPublic && !V.isLocked', 'P.attrs.team == "design"');

/** Where a text begins, as VS Code counts. */
function placeOf(source: string, text: string): { line: number; column: number } {
  const before = source.slice(0, source.indexOf(text)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

let vscode: VsCode;
let editor: Editor;

pictureFailures(() => vscode);
beforeAll(async () => {
  const files = { ...albumFiles, 'album.yaml': broken };
  vscode = await VsCode.open({
    name: 'language',
    workspace: {
      ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`policies/${path}`, text])),
      'deploy.yaml': 'kind: Pod\nexpr: P.attrs\n',
    },
  });
  editor = new Editor(vscode);
});
afterAll(async () => {
  await vscode.close();
});

describe('a policy with three mistakes', () => {
  test('a policy with three mistakes shows three errors, each at its place', async () => {
    await editor.open('album.yaml');
    await editor.untilSquiggles(3, 60_000);
    const problems = await editor.problems();
    await vscode.screenshot('three-errors');
    const place = (text: string): string => {
      const { line, column } = placeOf(broken, text);
      return `[Ln ${line}, Col ${column}]`;
    };
    const about = (code: string): string[] =>
      problems.filter((problem) => problem.includes(`gatehouse${code}[`));
    expect(about('unknown-key')).toEqual([expect.stringContaining(place('nam:'))]);
    expect(about('unknown-derived-role')).toEqual([expect.stringContaining(place('owners]'))]);
    expect(about('undefined-field')).toEqual([expect.stringContaining(place('attrs'))]);
    const errors = problems.filter(
      (problem) => problem.includes('[Ln') && !problem.includes('tests-blocked'),
    );
    expect(errors).toHaveLength(3);
  });

  test('derived roles and the principal’s attributes are proposed in a policy with mistakes', async () => {
    const role = placeOf(broken, 'owners]');
    await editor.goTo(role.line, role.column);
    await editor.replace('owners'.length, '');
    expect(await editor.suggestions()).toEqual(['moderator', 'owner']);
    await vscode.page.keyboard.type('owner');

    const attributes = placeOf(broken, 'attrs.team');
    await editor.goTo(attributes.line, attributes.column);
    await editor.replace('attrs.team'.length, 'attr.');
    const offered = await editor.suggestions(() => vscode.screenshot('completion'));
    expect(offered.slice(0, 2)).toEqual(['level', 'team']);
    await vscode.page.keyboard.type('team');
    await vscode.page.keyboard.press('Escape');

    const key = placeOf(broken, 'nam:');
    await editor.goTo(key.line, key.column + 3);
    await vscode.page.keyboard.type('e');
    await editor.untilSquiggles(0);
    expect(await vscode.workbench.squiggles('error')).toBe(0);
    await vscode.page.keyboard.press('Control+s');
  });
});

describe('a test suite', () => {
  const suite = albumFiles['album_test.yaml'];
  const expectation = placeOf(suite, 'EFFECT_ALLOW\n          delete');

  test('a test suite shows which expectations passed', async () => {
    await editor.open('album_test.yaml');
    await until('the hints', async () => (await vscode.workbench.editorText()).includes('✓ 1'));
    const text = await vscode.workbench.editorText();
    await vscode.screenshot('suite');
    expect(text).toContain('name: owners✓');
  });

  test('an expectation is marked within a second of its change, and cleared when it is changed back', async () => {
    await editor.goTo(expectation.line, expectation.column);
    for (const [text, length, squiggles] of [
      ['EFFECT_DENY', 'EFFECT_ALLOW'.length, 1],
      ['EFFECT_ALLOW', 'EFFECT_DENY'.length, 0],
    ] as const) {
      await editor.goTo(expectation.line, expectation.column);
      await editor.replace(length, text);
      const took = await editor.untilSquiggles(squiggles);
      console.log(`${text}: ${Math.round(took)} ms`);
      if (squiggles === 0) {
        await until('the hint', async () => (await vscode.workbench.editorText()).includes('owners✓ 4'));
        expect(await vscode.workbench.squiggles('error')).toBe(0);
      }
      await vscode.screenshot(squiggles === 1 ? 'expectation-failed' : 'expectation-true-again');
      expect(took).toBeLessThan(1000);
    }
  });

  test('the lens of a test suite explains it, rendered', async () => {
    await editor.clickLens('Why?');
    await vscode.page.locator('.tab', { hasText: 'Why? owners' }).waitFor();
    const preview = editor.preview();
    await preview.locator('h1', { hasText: 'owners' }).waitFor();
    await preview.getByText('owners-do-all decided').first().waitFor();
    expect(await preview.locator('body').innerText()).not.toContain('###');
    await vscode.screenshot('why');
    // Further down: what conditions came to.
    const trace = preview.getByText('P.attr.team == "moderation"').first();
    await trace.scrollIntoViewIfNeeded();
    await vscode.screenshot('why-trace');
  });

  test('the explanation of a test suite has links to the policies', async () => {
    const rule = placeOf(albumFiles['album.yaml'], '- name: owners-do-all');
    await editor
      .preview()
      .getByRole('link', { name: `album.yaml:${rule.line}` })
      .first()
      .click();
    await vscode.page.locator('.tab.active', { hasText: 'album.yaml' }).waitFor();
    await until('the line', async () => {
      const position = await vscode.workbench.statusItem('status.editor.selection');
      return position?.text.startsWith(`Ln ${rule.line},`);
    });
    await vscode.agent.command('workbench.action.closeAllEditors');
    await editor.open('album_test.yaml');
  });

  test('a test suite is in the Test Explorer, with its results', async () => {
    await vscode.agent.command('workbench.view.testing.focus');
    const tests = await until('the suite', async () => {
      const rows = await editor.tests();
      return rows.length > 0 && rows;
    });
    await vscode.screenshot('test-explorer');
    expect(tests.join('\n')).toContain('Albums');
    await editor.goTo(1, 1);
    await editor.clickLens('Run all');
    await until('the results', async () => (await editor.tests()).some((row) => /Albums.*passed/i.test(row)));
    await editor.clickLens('Run', 1);
    await until('the result of the one', async () =>
      (await editor.tests()).some((row) => /Albums.*passed/i.test(row)),
    );
  });
});

describe('tests with coverage', () => {
  test('tests with coverage show what they exercise of the policies', async () => {
    await vscode.agent.command('testing.coverageAll');
    const files = await until('the coverage', async () => {
      const rows = await editor.coverage();
      return rows.some((row) => row.includes('roles.yaml')) && rows;
    });
    await vscode.screenshot('coverage');
    expect(files).toContainEqual(expect.stringMatching(/^album\.yaml\s+80\.00%/));
    expect(files).toContainEqual(expect.stringMatching(/^roles\.yaml\s+100\.00%/));
    await editor.openCovered('album.yaml');
    await until('the rules in the editor', async () => (await editor.coveredLines()) > 0);
    await vscode.screenshot('coverage-editor');
    await vscode.agent.command('testing.coverage.close');
  });
});

test('the extension leaves other YAML alone', async () => {
  await editor.open('deploy.yaml');
  expect(await vscode.workbench.squiggles('error')).toBe(0);
  expect(await vscode.page.locator('.codelens-decoration').count()).toBe(0);
});
