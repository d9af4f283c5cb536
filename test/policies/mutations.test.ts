import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compilePolicySet, type PolicyFile, runSuites } from '../../server/policy';
import { root } from '../tools';
import { mutants } from './mutants';
import { readPolicyDirectory } from '../../server/policy/folder';

/** Faults that no suite can notice, each with the reason. */
const unnoticeable = new Map([
  ['mcp_tool.yaml: reading-is-free without its condition', 'writing-asks denies what is not reading'],
  ['mcp_tool.yaml: a-person-allowed-it without its condition', 'writing-asks denies while nobody allowed it'],
  ['mcp_sampling.yaml: a-person-allowed-it without its condition', 'asking-the-model-asks denies meanwhile'],
  [
    'mcp_tool.yaml: private-reading-is-counted without its condition',
    'counts too much: policies.test.ts sees that',
  ],
  [
    'mcp_tool.yaml: deletions-are-counted without its condition',
    'counts too much: policies.test.ts sees that',
  ],
  ['mcp_tool.yaml: the-fifth-deletion-halts-the-session without its condition', 'halts too soon: the same'],
]);

// Gatehouse's own engine runs the suites: policies.test.ts shows that the real Cerbos does the same.
describe.each(['policies/base', 'policies/guardrails', 'demo/.gatehouse/policies'])(
  'the suites of %s notice',
  (folder) => {
    const directory = path.join(root, folder);
    let files: readonly PolicyFile[];

    beforeAll(async () => {
      files = await readPolicyDirectory(directory);
    });

    /** How the suites come out with one file replaced. */
    function resultWith(replaced: string, text: string): string {
      const { issues, set, suites } = compilePolicySet(
        files.map((file) => (file.path === replaced ? { ...file, text } : file)),
      );
      if (set === undefined) {
        throw new Error(issues.map(({ message }) => message).join('; '));
      }
      return runSuites(set, suites).summary.result;
    }

    test('nothing when nothing is wrong', () => {
      expect(resultWith('', '')).toBe('passed');
    });

    test.each(mutants(directory).map((mutant) => [mutant.name, mutant] as const))(
      'the suites notice %s',
      (name, { file, text }) => {
        expect(resultWith(file, text)).toBe(unnoticeable.has(name) ? 'passed' : 'failed');
      },
    );
  },
);
