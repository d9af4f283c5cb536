import type { DocumentSymbol } from 'vscode-languageserver';
import { expect, test } from 'vitest';
import { albumFiles } from '../../../test/support/language/album';
import { fileIn, workspaceOf } from '../../../test/support/language/fixture-workspace';
import { documentSymbols } from './document-symbols';

/** The outline as an indented list. */
function outline(path: keyof typeof albumFiles): string[] {
  const lines = (symbols: readonly DocumentSymbol[], depth = 0): string[] =>
    symbols.flatMap(({ name, children = [] }) => [
      `${'  '.repeat(depth)}${name}`,
      ...lines(children, depth + 1),
    ]);
  return lines(documentSymbols(fileIn(workspaceOf(albumFiles), path).file));
}

test('the outline of a policy lists its names', () => {
  expect(outline('album.yaml')).toEqual([
    'album',
    '  isPublic',
    '  limit',
    '  owners-do-all',
    '  public-view',
    '  moderators-delete',
  ]);
  expect(outline('roles.yaml')).toEqual(['common', '  owner', '  moderator']);
  expect(outline('shared.yaml')).toEqual(['shared', '  isLocked']);
});

test('the outline of suites and fixtures lists their parts', () => {
  expect(outline('album_test.yaml')).toEqual(['Albums', '  owners', '  moderators']);
  expect(outline('testdata/principals.yaml')).toEqual(['principals', '  alice', '  bob']);
});

test('the selection of a symbol is within its range', () => {
  const check = ({ range, selectionRange, children = [] }: DocumentSymbol): void => {
    expect(range.start.line).toBeLessThanOrEqual(selectionRange.start.line);
    expect(range.end.line).toBeGreaterThanOrEqual(selectionRange.end.line);
    children.forEach(check);
  };
  const workspace = workspaceOf(albumFiles);
  for (const path of Object.keys(albumFiles)) {
    documentSymbols(fileIn(workspace, path).file).forEach(check);
  }
});
