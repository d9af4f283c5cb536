import { describe, expect, test } from 'vitest';
import { parseYaml } from '../yaml/parse';
import { decode } from './decode';
import { policy } from './policy';

function read(text: string) {
  const [document] = parseYaml(text).documents;
  if (!document?.root) {
    throw new Error('no document');
  }
  return decode(document.root, policy);
}

describe('reading a document', () => {
  test('decoding keeps every valid part of a document, and reports the others', () => {
    const { value, issues } = read(`apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: album
  verzion: default
  rules:
    - actions: view
      effect: EFFECT_ALOW
      roles: [user]
`);
    expect(issues.map(({ code, path }) => [code, path])).toEqual([
      ['unknown-key', '$.resourcePolicy.verzion'],
      ['wrong-type', '$.resourcePolicy.rules[0].actions'],
      ['invalid-value', '$.resourcePolicy.rules[0].effect'],
      ['missing-value', undefined],
    ]);
    expect(issues[0]?.message).toBe('unknown field "verzion"; did you mean "version"?');
    expect(issues[2]?.message).toContain('did you mean EFFECT_ALLOW?');
    expect(value?.resourcePolicy?.value.resource?.value).toBe('album');
    expect(value?.resourcePolicy?.value.rules?.value[0]?.value.roles?.value[0]?.value).toBe('user');
  });

  test('a map’s own keys win over merged ones, in any order', () => {
    const { value, issues } = read(`variables: {a: "1"}
apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: album
  version: default
  constants:
    local:
      base: &base {one: 1, two: 1}
      merged: {two: 2, <<: *base, three: 3}
`);
    expect(issues).toEqual([]);
    const merged = value?.resourcePolicy?.value.constants?.value.local?.value.get('merged');
    expect({ ...(merged?.value as object) }).toEqual({ one: 1, two: 2, three: 3 });
  });

  test('__proto__ is a name like any other', () => {
    const { value } = read(`apiVersion: api.cerbos.dev/v1
exportConstants:
  name: x
  definitions:
    __proto__: 1
    nested: {__proto__: {polluted: true}}
`);
    const definitions = value?.exportConstants?.value.definitions?.value;
    expect([...(definitions?.keys() ?? [])]).toEqual(['__proto__', 'nested']);
    expect(Object.keys(definitions?.get('nested')?.value as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('aliases that stand for too many values are refused', () => {
    const lines = ['apiVersion: api.cerbos.dev/v1', 'exportConstants:', '  name: bomb', '  definitions:'];
    lines.push('    a0: &a0 [x, x, x, x, x, x, x, x, x, x]');
    for (let level = 1; level < 12; level++) {
      lines.push(
        `    a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`,
      );
    }
    const { issues } = read(lines.join('\n'));
    expect(issues.map(({ code }) => code)).toEqual(['too-large']);
  });
});
