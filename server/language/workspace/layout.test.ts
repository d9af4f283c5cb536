import { describe, expect, test } from 'vitest';
import { defaultSettings } from '../settings';
import { layOut, looseFolder } from './layout';
import { traitsOf } from './traits';

const policy = (kind: string): string =>
  `apiVersion: api.cerbos.dev/v1\nresourcePolicy:\n  resource: ${kind}\n  version: default\n`;
const suite = 'name: a suite\ntests: []\n';

/** Lays out a workspace's files and says which set each file is in; the others are missing. */
function sets(
  files: Readonly<Record<string, string>>,
  globs = defaultSettings.policies,
): Record<string, string> {
  const traits = Object.entries(files).map(
    ([path, text]) => [`/work/app/${path}`, traitsOf(path, text)] as const,
  );
  const layout = layOut(['/work/app'], globs, new Map(traits));
  return Object.fromEntries(
    [...layout].map(([path, root]) => [
      path.slice('/work/app/'.length),
      root.slice('/work/app'.length) || '/',
    ]),
  );
}

describe('folders that globs name', () => {
  test('a folder that a glob names is a set with all its YAML if a file there is a Cerbos policy', () => {
    expect(
      sets({
        'policies/album.yaml': policy('album'),
        'policies/new.yaml': '',
        'deploy/pod.yaml': 'kind: Pod',
      }),
    ).toEqual({ 'policies/album.yaml': '/policies', 'policies/new.yaml': '/policies' });
  });

  test('a folder that a glob names is left alone if no file there is a Cerbos policy', () => {
    expect(
      sets({ 'policies/a.yaml': 'apiVersion: kyverno.io/v1\nkind: Policy\n', 'policies/b.yaml': 'a: 1' }),
    ).toEqual({});
  });

  test('folders that globs name stay sets while their only policy is half typed', () => {
    const typed = new Map([['/work/app/policies/a.yaml', traitsOf('a.yaml', 'apiVers: ')]]);
    expect(layOut(['/work/app'], defaultSettings.policies, typed).size).toBe(0);
    const proven = new Set(['/work/app/policies']);
    expect(layOut(['/work/app'], defaultSettings.policies, typed, proven).size).toBe(1);
  });

  test('files that say that they are something else are left out of a set', () => {
    expect(
      sets({ 'policies/a.yaml': policy('a'), 'policies/b.yaml': 'apiVersion: v1\nkind: Pod\n' }),
    ).toEqual({
      'policies/a.yaml': '/policies',
    });
  });

  test('folders that globs name may be anywhere, and the outermost counts', () => {
    const file = 'services/shop/policies/more/policies/a.yaml';
    expect(sets({ [file]: policy('a') })).toEqual({ [file]: '/services/shop/policies' });
  });

  test('Gatehouse’s own folders are sets even while they hold no policy yet', () => {
    expect(sets({ '.gatehouse/policies/new.yaml': '' }, [])).toEqual({
      '.gatehouse/policies/new.yaml': '/.gatehouse/policies',
    });
  });

  test('a folder is a set of sets if its subfolders repeat each other', () => {
    expect(
      sets({
        'policies/base/a.yaml': policy('a'),
        'policies/base/b.yaml': policy('b'),
        'policies/base/c.yaml': policy('c'),
        'policies/guardrails/a.yaml': policy('a'),
        'policies/guardrails/b.yaml': policy('b'),
        'policies/guardrails/b_test.yaml': suite,
      }),
    ).toMatchObject({
      'policies/base/c.yaml': '/policies/base',
      'policies/guardrails/b_test.yaml': '/policies/guardrails',
    });
  });

  test('a folder is one set if a single file was copied by mistake', () => {
    expect(
      sets({
        'policies/one/a.yaml': policy('a'),
        'policies/one/b.yaml': policy('b'),
        'policies/one/c.yaml': policy('c'),
        'policies/two/a.yaml': policy('a'),
      }),
    ).toMatchObject({ 'policies/one/a.yaml': '/policies', 'policies/two/a.yaml': '/policies' });
  });
});

describe('policies elsewhere', () => {
  test('policies elsewhere are recognized by their content, with suites and fixtures beside them', () => {
    expect(
      sets({
        'authz/album.yaml': policy('album'),
        'authz/album_test.yaml': suite,
        'authz/testdata/principals.yaml': 'principals: {}',
        'authz/README.yaml': 'a: 1',
        'deploy/values.yaml': 'tests: []',
      }),
    ).toEqual({
      'authz/album.yaml': '/',
      'authz/album_test.yaml': '/',
      'authz/testdata/principals.yaml': '/',
    });
  });

  test('policies in hidden folders are not looked for', () => {
    expect(sets({ '.cache/album.yaml': policy('album') })).toEqual({});
  });

  test('a set begins where its schemas are', () => {
    expect(sets({ 'authz/album.yaml': policy('album'), 'authz/_schemas/album.json': '{}' })).toEqual({
      'authz/album.yaml': '/authz',
      'authz/_schemas/album.json': '/authz',
    });
  });
});

test('policies are recognized by their text', () => {
  const json = '{\n  "apiVersion": "api.cerbos.dev/v1",\n  "resourcePolicy": {}\n}';
  expect(traitsOf('a.json', json).content).toBe('policy');
  expect(traitsOf('a.yaml', `---\n${policy('a')}---\n${policy('b')}`).subjects).toEqual([
    'resource a default ',
    'resource b default ',
  ]);
  expect(traitsOf('a.yaml', '# api.cerbos.dev/v1\na: 1').content).toBe('plain');
});

test('the folder of a policy that is in no workspace folder is found', () => {
  expect(looseFolder('/home/ann/.gatehouse/policies/sub/a.yaml', [])).toBe('/home/ann/.gatehouse/policies');
  expect(looseFolder('/home/ann/a.yaml', defaultSettings.policies)).toBe('/home/ann');
});
