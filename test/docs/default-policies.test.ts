import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../tools';
import { proseLines } from './pages';

/** The rules that the request model lists for a set of policies, in its section "The default policies". */
function documentedRules(set: 'Base' | 'Guardrails'): readonly string[] {
  const lines = proseLines('docs/request-model.md');
  const from = lines.findIndex((line) => line.startsWith(`**${set}**`));
  const rest = lines.slice(from + 1);
  const end = rest.findIndex((line) => line.startsWith('**') || line.startsWith('## '));
  return rest
    .slice(0, end)
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name));
}

function rulesOf(file: string): readonly string[] {
  const policy = parse(readFileSync(path.join(root, file), 'utf8')) as {
    resourcePolicy: { rules: readonly { name: string }[] };
  };
  return policy.resourcePolicy.rules.map(({ name }) => name);
}

describe('the default policies, as the request model tells of them', () => {
  test.each([
    ['Base', 'policies/base/mcp_tool.yaml'],
    ['Guardrails', 'policies/guardrails/mcp_tool.yaml'],
  ] as const)('the default policy %s has exactly these rules', (set, file) => {
    // The last rule of the guardrails only stands in for silence.
    const rules = rulesOf(file).filter((name) => name !== 'everything-else-is-for-the-base-to-decide');
    expect(documentedRules(set).toSorted()).toEqual(rules.toSorted());
  });
});
