import { describe, expect, test } from 'vitest';
import { requestId, RequestTable } from './ids';
import type { RequestId } from './ids';

function id(text: string): RequestId {
  const made = requestId(JSON.parse(text) as number | string, text);
  if (made === undefined) {
    throw new Error(`no id: ${text}`);
  }
  return made;
}

describe('requests in flight', () => {
  test('requests in flight are found by the exact value of their id', () => {
    const table = new RequestTable<{ id: RequestId }>();
    const [one, text] = [{ id: id('1') }, { id: id('"1"') }];
    table.add(one);
    table.add(text);
    expect([table.find(id('1.0')), table.find(id('"1"')), table.find(id('2'))]).toEqual([
      one,
      text,
      undefined,
    ]);
  });

  test('requests in flight are found by what a double makes of it, as long as only one can be meant', () => {
    const table = new RequestTable<{ id: RequestId }>();
    const [odd, even] = [{ id: id('9007199254740993') }, { id: id('9007199254740992.1') }];
    table.add(odd);
    expect(table.find(id('9007199254740992'))).toBe(odd);
    table.add(even);
    expect(table.find(id('9007199254740992'))).toBeUndefined();
    table.delete(odd);
    expect(table.find(id('9007199254740992'))).toBe(even);
    table.delete(even);
    expect(table.find(id('9007199254740992'))).toBeUndefined();
  });

  test('requests in flight give way to a later one with the same id', () => {
    const table = new RequestTable<{ id: RequestId }>();
    const [first, second] = [{ id: id('9007199254740993') }, { id: id('9007199254740993') }];
    table.add(first);
    table.add(second);
    table.delete(first);
    expect([table.size, table.find(id('9007199254740992'))]).toEqual([1, second]);
  });

  test('requests in flight are not all looked at for a response that nobody waits for', () => {
    let looks = 0;
    const table = new RequestTable<{ id: RequestId }>();
    for (let number = 0; number < 10_000; number++) {
      const made = id(`${number}`);
      const counted = {
        key: made.key,
        text: made.text,
        get double() {
          looks++;
          return made.double;
        },
      } as RequestId;
      table.add({ id: counted });
    }
    looks = 0;
    for (let number = 0; number < 1_000; number++) {
      table.find(id(`${number}.5`));
    }
    expect(looks).toBe(0);
  });
});
