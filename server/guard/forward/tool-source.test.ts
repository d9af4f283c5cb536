import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../protocol';
import { ManualTimers } from '../../../test/support/guard/relay';
import { ListTooLong, ToolFetcher } from './tool-source';
import type { ListLimits, ListPage } from './tool-source';

const limits: ListLimits = { pages: 5, tools: 100, bytes: 1_000, milliseconds: 60_000 };

/** A server that answers with what `page` gives for the number of the question, counted from 1. */
function server(
  page: (question: number) => { tools?: number; bytes?: number; next?: string },
  timers = new ManualTimers(),
): { fetcher: ToolFetcher; asked: (JsonObject | undefined)[] } {
  const asked: (JsonObject | undefined)[] = [];
  const ask = (params: JsonObject | undefined): Promise<ListPage> => {
    asked.push(params);
    const { bytes = 10, next, tools = 1 } = page(asked.length);
    const list = Array.from({ length: tools }, (_, index) => ({ name: `tool ${asked.length}-${index}` }));
    return Promise.resolve({
      result: { tools: list, ...(next !== undefined && { nextCursor: next }) },
      bytes,
    });
  };
  return { fetcher: new ToolFetcher(ask, timers, limits), asked };
}

describe('a list without end is given up', () => {
  test.each<[string, Parameters<typeof server>[0], string, number]>([
    ['after so many pages', (n) => ({ tools: 0, next: `${n}` }), 'more than 5 pages', 5],
    ['after so many tools', (n) => ({ tools: 40, next: `${n}` }), 'more than 100 tools', 3],
    ['within one page', () => ({ tools: 1_000_000 }), 'more than 100 tools', 1],
    ['after so many bytes', (n) => ({ bytes: 400, next: `${n}` }), 'more than', 3],
  ])('a list without end is given up: %s', async (_, page, why, questions) => {
    const { asked, fetcher } = server(page);
    await expect(fetcher.tools()).rejects.toThrow(ListTooLong);
    await expect(fetcher.tools()).rejects.toThrow(`the server's list of tools is too long: ${why}`);
    // Remembered: the second call asked nothing.
    expect(asked).toHaveLength(questions);
  });

  test('a list without end is given up after so long', async () => {
    const timers = new ManualTimers();
    const { asked, fetcher } = server((n) => {
      timers.pass(25_000);
      return { next: `${n}` };
    }, timers);
    await expect(fetcher.tools()).rejects.toThrow('not all there after 60 s');
    expect(asked).toHaveLength(3);
  });

  test('a list without end is given up at once, if a page names one that was there before', async () => {
    const { asked, fetcher } = server(() => ({ next: 'same' }));
    await expect(fetcher.tools()).rejects.toThrow('has no end');
    expect(asked).toHaveLength(2);
  });

  test('a list without end is not asked for again until it may have changed', async () => {
    const { fetcher } = server((n) => ({ tools: n === 1 ? 1_000 : 1 }));
    await expect(fetcher.tools()).rejects.toThrow(ListTooLong);
    fetcher.invalidate();
    expect(await fetcher.tools()).toHaveLength(1);
  });
});

test('a list within its limits is fetched whole, and once', async () => {
  const { asked, fetcher } = server((n) => ({ tools: 25, bytes: 250, ...(n < 4 && { next: `${n}` }) }));
  expect(await fetcher.tools()).toHaveLength(100);
  expect(await fetcher.tools()).toBe(await fetcher.tools());
  expect(asked).toEqual([undefined, { cursor: '1' }, { cursor: '2' }, { cursor: '3' }]);
});

test('a server that says without end that its tools have changed has one list fetched at a time', async () => {
  let open = 0;
  let most = 0;
  let fetches = 0;
  const release: (() => void)[] = [];
  const ask = async (): Promise<ListPage> => {
    fetches++;
    open++;
    most = Math.max(most, open);
    await new Promise<void>((resolve) => release.push(resolve));
    open--;
    return { result: { tools: [{ name: `list ${fetches}` }] }, bytes: 1 };
  };
  const fetcher = new ToolFetcher(ask, new ManualTimers(), limits);
  const calls: Promise<readonly JsonObject[]>[] = [];
  for (let change = 0; change < 50; change++) {
    calls.push(fetcher.tools());
    fetcher.invalidate();
  }
  for (let turn = 0; turn < 10; turn++) {
    release.splice(0).forEach((resolve) => resolve());
    await new Promise((resolve) => setImmediate(resolve));
  }
  const lists = await Promise.all(calls);
  expect([most, fetches]).toEqual([1, 2]);
  // Whoever asked after the first change has a list that was fetched after it.
  expect(lists.map(([tool]) => tool?.['name'])).toEqual(['list 1', ...Array<string>(49).fill('list 2')]);
});
