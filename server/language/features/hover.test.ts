import { describe, expect, test } from 'vitest';
import { albumFiles } from '../../../test/support/language/album';
import { fileIn, workspaceOf } from '../../../test/support/language/fixture-workspace';
import { marked } from '../../../test/support/language/markers';
import { hover } from './hover';

type Path = keyof typeof albumFiles;

/** The hover at the cursor, and the text of its range. */
function over(path: Path, before: string, after: string): { markdown: string; word: string } | undefined {
  const original: string = albumFiles[path];
  expect(original).toContain(before);
  const { text, cursor = 0 } = marked(original.replace(before, after));
  const found = fileIn(workspaceOf({ ...albumFiles, [path]: text }), path);
  const shown = hover(found, found.file.lines.position(cursor));
  if (shown?.range === undefined) {
    return undefined;
  }
  const { lines } = found.file;
  const word = text.slice(lines.offset(shown.range.start), lines.offset(shown.range.end));
  return { markdown: (shown.contents as { value: string }).value, word };
}

describe('hover', () => {
  test.each<[string, Path, string, string, string, string[]]>([
    [
      'a key',
      'album.yaml',
      'importDerivedRoles',
      'import‸DerivedRoles',
      'importDerivedRoles',
      ['Sets of derived roles'],
    ],
    [
      'a required key',
      'album.yaml',
      '- name: owners-do-all\n      actions',
      '- name: owners-do-all\n      act‸ions',
      'actions',
      ['(required)'],
    ],
    ['an effect', 'album.yaml', 'EFFECT_ALLOW', 'EFFECT‸_ALLOW', 'EFFECT_ALLOW', ['allowed']],
    [
      'a derived role',
      'album.yaml',
      '[owner]',
      '[own‸er]',
      'owner',
      ['imported from `common`', '`user`', 'expr: R.attr.owner == P.id'],
    ],
    ['an import', 'album.yaml', '[common]', '[com‸mon]', 'common', ['derived roles of `roles.yaml`']],
    [
      'a fixture',
      'album_test.yaml',
      'principal: alice',
      'principal: al‸ice',
      'alice',
      ['testdata/principals.yaml', 'team: design'],
    ],
    [
      'a local variable',
      'album.yaml',
      'V.isPublic',
      'V.is‸Public',
      'isPublic',
      ['variable **isPublic**', 'R.attr.public == true'],
    ],
    [
      'an imported variable',
      'album.yaml',
      'V.isLocked',
      'V.is‸Locked',
      'isLocked',
      ['imported from `shared`'],
    ],
    ['a constant', 'album.yaml', 'V.isPublic &&', 'C.li‸mit > 1 &&', 'limit', ['constant **limit**', '10']],
    ['an attribute', 'roles.yaml', 'P.attr.team', 'P.attr.te‸am', 'team', ['*string*', '"design"']],
    ['a field', 'roles.yaml', 'P.attr.team', 'P.at‸tr.team', 'attr', ['attr: map(string, dyn)']],
    ['a name', 'roles.yaml', 'P.attr.team', '‸P.attr.team', 'P', ['P: ']],
    ['a function', 'album.yaml', 'V.isPublic &&', 'si‸ze(P.id) > 1 &&', 'size', ['```cel', 'size']],
    ['a method', 'album.yaml', 'V.isPublic &&', 'P.id.starts‸With("a") &&', 'startsWith', ['string']],
    [
      'a macro',
      'album.yaml',
      'V.isPublic &&',
      'true && [1].al‸l(x, x > 0) &&',
      'all',
      ['list.all(x, condition)'],
    ],
    ['a loop variable', 'album.yaml', 'V.isPublic &&', 'true && [1].all(x, ‸x > 0) &&', 'x', ['x: int']],
    [
      'a name in a block',
      'album.yaml',
      'V.isPublic &&',
      '>-\n            V.isPublic &&\n            P.attr.te‸am == "a" &&',
      'team',
      ['*string*'],
    ],
    ['a name in quotes', 'album.yaml', '\'{"by": P.id}\'', "'{\"it''s\": P.i‸d}'", 'id', ['id: string']],
  ])('hover explains %s', (_, path, before, after, word, expected) => {
    const shown = over(path, before, after);
    expect(shown?.word).toBe(word);
    for (const text of expected) {
      expect(shown?.markdown).toContain(text);
    }
  });

  test('hover says nothing about what explains itself', () => {
    expect(over('album.yaml', 'version: default', 'version: def‸ault')).toBeUndefined();
    expect(over('album.yaml', 'resourcePolicy:', '‸\nresourcePolicy:')).toBeUndefined();
  });
});
