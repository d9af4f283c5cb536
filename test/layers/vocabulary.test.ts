// One word for one thing: the glossary in CONTRIBUTING.md says which, and what it replaces.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

interface Exported {
  readonly name: string;
  readonly file: string;
}

/** The names that a module exports by declaring them, types included. */
function exportedNames(file: string, text: string): readonly Exported[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false);
  return source.statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
    if (!isExported) {
      return [];
    }
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) =>
        ts.isIdentifier(name) ? [{ name: name.text, file }] : [],
      );
    }
    const { name } = statement as ts.DeclarationStatement;
    return name && ts.isIdentifier(name) ? [{ name: name.text, file }] : [];
  });
}

const modules = ['client', 'server'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/'))),
);
const exported = modules.flatMap((file) => exportedNames(file, readFileSync(path.join(root, file), 'utf8')));

/** The rows of the glossary: the word, and the words that it replaces. */
function glossary(): readonly { readonly word: string; readonly not: readonly string[] }[] {
  const text = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');
  const section = /^## Words\n([\s\S]*?)(?=^## )/m.exec(text)?.[1] ?? '';
  return [...section.matchAll(/^\| `?([^|`]+?)`? \|[^|]*\| ([^|]*) \|$/gm)]
    .map(([, word = '', not = '']) => ({
      word,
      not: [...not.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    }))
    .filter(({ word }) => word !== 'word');
}

describe('the glossary in CONTRIBUTING.md', () => {
  test('every word has a meaning, and most replace another', () => {
    const rows = glossary();
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.flatMap(({ not }) => not).length).toBeGreaterThan(15);
  });

  test('no exported name goes against the glossary', () => {
    const forbidden = new Set(glossary().flatMap(({ not }) => not));
    expect(exported.filter(({ name }) => forbidden.has(name))).toEqual([]);
  });

  test.each(['Question', 'Place', 'Outcome', 'Definition', 'Decision', 'Scope'])(
    'the word %s names one thing within a program at most',
    (word) => {
      const side = (file: string): string => (file.startsWith('client/') ? 'client' : 'server');
      const files = exported.filter(({ name }) => name === word).map(({ file }) => side(file));
      expect(files).toEqual([...new Set(files)]);
    },
  );

  test('exports of every kind are held against the glossary', () => {
    const text = `
      export interface Fate {}
      export type Judge = string;
      export class Matter {}
      export function isSteady() {}
      export const Look = 1, Say = 2;
      interface Hidden {}`;
    expect(exportedNames('planted.ts', text).map(({ name }) => name)).toEqual([
      'Fate',
      'Judge',
      'Matter',
      'isSteady',
      'Look',
      'Say',
    ]);
  });
});
