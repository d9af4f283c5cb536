import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { untranslated } from './translate';

/** Every literal that is handed to `t(…)`, single- or double-quoted, also one that stands on the next line. */
const call = /\bt\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/g;

function messages(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(call)])
    .map(([, literal = '']) => unquoted(literal));
}

function unquoted(literal: string): string {
  const body = literal.slice(1, -1).replaceAll(/\\(['"])/g, '$1');
  expect(body, 'an escape that this test does not read').not.toContain('\\');
  return body;
}

test('every message is in the bundle that translators start from; `vitest -u` writes it', async () => {
  const found = [...new Set(messages(import.meta.dirname))].sort();
  expect(found.length).toBeGreaterThan(50);
  const bundle = Object.fromEntries(found.map((message) => [message, message]));
  await expect(`${JSON.stringify(bundle, undefined, 2)}\n`).toMatchFileSnapshot('../l10n/bundle.l10n.json');
});

test('arguments are filled into a translation', () => {
  expect(untranslated('{0} of {1} {2}', 'a', 1)).toBe('a of 1 {2}');
});
