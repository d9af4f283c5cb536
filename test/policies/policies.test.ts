import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../tools';
import { type Compiled, cerbosCompile, gatehouseCompile, type TestedAction, testedActions } from './compile';

const folders = ['policies/base', 'policies/guardrails', 'demo/.gatehouse/policies'];

describe.each(folders)('%s', (folder) => {
  const directory = path.join(root, folder);
  let cerbos: Compiled;

  beforeAll(async () => {
    cerbos = await cerbosCompile(directory);
  });

  test('the policies compile and pass their suites under cerbos 0.55', () => {
    expect(cerbos.exitCode, cerbos.stderr).toBe(0);
    expect(testedActions(cerbos.output).length).toBeGreaterThan(5);
  });

  test('a policy set has exactly the same effects, outputs and counts under Gatehouse', async () => {
    const compile = await gatehouseCompile();
    const gatehouse = await compile(directory);
    expect(gatehouse.exitCode, gatehouse.stderr).toBe(0);
    expect(gatehouse.output).toEqual(cerbos.output);
  });

  test('no suite and no test is skipped', () => {
    expect(new Set(testedActions(cerbos.output).map(({ result }) => result))).toEqual(
      new Set(['RESULT_PASSED']),
    );
  });
});

// A suite cannot say that an output must be absent, so what is counted, and when a session halts, is said here.
describe('outputs of the base', () => {
  let decisions: readonly TestedAction[];

  beforeAll(async () => {
    decisions = testedActions((await cerbosCompile(path.join(root, 'policies/base'))).output);
  });

  /** The allowed decisions whose outputs contain this under `gatehouse`. */
  const allowedWith = (key: string, value: unknown): TestedAction[] =>
    decisions.filter(
      ({ effect, outputs }) =>
        effect === 'EFFECT_ALLOW' &&
        outputs.some(({ val }) => (val as { gatehouse: Record<string, unknown> }).gatehouse[key] === value),
    );
  const resourcesOf = (tested: readonly TestedAction[]): string[] =>
    [...new Set(tested.map(({ resource }) => resource))].sort();

  test('deletions are counted for deletions only', () => {
    expect(resourcesOf(allowedWith('count', 'deletions'))).toEqual(['delete_item']);
  });

  test('only the fifth deletion halts', () => {
    const halting = allowedWith('halt', true);
    expect(resourcesOf(halting)).toEqual(['delete_item']);
    expect(new Set(halting.map(({ principal }) => principal))).toEqual(
      new Set(['approved_agent_after_four_deletions']),
    );
  });

  test('reading the open world without a path is not counted as private', () => {
    const counted = resourcesOf(allowedWith('count', 'privateReads'));
    expect(counted).toEqual(
      expect.arrayContaining(['read_file', 'query_database', 'upload_file', 'resource']),
    );
    for (const open of ['search_web', 'web_status', 'post_comment']) {
      expect(counted).not.toContain(open);
    }
  });

  test('only changes that destroy nothing, asking the model, completing and unknown methods may be remembered', () => {
    const rememberable = decisions.filter(({ outputs }) =>
      outputs.some(({ val }) => {
        const { ask } = (val as { gatehouse: { ask?: { remember?: { session?: boolean } } } }).gatehouse;
        return ask?.remember?.session === true;
      }),
    );
    expect(resourcesOf(rememberable)).toEqual([
      'completion',
      'completion_outside',
      'completion_without_facts',
      'create_directory',
      'other',
      'other_without_facts',
      'sampling',
    ]);
  });
});

test('base and guardrails mean the same by a deletion', () => {
  const deletes = (folder: string): unknown => {
    const text = readFileSync(path.join(root, folder, 'mcp_tool.yaml'), 'utf8');
    const policy = parse(text) as { resourcePolicy: { variables: { local: { deletes: string } } } };
    return policy.resourcePolicy.variables.local.deletes;
  };
  expect(deletes('policies/guardrails')).toBe(deletes('policies/base'));
});
