import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { yamlTexts } from '../../../test/support/policy/common-yaml';
import { readCommonForm } from './common-form';
import { readAnyForm } from './parse';

test.each([
  ['mappings and sequences', 'a:\n  b: 1\n  c:\n    - x\n    - d: e\n      f: g\n'],
  ['sequences at the indentation of their key', 'a:\n- b\n- c\nd: e\n'],
  ['a marker where the document begins', '# why\n---\na: b\n'],
  ['comments before, behind and after values', 'a: b # c\n# d\ne: # f\n  # g\n  h: i\n# j\n'],
  ['quotes', `a: "b: \\"c\\" \\\\ \\n"\nd: 'it''s'\n"e": ''\n`],
  ['flow collections of one line', 'a: {b: [c, "d", {}], e: {f: [], g: h.i == "j:k"}}\n'],
  ['literal blocks', 'a: |\n  b\n    c\n\n  d\n\ne: |-\n  f\n'],
  ['folded blocks', 'a: >-\n  b\n  c\n    d\n  e\n\n  f\ng: >\n  h\n'],
  ['no line break at the end', 'a:\n  - b'],
])('the common form includes %s, and has the tree that the full reader gives', (_, text) => {
  expect(readCommonForm(text)).toEqual(readAnyForm(text));
  expect(readAnyForm(text).errors).toEqual([]);
});

test.each([
  ['nothing', ''],
  ['only comments', '# a\n'],
  ['a sequence at its root', '- a\n'],
  ['an indented root', ' a: b\n'],
  ['two documents', 'a: b\n---\nc: d\n'],
  ['the end of a document', 'a: b\n...\n'],
  ['a byte order mark', '\ufeffa: b\n'],
  ['tabs', 'a:\tb\n'],
  ['carriage returns', 'a: b\r\n'],
  ['anchors', 'a: &b c\n'],
  ['aliases', 'a: *b\n'],
  ['merged mappings', 'a: {b: c}\n<<: {d: e}\n'],
  ['tags', 'a: !b c\n'],
  ['keys behind a question mark', '? a\n: b\n'],
  ['a key without a value', 'a:\nb: c\n'],
  ['a dash without a value', 'a:\n  -\n  - b\n'],
  ['unquoted text over two lines', 'a: b\n  c\n'],
  ['quoted text over two lines', 'a: "b\n  c"\n'],
  ['quoted text that does not end', 'a: "b\n'],
  ['text behind quotes', 'a: "b" == c\n'],
  ['rare escapes', 'a: "\\x41"\n'],
  ['a flow collection over two lines', 'a: [b,\n  c]\n'],
  ['text behind a flow collection', 'a: [b] == c\n'],
  ['a key within brackets', 'a: [b: c]\n'],
  ['a colon within brackets within braces', 'a: {b: [c:d]}\n'],
  ['blocks that keep their last line breaks', 'a: |+\n  b\n\nc: d\n'],
  ['blocks with a given indentation', 'a: |2\n  b\nc: d\n'],
  ['blocks in the last line without a line break', 'a: |\n  b'],
  ['comments that belong to the scalar before', 'a:\n  b: c\n    # d\ne: f\n'],
  ['what is less indented than its sequence, and more than its key', 'a:\n    - b\n  - c\n'],
  ['a second value', 'a: b: c\n'],
  [
    'collections that nest deeply',
    `${Array.from({ length: 80 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')} b\n`,
  ],
  ['brackets that nest deeply', `a: ${'['.repeat(40)}${']'.repeat(40)}\n`],
])('the common form excludes %s', (_, text) => {
  expect(readCommonForm(text)).toBeUndefined();
});

test('whatever is read as the common form has the tree that the full reader gives', () => {
  let read = 0;
  for (const text of yamlTexts(Number(process.env['GATEHOUSE_SEED'] ?? 1), 1500)) {
    const common = readCommonForm(text);
    if (common) {
      expect({ text, same: isDeepStrictEqual(common, readAnyForm(text)) }).toEqual({ text, same: true });
      read++;
    }
  }
  expect(read).toBeGreaterThan(500);
});
