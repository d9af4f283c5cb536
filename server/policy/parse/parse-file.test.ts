import { describe, expect, test } from 'vitest';
import { parsePolicyFile } from './parse-file';

const policy = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: album
  version: default
  rules:
    - actions: ["view"]
      effect: EFFECT_ALLOW
      roles: [user]
      condition:
        match:
          all:
            of:
              - expr: |-
                  R.attr.public == true &&
                    R.atr.owner == P.id
`;

describe('reading one file', () => {
  test.each([
    ['album.yaml', 'policy'],
    ['album_test.yaml', 'suite'],
    ['.hidden/album_test.yaml', 'suite'],
    ['testdata/principals.yml', 'principals'],
    ['a/testdata/auxData.json', 'auxData'],
    ['testdata/other.yaml', 'ignored'],
    ['_schemas/album.json', 'schema'],
    ['.hidden.yaml', 'ignored'],
    ['.git/config.yaml', 'ignored'],
    ['notes.md', 'ignored'],
  ])('the file %s is for: %s', (path, role) => {
    expect(parsePolicyFile({ path, text: '' }).role).toBe(role);
  });

  test('an expression knows where each of its characters stands', () => {
    const file = parsePolicyFile({ path: 'album.yaml', text: policy });
    const [document] = file.documents;
    const [expression] = document?.kind === 'policy' ? document.expressions.values() : [];
    const [issue] = expression?.compilation.issues ?? [];
    expect(issue?.message).toBe("undefined field 'atr'");
    const start = expression?.toFile(expression.source.indexOf('atr')) ?? -1;
    expect(policy.slice(start, start + 3)).toBe('atr');
    expect(expression?.toSource(start)).toBe(expression?.source.indexOf('atr'));
    expect(expression?.toSource(0)).toBeUndefined();
  });

  test('a half-typed file keeps its good parts', () => {
    const file = parsePolicyFile({ path: 'album.yaml', text: `${policy}    - acti` });
    const [document] = file.documents;
    expect(file.issues.length).toBeGreaterThan(0);
    expect(document?.sound).toBe(false);
    const rules = document?.kind === 'policy' ? document.policy.resourcePolicy?.value.rules?.value : [];
    expect(rules?.[0]?.value.effect?.value).toBe('EFFECT_ALLOW');
  });

  test('every prefix of a file is read without a crash', () => {
    for (let length = 0; length <= policy.length; length += 3) {
      const { issues } = parsePolicyFile({ path: 'album.yaml', text: policy.slice(0, length) });
      for (const { range } of issues) {
        expect(range.start.line).toBeLessThanOrEqual(range.end.line);
      }
    }
  });
});
