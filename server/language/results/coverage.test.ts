import { describe, expect, test } from 'vitest';
import type { RunTestsParams } from '../../protocol';
import { albumFiles } from '../../../test/support/language/album';
import { atOnce } from '../../../test/support/language/analyze';
import { fileIn, testRoot, workspaceOf } from '../../../test/support/language/fixture-workspace';
import { coverageOf } from './coverage';

const suite = 'album_test.yaml';
const uri = `file://${testRoot}/${suite}`;
const { set } = fileIn(workspaceOf(albumFiles), suite);

/** Line, count and branches of each rule of a file. */
function covered(wanted: readonly RunTestsParams[], path: string): readonly string[] | undefined {
  const files = atOnce(coverageOf(set, wanted));
  return files
    .find((file) => file.uri === `file://${testRoot}/${path}`)
    ?.rules.map(({ range, count, branches }) => {
      const outcomes = branches.map((branch) => `${branch.label} ${branch.count}`);
      return [`${range.start.line + 1}: ${count}`, ...outcomes].join(', ');
    });
}

describe('coverage', () => {
  test('coverage tells how often rules applied, and what their conditions came to', () => {
    expect(covered([{}], 'album.yaml')).toMatchInlineSnapshot(`
      [
        "14: 2",
        "18: 1, V.isPublic && !V.isLocked: holds 1, V.isPublic && !V.isLocked: does not hold 1",
        "25: 1",
      ]
    `);
    expect(covered([{}], 'roles.yaml')).toMatchInlineSnapshot(`
      [
        "5: 1, R.attr.owner == P.id: holds 1, R.attr.owner == P.id: does not hold 2",
        "10: 1, P.attr.team == "moderation": holds 1, P.attr.team == "moderation": does not hold 2",
      ]
    `);
  });

  test('coverage is of the requested tests only', () => {
    expect(covered([{ uri }], 'album.yaml')).toEqual(covered([{}], 'album.yaml'));
    expect(covered([{ uri, tests: [1] }], 'album.yaml')).not.toEqual(covered([{}], 'album.yaml'));
    expect(
      covered(
        [
          { uri, tests: [0] },
          { uri, tests: [1] },
        ],
        'album.yaml',
      ),
    ).toEqual(covered([{}], 'album.yaml'));
    expect(atOnce(coverageOf(set, [{ uri: `file://${testRoot}/other_test.yaml` }]))).toEqual([]);
  });
});
