import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../protocol';
import { callEffect } from './call-effect';
import type { DeclaredHints } from './call-effect';

function effect(name: string, args: JsonObject = {}, declared: DeclaredHints = {}): string {
  const { contradicts, destructive, kinds } = callEffect({ name, args, declared, inputSchema: undefined });
  return [kinds.join(' ') || '-', destructive ? 'destructive' : '', contradicts ? 'contradicts' : '']
    .filter((part) => part !== '')
    .join(', ');
}

describe('the effect of a call', () => {
  test.each<readonly [string, JsonObject, DeclaredHints, string]>([
    ['get_issue', {}, {}, 'read'],
    ['get_issue', {}, { readOnlyHint: true }, 'read'],
    ['get_issue', {}, { readOnlyHint: false }, 'read change'],
    ['delete_repo', {}, { readOnlyHint: true }, 'delete, destructive, contradicts'],
    ['zzz', {}, {}, '-'],
    ['zzz', {}, { readOnlyHint: true }, 'read'],
    ['zzz', {}, { readOnlyHint: false }, 'change'],
    ['zzz', {}, { destructiveHint: true }, 'change, destructive'],
    ['create_issue', {}, { destructiveHint: true }, 'create'],
    ['update_issue', {}, { destructiveHint: true }, 'change, destructive'],
    ['issue_write', { method: 'create' }, {}, 'create'],
    ['issue_write', { method: 'delete' }, {}, 'delete, destructive'],
    ['delete_things', { method: 'get' }, {}, 'read delete, destructive'],
    ['execute_sql', { query: 'SELECT 1' }, { destructiveHint: true }, 'read'],
    ['execute_sql', { query: 'SELECT 1' }, { readOnlyHint: false }, 'read'],
    ['query', { sql: 'DROP TABLE t' }, { readOnlyHint: true }, 'delete, destructive, contradicts'],
    ['delete_rows', { sql: 'SELECT 1' }, {}, 'read delete, destructive'],
    ['http_request', { url: 'https://example.com', method: 'delete' }, {}, 'delete, destructive'],
    ['http_request', { url: 'https://example.com', method: 'GET' }, {}, 'read'],
    ['fetch', { url: 'https://example.com' }, {}, 'read'],
    ['get_page', { function: '() => 1' }, {}, 'read execute'],
    ['push_branch', { force: true }, {}, 'change send, destructive'],
    ['list_files', { force: false }, {}, 'read'],
  ])('%s %j with the hints %j: %s', (name, args, declared, expected) => {
    expect(effect(name, args, declared)).toBe(expected);
  });

  test('evidence says in words where it comes from', () => {
    const { evidence } = callEffect({
      name: 'run_query',
      args: { sql: 'DELETE FROM orders' },
      declared: { readOnlyHint: true },
      inputSchema: undefined,
    });
    expect(evidence).toEqual([{ kind: 'delete', from: 'sql', text: 'SQL that deletes all rows' }]);
  });

  test('the values of an enumeration choose, if they are grave', () => {
    const inputSchema = {
      properties: { what: { enum: ['list', 'delete'] }, sort: { enum: ['updated', 'created'] } },
    };
    const input = { name: 'items', declared: {}, inputSchema };
    expect(callEffect({ ...input, args: { what: 'delete' } }).kinds).toEqual(['delete']);
    expect(callEffect({ ...input, args: { sort: 'updated' } }).kinds).toEqual([]);
  });
});
