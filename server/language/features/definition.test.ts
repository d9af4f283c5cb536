import { describe, expect, test } from 'vitest';
import { albumFiles } from '../../../test/support/language/album';
import { fileIn, testRoot, workspaceOf } from '../../../test/support/language/fixture-workspace';
import { marked } from '../../../test/support/language/markers';
import { definition } from './definition';

type Path = keyof typeof albumFiles;

/** Where the name at the cursor is defined: file, line, text. */
function defined(path: Path, before: string, after: string): string[] {
  const original: string = albumFiles[path];
  expect(original).toContain(before);
  const { text, cursor = 0 } = marked(original.replace(before, after));
  const workspace = workspaceOf({ ...albumFiles, [path]: text });
  const found = fileIn(workspace, path);
  return (definition(found, found.file.lines.position(cursor)) ?? []).map(({ uri, range }) => {
    const target = fileIn(workspace, uri.slice(`file://${testRoot}/`.length)).file;
    const name = target.text.slice(target.lines.offset(range.start), target.lines.offset(range.end));
    return `${target.path}:${range.start.line + 1} ${name}`;
  });
}

describe('definition', () => {
  test.each<[string, Path, string, string, string[]]>([
    ['a derived role', 'album.yaml', '[owner]', '[own‸er]', ['roles.yaml:5 owner']],
    ['an import of derived roles', 'album.yaml', '[common]', '[com‸mon]', ['roles.yaml:3 common']],
    ['an import of variables', 'album.yaml', '[shared]', '[sha‸red]', ['shared.yaml:3 shared']],
    ['a local variable', 'album.yaml', 'V.isPublic', 'V.is‸Public', ['album.yaml:9 isPublic']],
    ['an imported variable', 'album.yaml', 'V.isLocked', 'variables.is‸Locked', ['shared.yaml:5 isLocked']],
    ['a constant', 'album.yaml', 'V.isPublic &&', 'C.li‸mit > 1 &&', ['album.yaml:12 limit']],
    [
      'a principal',
      'album_test.yaml',
      'principal: alice',
      'principal: ali‸ce',
      ['testdata/principals.yaml:2 alice'],
    ],
    [
      'a resource',
      'album_test.yaml',
      '[hers, public]',
      '[hers, pub‸lic]',
      ['testdata/resources.yaml:10 public'],
    ],
    ['nothing in particular', 'album.yaml', 'version: default', 'version: def‸ault', []],
    ['something undefined', 'album.yaml', '[owner]', '[own‸ers]', []],
  ])('the definition is found for %s', (_, path, before, after, expected) => {
    expect(defined(path, before, after)).toEqual(expected);
  });
});
