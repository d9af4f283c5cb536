import { describe, expect, test } from 'vitest';
import { DiagnosticSeverity } from 'vscode-languageserver';
import { albumFiles, albumWith } from '../../../test/support/language/album';
import { runAll } from '../../../test/support/language/analyze';
import { fileIn, testRoot, workspaceOf } from '../../../test/support/language/fixture-workspace';
import { underlined } from '../../../test/support/language/render';
import { diagnostics } from './diagnostics';

/** Everything that is said about a file: line, text, code. */
function about(path: string, files: Readonly<Record<string, string>>): string[] {
  const { set, file } = fileIn(workspaceOf(files), path);
  const found = diagnostics(set, path, runAll(set));
  return underlined(
    file.text,
    found.map(({ range, code }) => ({ range, says: String(code) })),
  );
}

describe('a policy', () => {
  test('a policy without mistakes has no diagnostics', () => {
    for (const path of Object.keys(albumFiles)) {
      expect(about(path, albumFiles)).toEqual([]);
    }
  });

  test.each([
    [
      'an unknown key',
      'effect: EFFECT_ALLOW\n      derivedRoles: [owner]',
      'efect: EFFECT_ALLOW\n      derivedRoles: [owner]',
      ['14: name: owners-do-all ← missing-value', '16: efect ← unknown-key'],
    ],
    ['an undefined derived role', '[owner]', '[owners]', ['17: owners ← unknown-derived-role']],
    ['an unknown field of the request', 'V.isPublic &&', 'P.attrs.x &&', ['24: attrs ← undefined-field']],
    ['an undefined variable', 'V.isPublic &&', 'V.isPrivate &&', ['24: V.isPrivate ← undefined-variable']],
    ['an unknown import', 'import: [shared]', 'import: [share]', ['7: share ← missing-import']],
    [
      'an unknown import of derived roles',
      'importDerivedRoles: [common]',
      'importDerivedRoles: [comon]',
      ['5: comon ← missing-import'],
    ],
    ['a broken expression', 'V.isPublic && !V.isLocked', '"V.isPublic &&"', ['24:  ← syntax']],
    ['a wrong value', 'EFFECT_ALLOW\n      roles', 'ALLOW\n      roles', ['20: ALLOW ← invalid-value']],
  ])('a policy that has %s has a diagnostic at its place', (_, before, after, expected) => {
    expect(
      about(
        'album.yaml',
        albumWith('album.yaml', (text) => text.replace(before, after)),
      ),
    ).toEqual(expected);
  });

  test('a policy that is half typed keeps the diagnostics of its other parts', () => {
    const files = albumWith('album.yaml', (text) =>
      text.replace('V.isPublic && !V.isLocked', 'P.attrs.x').replace('- name: moderators-delete', '- na'),
    );
    expect(about('album.yaml', files)).toContainEqual('24: attrs ← undefined-field');
  });
});

describe('a mistake in one file', () => {
  test.each<[string, keyof typeof albumFiles, string, string]>([
    ['a derived role without a name', 'roles.yaml', 'name: owner', 'nam: owner'],
    ['derived roles that are no YAML', 'roles.yaml', 'definitions:', 'definitions: ['],
    ['exported variables under a wrong key', 'shared.yaml', 'definitions:', 'definition:'],
  ])('a mistake is not reported again where the file is imported: %s', (_, path, before, after) => {
    const files = albumWith(path, (text) => text.replace(before, after));
    expect(about(path, files)).not.toEqual([]);
    expect(about('album.yaml', files)).toEqual([]);
    const { set } = fileIn(workspaceOf(files), 'album_test.yaml');
    expect(diagnostics(set, 'album_test.yaml', runAll(set))).toMatchObject([
      {
        severity: DiagnosticSeverity.Information,
        message: `The tests did not run: they depend on ${path}, which has errors.`,
      },
    ]);
  });

  test('a mistake in fixtures is not reported again where tests name them', () => {
    const files = albumWith('testdata/principals.yaml', (text) => text.replace('alice:\n', 'alice: [\n'));
    expect(about('testdata/principals.yaml', files)).not.toEqual([]);
    expect(about('album_test.yaml', files)).toEqual(['1: Albums ← tests-blocked']);
  });

  test('a mistake in a scope is not reported again in the scopes below', () => {
    const scoped = albumFiles['album.yaml'].replace('version: default', 'version: default\n  scope: acme');
    const files = albumWith('album.yaml', (text) =>
      text.replace('effect: EFFECT_ALLOW', 'efect: EFFECT_ALLOW'),
    );
    expect(about('acme.yaml', { ...files, 'acme.yaml': scoped })).toEqual([]);
  });

  test('mistakes in YAML are reported once per line', () => {
    const files = albumWith('roles.yaml', (text) => text.replace('definitions:', 'definitions: ['));
    const lines = about('roles.yaml', files).map((each) => each.split(':')[0]);
    expect(new Set(lines).size).toBe(lines.length);
  });
});

describe('what is right but not supported yet', () => {
  test('an unsupported feature is a hint, no error, and what depends on it says so', () => {
    const files = {
      ...albumWith('album.yaml', (text) =>
        text.replace('  rules:\n', '  schemas: {resourceSchema: {ref: "cerbos:///album.json"}}\n  rules:\n'),
      ),
      // Cerbos fetches such a schema.
      '_schemas/album.json': '{"$ref": "https://example.com/album.json"}',
    };
    const { set } = fileIn(workspaceOf(files), 'album.yaml');
    const results = runAll(set);
    expect(diagnostics(set, 'album.yaml', results)).toMatchObject([
      { severity: DiagnosticSeverity.Information, code: 'not-supported-yet' },
    ]);
    expect(diagnostics(set, 'album_test.yaml', results)).toMatchObject([
      { message: 'The tests did not run: they depend on album.yaml, which needs what is not supported yet.' },
    ]);
  });
});

describe('a suite', () => {
  test('an expectation that fails is marked, with the rule that decided', () => {
    const files = albumWith('album_test.yaml', (text) =>
      text.replace('delete: EFFECT_ALLOW', 'delete: EFFECT_DENY'),
    );
    expect(about('album_test.yaml', files)).toEqual(['13: EFFECT_DENY ← test-failed']);
    const { set } = fileIn(workspaceOf(files), 'album_test.yaml');
    const [found] = diagnostics(set, 'album_test.yaml', runAll(set));
    expect(found?.message).toBe(
      'alice · delete · hers: expected DENY, but it is ALLOW; ' +
        'rule resource.album.vdefault#owners-do-all decided through the derived role owner',
    );
    const [related] = found?.relatedInformation ?? [];
    expect(related?.location.uri).toBe(`file://${testRoot}/album.yaml`);
    expect(related?.message).toBe('resource.album.vdefault#owners-do-all decided');
  });

  test('an output that is missing is marked', () => {
    const files = albumWith('album_test.yaml', (text) => text.replace('val: {by: bob}', 'val: {by: eve}'));
    const found = about('album_test.yaml', files);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('test-failed');
  });

  test('a suite says that it did not run if what it depends on is broken', () => {
    const files = albumWith('roles.yaml', (text) => text.replace('R.attr.owner', 'R.attrs.owner'));
    expect(about('album_test.yaml', files)).toEqual(['1: Albums ← tests-blocked']);
  });

  test('a suite runs although something else is broken', () => {
    const files = {
      ...albumFiles,
      'other.yaml':
        'apiVersion: api.cerbos.dev/v1\nresourcePolicy:\n  resource: other\n  version: default\n  rules: nothing\n',
    };
    expect(about('album_test.yaml', files)).toEqual([]);
    expect(about('other.yaml', files)).not.toEqual([]);
  });
});
