import { describe, expect, test } from 'vitest';
import { menuKey, NeedList } from './need-list';
import type { Need, NeedKind } from './need-list';

function need(id: string, kind: NeedKind, changes: Partial<Need<string>> = {}): Need<string> {
  return { id, kind, label: id, detail: [], open: () => undefined, ...changes };
}

/** A question that is asked in the tab of its id. */
function question(id: string, kind: NeedKind): Need<string> {
  return need(id, kind, { question: { yes: () => undefined, isAskedIn: (tab) => tab === id } });
}

function listOf(...needs: readonly Need<string>[]): NeedList<string> {
  const list = new NeedList<string>();
  needs.forEach((each) => list.set(each));
  return list;
}

describe('what waits for a person', () => {
  test('the most urgent needs come first, with one entry for each id', () => {
    const list = listOf(need('a', 'tools'), need('b', 'halt'), need('c', 'tools'), question('a', 'tools'));
    expect(list.all.map(({ id }) => id)).toEqual(['b', 'a', 'c']);
    expect(list.get('a')?.question).toBeDefined();
  });

  test('a need stays until it is taken away', () => {
    const list = listOf(need('a', 'tools'));
    expect([list.remove('a'), list.remove('a')]).toEqual([true, false]);
    expect(list.all).toEqual([]);
  });

  test('a need has buttons for what it can do', () => {
    const putOff = (): void => undefined;
    expect(menuKey(need('a', 'halt'))).toBe('need.halt');
    expect(menuKey(need('a', 'tools', { putOff }))).toBe('need.tools.later');
    expect(menuKey({ ...question('a', 'tools'), putOff })).toBe('need.tools.asked.later');
  });
});

describe('a yes', () => {
  const a = question('a', 'tools');
  const b = question('b', 'tools');
  const c = question('c', 'changes');

  test('a yes is for the chosen entry, whatever is open', () => {
    expect(listOf(a, b).answeredBy('tools', b, 'a')).toBe(b);
  });

  test('a yes is for the question in the open document', () => {
    expect(listOf(a, b, c).answeredBy('tools', undefined, 'b')).toBe(b);
  });

  test('a yes is for the only question of its kind, and for none of several', () => {
    expect(listOf(a, c).answeredBy('tools', undefined, undefined)).toBe(a);
    expect(listOf(a, c).answeredBy('tools', undefined, 'c')).toBe(a);
    expect(listOf(a, b).answeredBy('tools', undefined, 'elsewhere')).toBeUndefined();
  });

  test.each<[string, NeedList<string>, Need<string> | undefined]>([
    ['what was answered or replaced meanwhile', listOf(question('a', 'tools')), a],
    ['what is not asked in a document yet', listOf(need('a', 'tools')), undefined],
    ['a question of another kind', listOf(c), c],
  ])('a yes is for nothing if it is for %s', (_what, list, chosen) => {
    expect(list.answeredBy('tools', chosen, undefined)).toBeUndefined();
  });
});
