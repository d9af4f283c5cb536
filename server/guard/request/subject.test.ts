import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../protocol';
import { digestOf, MalformedParams, subjectOf } from './subject';

describe('what a request is about', () => {
  test.each<[Parameters<typeof subjectOf>[0], JsonObject, object]>([
    [
      'tools/call',
      { name: 't', arguments: { a: 1 } },
      { kind: 'mcp:tool', name: 't', action: 't', args: { a: 1 } },
    ],
    ['tools/call', { name: 't' }, { kind: 'mcp:tool', name: 't', action: 't', args: {} }],
    [
      'resources/read',
      { uri: 'file:///a' },
      { kind: 'mcp:resource', name: 'file:///a', action: 'read', args: { uri: 'file:///a' } },
    ],
    ['prompts/get', { name: 'p' }, { kind: 'mcp:prompt', name: 'p', action: 'get', args: {} }],
    [
      'sampling/createMessage',
      { messages: [], _meta: {} },
      { kind: 'mcp:sampling', name: 'sampling', action: 'create', args: { messages: [] } },
    ],
    [
      'resources/subscribe',
      { uri: 'a:b', _meta: {} },
      { kind: 'mcp:resource', name: 'a:b', action: 'subscribe', args: { uri: 'a:b' } },
    ],
    [
      'completion/complete',
      {
        ref: { type: 'ref/resource', uri: 'a:{b}' },
        argument: { name: 'b', value: '/x' },
        context: { arguments: { c: 'd' } },
        _meta: {},
      },
      {
        kind: 'mcp:completion',
        name: 'a:{b}',
        action: 'complete',
        args: {
          ref: { type: 'ref/resource', uri: 'a:{b}' },
          argument: { name: 'b', value: '/x' },
          context: { arguments: { c: 'd' } },
        },
        named: {
          ref: { type: 'ref/resource', uri: 'a:{b}' },
          argument: { name: 'b', value: '/x' },
          context: { arguments: { c: 'd' } },
          b: '/x',
          c: 'd',
        },
      },
    ],
    [
      'elicitation/create',
      { message: 'm' },
      { kind: 'mcp:elicitation', name: 'elicitation', action: 'create', args: { message: 'm' } },
    ],
  ])('the subject of a request is found: %s', (method, params, expected) => {
    expect(subjectOf(method, params)).toEqual(expected);
  });

  test.each<[Parameters<typeof subjectOf>[0], JsonObject]>([
    ['tools/call', {}],
    ['tools/call', { name: '' }],
    ['tools/call', { name: 1 }],
    ['tools/call', { name: 't', arguments: null }],
    ['tools/call', { name: 't', arguments: [] }],
    ['resources/read', { uri: null }],
    ['prompts/get', { name: [] }],
  ])('a request that does not say its subject is refused: %s %j', (method, params) => {
    expect(() => subjectOf(method, params)).toThrow(MalformedParams);
  });
});

describe('the digest of a call', () => {
  const subject = subjectOf('tools/call', { name: 't', arguments: { a: 1, b: { c: [2] } } });

  test('the digest of a call does not depend on the order of members', () => {
    const same = subjectOf('tools/call', { arguments: { b: { c: [2] }, a: 1 }, name: 't' });
    expect(digestOf(same, 'f')).toBe(digestOf(subject, 'f'));
  });

  test('the digest of a call depends on everything but the order of members', () => {
    const others = [
      digestOf(subject, 'g'),
      digestOf(subject, 'f', ['9007199254740993']),
      digestOf({ ...subject, name: 'u' }, 'f'),
      digestOf({ ...subject, kind: 'mcp:prompt' }, 'f'),
      digestOf({ ...subject, args: { a: 1, b: { c: ['2'] } } }, 'f'),
      digestOf({ ...subject, args: { a: 1, 'b.c': [2] } }, 'f'),
    ];
    expect(new Set([...others, digestOf(subject, 'f')]).size).toBe(others.length + 1);
  });
});
