// One word for one thing: the glossary in CONTRIBUTING.md says which, and what it replaces.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

interface Declared {
  readonly name: string;
  readonly file: string;
  /** Declared at the top of a module, with `export`. */
  readonly isExported: boolean;
}

/** The names that a module declares: types, functions, variables, parameters and members, wherever they are. */
function declaredNames(file: string, text: string): readonly Declared[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Declared[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) && isDeclared(node)) {
      found.push({ name: node.text.replace('#', ''), file, isExported: isExported(node.parent) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isDeclared(node: ts.Identifier | ts.PrivateIdentifier): boolean {
  const { parent } = node;
  return 'name' in parent && parent.name === node && !ts.isPropertyAccessExpression(parent);
}

function isExported(declaration: ts.Node): boolean {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return (
    ts.isSourceFile(statement.parent) &&
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
  );
}

const modules = ['client', 'server'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/'))),
);
const declared = modules.flatMap((file) => declaredNames(file, readFileSync(path.join(root, file), 'utf8')));

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

  test('no declared name goes against the glossary', () => {
    const forbidden = new Set(glossary().flatMap(({ not }) => not));
    expect(declared.filter(({ name }) => forbidden.has(name))).toEqual([]);
  });

  test.each(['Question', 'Place', 'Outcome', 'Definition', 'Decision', 'Scope'])(
    'the word %s names one thing within a program at most',
    (word) => {
      const side = (file: string): string => (file.startsWith('client/') ? 'client' : 'server');
      const files = declared
        .filter(({ name, isExported: exported }) => exported && name === word)
        .map(({ file }) => side(file));
      expect(files).toEqual([...new Set(files)]);
    },
  );

  test('declarations of every kind are held against the glossary', () => {
    const text = `
      export interface Fate { readonly verdict: string }
      export type Judge = string;
      export class Matter { #ruling = 1; }
      export function isSteady(consulted: string) {}
      export const Look = 1, Say = 2;
      interface Hidden {}`;
    const names = declaredNames('planted.ts', text);
    expect(names.filter(({ isExported: exported }) => exported).map(({ name }) => name)).toEqual([
      'Fate',
      'Judge',
      'Matter',
      'isSteady',
      'Look',
      'Say',
    ]);
    expect(names.filter(({ isExported: exported }) => !exported).map(({ name }) => name)).toEqual([
      'verdict',
      'ruling',
      'consulted',
      'Hidden',
    ]);
  });
});
