import type { CompletionItem, Position, TextEdit } from 'vscode-languageserver';
import { describe, expect, test } from 'vitest';
import { albumFiles } from '../../../test/support/language/album';
import { fileIn, workspaceOf } from '../../../test/support/language/fixture-workspace';
import { marked } from '../../../test/support/language/markers';
import { edited } from '../../../test/support/language/render';
import type { FileInSet } from '../workspace/snapshot';
import { complete } from './completion';
import { definition } from './definition';
import { hover } from './hover';

type Path = keyof typeof albumFiles;

interface Completed {
  readonly text: string;
  readonly items: readonly CompletionItem[];
  readonly labels: readonly string[];
}

/** Completes in a file of the album in which `before` is replaced by `after`, which has the cursor. */
function completeIn(path: Path, before: string, after: string, snippets = true): Completed {
  const original: string = albumFiles[path];
  expect(original).toContain(before);
  return completeText(path, original.replace(before, after), snippets);
}

function completeText(path: string, source: string, snippets = true): Completed {
  const { text, cursor = 0 } = marked(source);
  const found = fileIn(workspaceOf({ ...albumFiles, [path]: text }), path);
  const items = complete(found, found.file.lines.position(cursor), snippets);
  return { text, items, labels: items.map(({ label }) => label) };
}

/** The line of the cursor after an item was chosen. */
function chosen({ text, items }: Completed, label: string): string {
  const found = items.find((each) => each.label === label);
  if (found?.textEdit === undefined) {
    throw new Error(`There is no ${label} among ${items.map((each) => each.label).join(', ')}.`);
  }
  const edit = found.textEdit as TextEdit;
  return edited(text, edit)
    .split('\n')
    .slice(edit.range.start.line, edit.range.start.line + edit.newText.split('\n').length)
    .join('\n');
}

describe('keys', () => {
  test('keys are proposed that the mapping can have and does not have yet', () => {
    const { labels } = completeIn(
      'album.yaml',
      '    - name: public-view\n',
      '    - name: public-view\n      ‸\n',
    );
    expect(labels).toEqual(['derivedRoles', 'output']);
  });

  test('keys come with their documentation and a snippet, indented as they must be', () => {
    const completed = completeIn('album.yaml', '      output:\n', '      cond‸\n      output:\n');
    expect(completed.items.find(({ label }) => label === 'condition')?.documentation).toMatchObject({
      kind: 'markdown',
    });
    expect(chosen(completed, 'condition')).toBe('      condition:\n        match:\n          expr: $1');
  });

  test('keys come without a snippet for clients that have none', () => {
    const completed = completeIn('album.yaml', '      output:\n', '      cond‸\n      output:\n', false);
    expect(chosen(completed, 'condition')).toBe('      condition:\n        ');
  });

  test('a key replaces the name only where there is a value already', () => {
    expect(chosen(completeIn('album.yaml', 'effect: EFFECT', 'eff‸ct: EFFECT'), 'effect')).toBe(
      '      effect: EFFECT_ALLOW',
    );
  });

  test('keys of one kind of policy only are proposed', () => {
    const { labels } = completeIn('album.yaml', 'resourcePolicy:', '‸\nresourcePolicy:');
    expect(labels).toContain('description');
    expect(labels).not.toContain('principalPolicy');
  });

  test('a new policy is proposed in an empty file', () => {
    const completed = completeText('new.yaml', '‸');
    expect(completed.labels).toEqual(
      expect.arrayContaining(['apiVersion', 'new resource policy', 'new derived roles']),
    );
    expect(chosen(completed, 'new derived roles')).toContain(
      'apiVersion: api.cerbos.dev/v1\nderivedRoles:\n  name: $1',
    );
  });

  test('the keys of a list item are proposed with its dash', () => {
    const completed = completeIn('album.yaml', '  rules:\n', '  rules:\n    ‸\n');
    expect(chosen(completed, '- ResourceRule')).toBe(
      '    - actions: [$1]\n      effect: ${2|EFFECT_ALLOW,EFFECT_DENY|}\n      roles: [$3]',
    );
  });

  test('the actions of the test are proposed as keys of an expectation', () => {
    const completed = completeIn('album_test.yaml', 'actions: {delete: EFFECT_ALLOW}', 'actions: {‸}');
    expect(completed.labels).toEqual(['delete']);
  });

  test('attributes of other fixtures are proposed as keys', () => {
    const { labels } = completeIn(
      'testdata/principals.yaml',
      'attr: {team: moderation}',
      'attr: {team: moderation, ‸}',
    );
    expect(labels).toEqual(['level']);
    const resource = completeIn(
      'testdata/resources.yaml',
      'attr: {owner: carol, public: true}',
      'attr:\n      ‸',
    );
    expect(resource.labels).toEqual(['owner', 'public', 'photos']);
  });
});

describe('values', () => {
  test.each<[string, Path, string, string, string[]]>([
    [
      'effects',
      'album.yaml',
      'effect: EFFECT_ALLOW\n      roles',
      'effect: ‸\n      roles',
      ['EFFECT_ALLOW', 'EFFECT_DENY'],
    ],
    [
      'derived roles that are imported',
      'album.yaml',
      'derivedRoles: [owner]',
      'derivedRoles: [owner, ‸]',
      ['moderator'],
    ],
    ['roles', 'album.yaml', 'roles: [user]', 'roles: [‸]', ['user', '*']],
    ['roles as items', 'album.yaml', 'roles: [user]', 'roles:\n        - ‸', ['user', '*']],
    [
      'actions of the kind',
      'album.yaml',
      'actions: [delete]',
      'actions: [d‸]',
      ['view', 'list', 'delete', '*'],
    ],
    ['kinds of resources', 'testdata/resources.yaml', 'kind: album', 'kind: ‸', ['album']],
    [
      'imports of derived roles',
      'album.yaml',
      'importDerivedRoles: [common]',
      'importDerivedRoles: [‸]',
      ['common'],
    ],
    ['imports of variables', 'album.yaml', 'import: [shared]', 'import: [‸]', ['shared']],
    ['principals', 'album_test.yaml', 'principals: [alice]', 'principals: [‸]', ['alice', 'bob']],
    ['principals not there yet', 'album_test.yaml', 'principals: [alice]', 'principals: [alice, ‸]', ['bob']],
    ['resources', 'album_test.yaml', 'resource: public', 'resource: ‸', ['hers', 'public']],
    [
      'actions to try',
      'album_test.yaml',
      'actions: [view, delete]',
      'actions: [view, ‸]',
      ['list', 'delete'],
    ],
    ['the version', 'album.yaml', 'version: default', 'version: ‸', ['default']],
    ['the API’s version', 'album.yaml', 'api.cerbos.dev/v1', '‸', ['api.cerbos.dev/v1']],
    [
      'rules with outputs',
      'album_test.yaml',
      'src: resource.album.vdefault#moderators-delete',
      'src: ‸',
      ['resource.album.vdefault#moderators-delete'],
    ],
    ['scalars seen in fixtures', 'testdata/principals.yaml', 'team: design', 'team: ‸', ['"moderation"']],
  ])('members are proposed in expressions: %s', (_, path, before, after, expected) => {
    expect(completeIn(path, before, after).labels).toEqual(expected);
  });

  test('values are quoted where YAML needs it', () => {
    expect(chosen(completeIn('album.yaml', 'roles: [user]', 'roles: [‸]'), '*')).toBe('      roles: ["*"]');
    expect(chosen(completeIn('album.yaml', 'roles: [user]', "roles: ['us‸']"), 'user')).toBe(
      "      roles: ['user']",
    );
  });

  test('a blank is put between colon and value, and only once', () => {
    const inBraces = completeIn(
      'album.yaml',
      '- name: public-view\n      actions: [view, list]\n      effect: EFFECT_ALLOW\n      roles: [user]\n',
      '- {actions: [view], effect: "EFF‸"}\n',
    );
    expect(chosen(inBraces, 'EFFECT_DENY')).toBe('    - {actions: [view], effect: "EFFECT_DENY"}');
    const completed = completeIn('album.yaml', 'effect: EFFECT_ALLOW\n      roles', 'effect:‸\n      roles');
    expect(chosen(completed, 'EFFECT_DENY')).toBe('      effect: EFFECT_DENY');
  });

  test('no values are proposed for names that are free', () => {
    expect(completeIn('roles.yaml', 'name: owner', 'name: ‸').labels).toEqual([]);
  });
});

describe('expressions', () => {
  const expression = (cel: string): Completed => completeIn('album.yaml', 'V.isPublic && !V.isLocked', cel);

  test('variables and functions are proposed at the beginning of an expression', () => {
    const { labels } = expression('‸');
    expect(labels).toEqual(
      expect.arrayContaining(['P', 'R', 'V', 'C', 'request', 'has', 'size', 'timestamp', 'math', 'cel']),
    );
    expect(labels.filter((label) => /[_@!?]/.test(label) && !/^[a-z]+(_[a-z]+)+$/.test(label))).toEqual([]);
  });

  test.each([
    ['principal', 'P.‸', ['id', 'roles', 'attr', 'policyVersion', 'scope']],
    ['request', 'request.‸', ['principal', 'resource', 'auxData']],
    ['variables', 'V.‸', ['isPublic', 'isLocked']],
    ['variables by their long name', 'variables.is‸', ['isPublic', 'isLocked']],
    ['constants', 'C.‸', ['limit']],
    ['attributes of principals', 'P.attr.‸', ['team', 'level']],
    ['attributes of the kind', 'R.attr.‸', ['owner', 'public', 'photos']],
    ['attributes by optional selection', 'R.attr.?‸', ['owner', 'public']],
    ['attributes through the request', 'request.resource.attr.ow‸', ['owner', 'public']],
    ['elements of lists', 'R.attr.photos[0].‸', ['name', 'size']],
    ['loop variables', 'R.attr.photos.all(photo, photo.‸)', ['name', 'size']],
    ['attributes in brackets', "R.attr['‸']", ['owner', 'public', 'photos']],
    ['methods of text', 'P.attr.team.‸', ['startsWith', 'matches', 'size']],
    ['methods of lists', 'R.attr.photos.‸', ['all', 'exists', 'map', 'filter', 'size']],
    ['methods of timestamps', 'timestamp("2026-01-01T00:00:00Z").‸', ['getFullYear']],
    ['functions of a namespace', 'math.‸', ['greatest', 'least']],
    ['derived roles', 'runtime.‸', ['effectiveDerivedRoles']],
    ['members within something unfinished', 'size(P.attr.‸', ['team', 'level']],
    ['members before more', 'P.attr.‸ == R.attr.owner', ['team', 'level']],
  ])('values are proposed: %s', (_, cel, expected) => {
    expect(expression(cel).labels).toEqual(expect.arrayContaining(expected));
  });

  test('methods of the receiver’s type only are proposed', () => {
    expect(expression('P.attr.team.‸').labels).not.toContain('all');
    expect(expression('R.attr.photos.‸').labels).not.toContain('startsWith');
    expect(expression('P.id.‸').labels).not.toContain('getFullYear');
  });

  test('loop variables are proposed in expressions', () => {
    expect(expression('R.attr.photos.all(photo, ph‸)').labels).toContain('photo');
    expect(expression('R.attr.photos.all(photo, true) && ph‸').labels).not.toContain('photo');
  });

  test('functions are proposed with their documentation', () => {
    const found = expression('P.attr.team.‸').items.find(({ label }) => label === 'startsWith');
    expect(found?.detail).toContain('startsWith(');
    expect(found?.documentation).toMatchObject({ kind: 'markdown' });
  });

  test('proposals in expressions respect quotes and blocks', () => {
    expect(chosen(expression("'P.attr.te‸'"), 'team')).toBe("          expr: 'P.attr.team'");
    expect(chosen(expression('>-\n            V.isPublic &&\n            P.attr.te‸'), 'team')).toBe(
      '            P.attr.team',
    );
  });

  test('expressions are completed after a blank', () => {
    expect(expression('V.isPublic && ‸').labels).toContain('P');
  });

  test.each(["P.attr.team == 'de‸'", 'V.isPublic // no‸', '1‸'])('nothing is proposed in %s', (cel) => {
    expect(expression(cel).labels).toEqual([]);
  });
});

test('the set’s schemas are proposed, and can be gone to', () => {
  const path = 'album.yaml';
  const reference = 'schemas: {principalSchema: {ref: ‸}}';
  const policy = albumFiles[path].replace('  rules:', `  ${reference}\n  rules:`);
  const files = { ...albumFiles, '_schemas/people/principal.json': '{"type": "object"}' };
  const ask = (source: string): Completed & { readonly found: FileInSet; readonly position: Position } => {
    const { text, cursor = 0 } = marked(source);
    const found = fileIn(workspaceOf({ ...files, [path]: text }), path);
    const position = found.file.lines.position(cursor);
    const items = complete(found, position, true);
    return { text, items, labels: items.map(({ label }) => label), found, position };
  };
  const completed = ask(policy);
  expect(chosen(completed, 'cerbos:///people/principal.json')).toBe(
    '  schemas: {principalSchema: {ref: cerbos:///people/principal.json}}',
  );
  const { found, position } = ask(policy.replace('ref: ‸', 'ref: cerbos:///peo‸ple/principal.json'));
  expect(definition(found, position)).toMatchObject([
    { uri: 'file:///workspace/policies/_schemas/people/principal.json' },
  ]);
  expect(hover(found, position)?.contents).toMatchObject({
    value: expect.stringContaining('"type": "object"') as string,
  });
});

describe('JSON', () => {
  const policy = `{
  "apiVersion": "api.cerbos.dev/v1",
  "resourcePolicy": {
    "resource": "album",
    "version": "default",
    "importDerivedRoles": ["common"],
    "rules": [
      {
        "actions": ["view"],
        "effect": "EFFECT_ALLOW",
        "roles": ["user"],
        "condition": {"match": {"expr": "P.attr.team == 'design'"}}
      }
    ]
  }
}`;
  const completeJson = (before: string, after: string): Completed => {
    expect(policy).toContain(before);
    return completeText('album.json', policy.replace(before, after));
  };

  test.each([
    ['values', '"effect": "EFFECT_ALLOW"', '"effect": "‸"', ['EFFECT_ALLOW', 'EFFECT_DENY']],
    ['items', '"roles": ["user"]', '"derivedRoles": ["‸"]', ['owner', 'moderator']],
    ['keys of a rule', '"roles": ["user"],', '‸', ['roles', 'derivedRoles', 'output', 'name']],
    ['keys that are begun', '"roles": ["user"],', '"ro‸"', ['roles']],
    ['members in expressions', 'P.attr.team', 'P.attr.‸', ['team', 'level']],
  ])('proposals are made in JSON: %s', (_, before, after, expected) => {
    expect(completeJson(before, after).labels).toEqual(expect.arrayContaining(expected));
  });

  test('JSON is completed with quotes', () => {
    expect(chosen(completeJson('"effect": "EFFECT_ALLOW"', '"effect": "EFF‸"'), 'EFFECT_DENY')).toBe(
      '        "effect": "EFFECT_DENY",',
    );
    expect(chosen(completeJson('"effect": "EFFECT_ALLOW"', '"effect": ‸'), 'EFFECT_DENY')).toBe(
      '        "effect": "EFFECT_DENY",',
    );
    expect(chosen(completeJson('"roles": ["user"],', '‸'), 'derivedRoles')).toBe(
      '        "derivedRoles": [$1]',
    );
    expect(chosen(completeJson('"roles": ["user"],', '"na‸"'), 'name')).toBe('        "name": "$1"');
    expect(chosen(completeJson('"effect": "EFFECT_ALLOW"', '"eff‸": "EFFECT_ALLOW"'), 'effect')).toBe(
      '        "effect": "EFFECT_ALLOW",',
    );
  });
});

test('nothing is proposed in comments and text', () => {
  expect(completeIn('album.yaml', 'resourcePolicy:', '# na‸\nresourcePolicy:').labels).toEqual([]);
  expect(
    completeIn('album.yaml', 'resourcePolicy:', 'description: |\n  na‸\nresourcePolicy:').labels,
  ).toEqual([]);
});
