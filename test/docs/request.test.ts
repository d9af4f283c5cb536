import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { rebuilt } from '../support/guard/rebuilt-request';
import type { PolicyRequest } from '../support/guard/rebuilt-request';
import { codeBlocks, proseLines } from './pages';

test('the request that the documentation shows is one that the guard builds', () => {
  const block = codeBlocks('docs/request-model.md').find(({ text }) => text.startsWith('# request\n'));
  const documented = parse(block?.text ?? '') as PolicyRequest;
  expect(rebuilt(documented)).toEqual(documented);
});

/** Every attribute's path below `attr`, but not below maps whose names are data. */
function names(value: object, at = ''): string[] {
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    const here = `${at}${name}`;
    const isMap = typeof member === 'object' && member !== null && !Array.isArray(member);
    return isMap && !['counters', 'callsByTool', 'arguments', 'conversation'].includes(name)
      ? names(member, `${here}.`)
      : [here];
  });
}

test('every attribute of it is explained', () => {
  const blocks = codeBlocks('docs/request-model.md');
  const request = parse(
    blocks.find(({ text }) => text.startsWith('# request\n'))?.text ?? '',
  ) as PolicyRequest;
  const explained = explainedAttributes();
  const all = [...names(request.principal.attr), ...names(request.resource.attr)];
  expect(all.length).toBeGreaterThan(30);
  const isExplained = (name: string): boolean =>
    explained.some((known) => `${name}.`.startsWith(`${known}.`) || known.startsWith(`${name}.`));
  expect(all.filter((name) => !isExplained(name))).toEqual([]);
});

/** The attributes that the tables name: `a.b`, and `.c` after it for `a.c`. */
function explainedAttributes(): readonly string[] {
  return proseTableCells().flatMap((cell) => {
    let prefix = '';
    return [...cell.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => {
      if (name.startsWith('.')) {
        return `${prefix}${name}`;
      }
      prefix = name.split('.')[0] ?? '';
      return name;
    });
  });
}

function proseTableCells(): readonly string[] {
  return proseLines('docs/request-model.md')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|')[1] ?? '');
}
