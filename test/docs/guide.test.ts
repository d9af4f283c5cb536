// Follows the guide, "Your own policies", step by step: its files, its commands, and then a guard in force.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundling, entryPoints } from '../../esbuild.js';
import { cerbosCompile } from '../policies/compile';
import { starterPolicy } from '../support/client/starter-policy';
import { decisionOf } from '../support/guard/decision-of';
import { root } from '../tools';
import { codeBlocks } from './pages';

const blocks = codeBlocks('docs/guide.md').filter(({ section }) => section === 'Your own policies');
const commands = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text.trim().split(' '));

let home: string;
let cli: string;

beforeAll(async () => {
  home = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-guide-'));
  cli = path.join(home, 'installation', 'dist', 'cli.js');
  cpSync(path.join(root, 'policies'), path.join(home, 'installation', 'policies'), { recursive: true });
  await build({
    ...bundling,
    entryPoints: { cli: entryPoints.cli, engine: entryPoints.engine },
    outdir: path.dirname(cli),
    logLevel: 'silent',
  });
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const state = (): string => path.join(home, '.gatehouse');
const policies = (): string => path.join(state(), 'policies');

/** Runs a command of the guide; `more` stands for the person who answers its question. */
function run(words: readonly string[], ...more: string[]): { code: number | null; out: string } {
  const args = words.slice(1).map((word) => word.replace(/^~/, home));
  const env = { PATH: process.env['PATH'], HOME: home, USERPROFILE: home, GATEHOUSE_HOME: state() };
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args, ...more], {
    env,
    encoding: 'utf8',
    cwd: home,
  });
  return { code: status, out: stdout + stderr };
}

/** How a call of a tool that a person has accepted comes out. */
const decision = (tool: string, args: Record<string, string>, readOnly: boolean): string =>
  decisionOf({ state: state(), builtin: path.join(home, 'installation', 'policies') }, tool, args, readOnly);

const calls = (): Record<string, string> => ({
  'a search': decision('search', { query: 'news' }, false),
  'a deployment to production': decision('deploy', { environment: 'production' }, false),
  'a deployment to staging': decision('deploy', { environment: 'staging' }, false),
  reading: decision('read_item', {}, true),
  deleting: decision('delete_item', { id: '1' }, false),
});

describe('the guide, followed step by step', () => {
  test('the guide begins with the built-in rules', () => {
    mkdirSync(policies(), { recursive: true, mode: 0o700 });
    writeFileSync(path.join(policies(), starterPolicy.name), starterPolicy.text);
    expect(run(['gatehouse', 'activate'], '--yes')).toMatchObject({ code: 0 });
    expect(calls()).toEqual({
      'a search': 'ask: writing-asks',
      'a deployment to production': 'ask: running-code-asks',
      'a deployment to staging': 'ask: running-code-asks',
      reading: 'allow: reading-is-free',
      deleting: 'ask: deletions-ask',
    });
  });

  test('the files of the guide pass its commands, and add rules without taking any away', async () => {
    for (const { language, text } of blocks) {
      const file = /^# policies\/(\S+)\n/.exec(text)?.[1];
      if (language === 'yaml' && file !== undefined) {
        writeFileSync(path.join(policies(), file), text);
      }
    }
    expect((await cerbosCompile(policies())).exitCode).toBe(0);
    expect(commands.map(([name, command]) => `${name ?? ''} ${command ?? ''}`)).toEqual([
      'gatehouse compile',
      'gatehouse activate',
    ]);
    const [compile = [], activate = []] = commands;
    expect(run(compile)).toMatchObject({ code: 0 });
    const { code, out } = run(activate, '--yes');
    expect(code, out).toBe(0);
    expect(out).toContain('tests: 3 passed');
    expect(out).toContain('extend the built-in base');
    expect(calls()).toEqual({
      'a search': 'allow: search-is-free',
      'a deployment to production': 'deny: production-is-for-people',
      'a deployment to staging': 'ask: running-code-asks',
      reading: 'allow: reading-is-free',
      deleting: 'ask: deletions-ask',
    });
  });

  test('failing tests are reported before anything comes into force', () => {
    const file = path.join(policies(), 'mcp_tool.yaml');
    const text = blocks.find((block) => block.text.startsWith('# policies/mcp_tool.yaml'))?.text ?? '';
    writeFileSync(file, text.replace('== "production"', '== "nowhere"').replace('[search]', '[find]'));
    const refused = run(['gatehouse', 'activate'], '--yes');
    expect(refused.code, refused.out).toBe(4);
    expect(refused.out).toMatch(
      /tests: 2 passed, 1 FAILED\n {4}FAILED mcp_tool_test\.yaml:\d+: My rules, searching is free: /,
    );
    expect(decision('search', {}, false)).toBe('allow: search-is-free');
    expect(run(['gatehouse', 'activate'], '--yes', '--despite-failing-tests').code).toBe(0);
    expect(decision('search', {}, false)).toBe('ask: writing-asks');
    writeFileSync(file, text);
    expect(run(['gatehouse', 'activate'], '--yes').code).toBe(0);
  });

  test('the base is replaced only on request, which lists what is given up and can be undone', () => {
    const shown = run(['gatehouse', 'activate', '--replace-base', '--json']).out;
    expect(JSON.parse(shown)).toMatchObject({ changes: [{ files: [], base: { mode: 'replaced' } }] });
    const { code, out } = run(['gatehouse', 'activate', '--replace-base'], '--yes');
    expect(code, out).toBe(0);
    for (const rule of [
      'mcp:tool: deletions-ask',
      'mcp:tool: reading-is-free',
      'mcp:resource: reading-is-free-and-counted',
    ]) {
      expect(out).toContain(rule);
    }
    expect(out).toMatch(/the base's own tests under yours: \d+ passed, [1-9]\d* FAILED/);
    expect(decision('read_item', {}, true)).toBe('deny: no-rule-matches');
    expect(run(['gatehouse', 'activate'], '--yes').out).toContain('is what is in force');
    expect(run(['gatehouse', 'activate', '--extend-base'], '--yes').code).toBe(0);
    expect(decision('read_item', {}, true)).toBe('allow: reading-is-free');
  });
});
