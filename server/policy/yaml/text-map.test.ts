import { describe, expect, test } from 'vitest';
import type { YamlMap, YamlScalar } from './node';
import { parseYaml } from './parse';
import { textMap } from './text-map';

function scalarOf(text: string): YamlScalar {
  const tree = parseYaml(text).documents[0]?.root as YamlMap;
  return tree.entries[0]?.value as YamlScalar;
}

describe('every character of a value is found in the file', () => {
  test.each([
    ['plain', 'expr: R.attr.x == P.id'],
    ['plain over two lines', 'expr: R.attr.x ==\n  P.id && foo\n\n  || bar'],
    ['plain with tabs', 'expr: R.attr.x\t==\tP.id\n  +\tfoo'],
    ['single quotes', "expr: 'R.id == \"it''s\" && x'"],
    ['double quotes', 'expr: "R.id == \\"x\\" && \\u00e9 \\U0001F600 z"'],
    ['double quotes over two lines', 'expr: "R.id\n  == foo \\\n  && bar"'],
    ['literal', 'expr: |-\n    R.id == "x"\n      && foo\n\n    || bar\nother: 1'],
    ['literal with indentation given', 'expr: |2-\n    R.id == 1\n  && foo\n'],
    ['folded', 'expr: >-\n    R.id == "x"\n    && foo\n\n    || bar\n'],
    ['Windows line ends', 'expr: |-\r\n  R.id == 1 &&\r\n  foo\r\n'],
  ])('every character of a value is found in the file: %s', (_, text) => {
    const scalar = scalarOf(text);
    const value = scalar.value as string;
    const map = textMap(text, scalar);
    expect(map).toHaveLength(value.length + 1);
    for (const [index, offset] of map.entries()) {
      const character = value[index];
      expect(offset).toBeGreaterThanOrEqual(map[index - 1] ?? 0);
      if (character === undefined || /\s/.test(character) || text[offset] === '\\') {
        continue;
      }
      expect({ index, found: text[offset] }).toEqual({ index, found: character });
    }
  });
});
