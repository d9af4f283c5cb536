import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../tools';
import { cerbosCompile } from './compile';
import { mutants, plant } from './mutants';

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

describe.each(['policies/base', 'policies/guardrails', 'demo/.gatehouse/policies'])(
  'the suites of %s notice when',
  (folder) => {
    const directory = path.join(root, folder);

    test.each(mutants(directory).map((mutant) => [mutant.name, mutant] as const))(
      '%s',
      async (name, mutant) => {
        const copy = plant(directory, mutant);
        try {
          const { exitCode, stderr } = await cerbosCompile(copy);
          expect(exitCode, stderr).toBe(unnoticeable.has(name) ? 0 : 4);
        } finally {
          rmSync(copy, { recursive: true });
        }
      },
    );
  },
);
