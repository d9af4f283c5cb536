import { expect, test } from 'vitest';
import { albumFiles } from '../../../test/support/language/album';
import { fileIn, setText, workspaceOf } from '../../../test/support/language/fixture-workspace';
import { factsOf } from './file-facts';

/** A suite that tries one action on a fixture of its own, or on one of `testdata`. */
function suite(action: string, kind?: string): string {
  const own = kind === undefined ? '' : `resources: {draft: {id: d, kind: ${kind}, attr: {of: ${kind}}}}\n`;
  return `name: S\nprincipals: {a: {id: a, roles: [user]}}\n${own}tests:
  - name: t
    input: {principals: [a], resources: [draft], actions: [${action}]}
    expected: []
`;
}

const files = {
  'policy.yaml':
    'apiVersion: api.cerbos.dev/v1\nresourcePolicy:\n  resource: note\n  version: v1\n  rules: []\n',
  'note_test.yaml': suite('write', 'note'),
  'mail_test.yaml': suite('send', 'mail'),
  'deep/task_test.yaml': suite('finish'),
  'deep/testdata/resources.yaml': 'resources: {draft: {id: d, kind: task}}\n',
};

test('the action of a test belongs to the fixture that it means: its own, else that of testdata', () => {
  const { facts } = fileIn(workspaceOf(files), 'policy.yaml').set;
  expect([...facts.actions('note')]).toEqual(['write']);
  expect([...facts.actions('mail')]).toEqual(['send']);
  expect([...facts.actions('task')]).toEqual(['finish']);
  expect([...facts.actions()].sort()).toEqual(['finish', 'send', 'write']);
});

test('the attributes of each kind are known', () => {
  const { facts } = fileIn(workspaceOf(files), 'policy.yaml').set;
  expect([...(facts.resources(['mail']).members.get('of')?.examples ?? [])]).toEqual(['"mail"']);
  expect(facts.resources().members.get('of')?.examples.size).toBe(2);
});

test('facts are gathered again only for the files of an edit', () => {
  const workspace = workspaceOf(albumFiles);
  const before = fileIn(workspace, 'album.yaml');
  const roles = factsOf(fileIn(workspace, 'roles.yaml').file);
  setText(workspace, '/workspace/policies/album.yaml', albumFiles['album.yaml'].replace('[user]', '[guest]'));
  const after = fileIn(workspace, 'album.yaml');
  expect([...after.set.facts.roles]).toContain('guest');
  expect([...before.set.facts.roles]).not.toContain('guest');
  expect(factsOf(fileIn(workspace, 'roles.yaml').file)).toBe(roles);
});
