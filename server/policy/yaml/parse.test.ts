import { describe, expect, test } from 'vitest';
import { LineIndex } from '../position';
import type { YamlMap, YamlNode } from './node';
import { maxFileLength, parseYaml } from './parse';

function root(text: string): YamlNode {
  const [document] = parseYaml(text).documents;
  if (!document?.root) {
    throw new Error('no document');
  }
  return document.root;
}

function value(node: YamlNode, key: string): YamlNode {
  const entry = (node as YamlMap).entries.find(
    (each) => each.key.kind === 'scalar' && each.key.value === key,
  );
  if (!entry) {
    throw new Error(`no ${key}`);
  }
  return entry.value;
}

describe('the tree of a file', () => {
  test('the tree of a file has the offsets of every node', () => {
    const text = 'a: "x"\nb:\n  - 1\n  - {c: d}\n';
    const list = value(root(text), 'b');
    expect(text.slice(value(root(text), 'a').start, value(root(text), 'a').end)).toBe('"x"');
    expect(list.kind === 'sequence' && list.items.map((item) => text.slice(item.start, item.end))).toEqual([
      '1',
      '{c: d}',
    ]);
  });

  test('the tree marks nodes where cerbos 0.55 does: a block mapping at its first colon, others where they begin', () => {
    const text = 'a: x\nb:\n  - 1\nc: {d: e}\nf: &g h\ni: *g\n';
    const lines = new LineIndex(text);
    const at = (node: YamlNode): string => Object.values(lines.lineAndColumn(node.mark)).join(':');
    const tree = root(text);
    expect(at(tree)).toBe('1:2');
    expect(['a', 'b', 'c', 'f', 'i'].map((key) => at(value(tree, key)))).toEqual([
      '1:4',
      '3:3',
      '4:4',
      '5:4',
      '6:4',
    ]);
  });

  test('the tree has aliases as references, so that it is no larger than the text', () => {
    const bomb = ['a0: &a0 [x, x]'];
    for (let level = 1; level < 40; level++) {
      bomb.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`);
    }
    const tree = root(bomb.join('\n'));
    expect((tree as YamlMap).entries).toHaveLength(40);
  });

  test('an alias within its own anchor refers to nothing, so that there are no circles', () => {
    const list = value(root('a: &a [*a]'), 'a');
    expect(list.kind === 'sequence' && list.items).toEqual([
      expect.objectContaining({ name: 'a', target: undefined }),
    ]);
  });

  test.each([
    ['brackets', '['.repeat(100_000)],
    ['braces', '{a: '.repeat(100_000)],
    ['sequences in sequences', '- '.repeat(20_000)],
    ['mappings in mappings', Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('%s that nest too deeply are an error, not a crash', (_, text) => {
    expect(parseYaml(text).errors[0]).toMatchObject({ code: 'too-large' });
  });

  test('a file that is too long is refused without being parsed', () => {
    expect(parseYaml('#'.repeat(maxFileLength + 1)).errors).toMatchObject([{ code: 'too-large' }]);
  });

  test('the tree has every part that can be read, beside the errors', () => {
    const { documents, errors } = parseYaml('a: 1\nb: "x\n');
    expect(errors).not.toEqual([]);
    expect(documents[0]?.root).toMatchObject({ kind: 'map' });
  });
});
