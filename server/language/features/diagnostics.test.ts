import { describe, expect, it } from 'vitest';
import { albumFiles, albumWith } from '../testing/album';
import { runAll } from '../testing/analyze';
import { fileIn, testRoot, workspaceOf } from '../testing/fixture-workspace';
import { underlined } from '../testing/render';
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
  it('that is right says nothing', () => {
    for (const path of Object.keys(albumFiles)) expect(about(path, albumFiles)).toEqual([]);
  });

  it.each([
    [
      'an unknown key',
      'effect: EFFECT_ALLOW\n      derivedRoles: [owner]',
      'efect: EFFECT_ALLOW\n      derivedRoles: [owner]',
      ['14: name: owners-do-all ← missing-value', '16: efect ← unknown-key'],
    ],
    ['an undefined derived role', '[owner]', '[owners]', ['17: owners ← unknown-derived-role']],
    ['an unknown field of the request', 'V.isPublic &&', 'P.attrs.x &&', ['24: attrs ← undefined-field']],
    ['an undefined variable', 'V.isPublic &&', 'V.isPrivate &&', ['24: V.isPrivate ← undefined-variable']],
    [
      'an unknown import',
      'import: [shared]',
      'import: [share]',
      ['7: share ← missing-import', '24: V.isLocked ← undefined-variable'],
    ],
    ['a broken expression', 'V.isPublic && !V.isLocked', '"V.isPublic &&"', ['24:  ← syntax']],
    ['a wrong value', 'EFFECT_ALLOW\n      roles', 'ALLOW\n      roles', ['20: ALLOW ← invalid-value']],
  ])('that has %s says where', (_, before, after, expected) => {
    expect(
      about(
        'album.yaml',
        albumWith('album.yaml', (text) => text.replace(before, after)),
      ),
    ).toEqual(expected);
  });

  it('that is half typed keeps what is wrong with its other parts', () => {
    const files = albumWith('album.yaml', (text) =>
      text.replace('V.isPublic && !V.isLocked', 'P.attrs.x').replace('- name: moderators-delete', '- na'),
    );
    expect(about('album.yaml', files)).toContainEqual('24: attrs ← undefined-field');
  });
});

describe('a suite', () => {
  it('marks an expectation that does not come true, and the rule that decided', () => {
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

  it('marks an output that does not come', () => {
    const files = albumWith('album_test.yaml', (text) => text.replace('val: {by: bob}', 'val: {by: eve}'));
    const found = about('album_test.yaml', files);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('test-failed');
  });

  it('says that it did not run if what it depends on is broken', () => {
    const files = albumWith('roles.yaml', (text) => text.replace('R.attr.owner', 'R.attrs.owner'));
    expect(about('album_test.yaml', files)).toEqual(['1: Albums ← tests-blocked']);
  });

  it('runs although something else is broken', () => {
    const files = {
      ...albumFiles,
      'other.yaml':
        'apiVersion: api.cerbos.dev/v1\nresourcePolicy:\n  resource: other\n  version: default\n  rules: nothing\n',
    };
    expect(about('album_test.yaml', files)).toEqual([]);
    expect(about('other.yaml', files)).not.toEqual([]);
  });
});
