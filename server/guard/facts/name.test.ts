import { describe, expect, test } from 'vitest';
import { effectKinds } from './effect';
import { lexicon } from './lexicon';
import { nameEvidence } from './name';

const kindsOf = (name: string, title?: string): string =>
  nameEvidence(name, title)
    .evidence.map(({ kind }) => kind)
    .join(' ');

describe('the lexicon', () => {
  test('it has at least 250 verbs, some of each kind, and none twice', async () => {
    expect(lexicon.size).toBeGreaterThanOrEqual(250);
    expect(new Set([...lexicon.values()].map(({ kind }) => kind))).toEqual(new Set(effectKinds));
    const source = await import('node:fs').then(({ readFileSync }) =>
      readFileSync(new URL('lexicon.ts', import.meta.url), 'utf8'),
    );
    const rows = [...source.matchAll(/words:\s*[`']([^`']+)[`']/g)].flatMap(([, words = '']) =>
      words.trim().split(/\s+/),
    );
    expect(rows).toHaveLength(lexicon.size);
  });

  test('every clear verb is recognised in front, at the end and in camel case', () => {
    for (const [verb, { kind, weak }] of lexicon) {
      if (weak !== true) {
        const names = [`${verb}_thing`, `thing_${verb}`, `${verb}Thing`];
        expect(names.map((name) => `${name}: ${kindsOf(name)}`)).toEqual(
          names.map((name) => `${name}: ${kind}`),
        );
      }
    }
  });
});

describe('the effect that a name speaks of', () => {
  test.each([
    ['create_issue', 'create'],
    ['pull_request_read', 'read'],
    ['get_or_create_user', 'read create'],
    ['read_and_delete', 'read delete'],
    ['list_deleted_items', 'read'],
    ['get-delete-marker', 'read'],
    ['create_or_update_file', 'create change'],
    ['cancel_workflow_run', 'change'],
    ['mark_all_notifications_read', 'change'],
    ['deletefile', 'delete'],
    ['fileDelete', 'delete'],
    ['HTTPServerDelete', 'delete'],
    ['droptable', 'delete'],
    ['rmfile', 'delete'],
    ['getuser', 'read'],
    ['deleting_rows', 'delete'],
    ['purges', 'delete'],
    ['delеte_item', 'delete'],
    ['ｄｅｌｅｔｅ_item', 'delete'],
    ['de\u200blete_item', 'delete'],
    ['DÉLETE', 'delete'],
    ['undelete', ''],
    ['dropdown', ''],
    ['listener', ''],
    ['viewport', ''],
    ['comments', ''],
    ['slack_post_message', 'send'],
    ['browser_evaluate', 'execute'],
    ['bash', 'execute'],
    ['add_collaborator', 'permit'],
    ['set_visibility', 'permit'],
    ['revoke_token', 'permit'],
    ['delete_role', 'delete'],
    ['', ''],
  ])('a tool named %j has the effect %j', (name, expected) => {
    expect(kindsOf(name)).toBe(expected);
  });

  test('a title counts beside the name, the graver of both', () => {
    expect(kindsOf('get_thing', 'Delete a thing')).toBe('read delete');
    expect(kindsOf('xyz', 'Read a file')).toBe('read');
  });

  test('the words are quoted as they were found', () => {
    expect(nameEvidence('bulkDelete', 'Remove files').evidence).toEqual([
      { kind: 'delete', from: 'name', text: 'the name says "delete"' },
    ]);
  });
});
