import { describe, expect, test } from 'vitest';
import type { GrantBounds, RememberBounds } from '../approval';
import {
  fittingGrants,
  grantOf,
  Grants,
  lateGrant,
  permits,
  readGrantBounds,
  rememberingGrant,
  revocation,
  stricterBounds,
} from './grants';
import type { GrantedCall, IssuedGrant } from './grants';
import { SessionReducer } from './reducer';
import type { GrantRecord, NewRecord, SessionRecord } from './records';

const call: GrantedCall = {
  user: 'alice',
  agent: 'a',
  launch: 'l',
  kind: 'mcp:tool',
  tool: 'add',
  policies: 'p',
  digest: 'd',
};
const now = Date.UTC(2026, 0, 5, 10);
const approver = { name: 'Alice', via: 'window' } as const;
const issued: IssuedGrant = { id: 'g', decision: 'c', level: 1, call, server: 'items', approver, now };
const session: RememberBounds = { session: true };

function recorded(record: NewRecord | undefined, id = 'g'): GrantRecord {
  expect(record?.type).toBe('grant');
  return { ...(record as GrantRecord), id, prev: '', time: new Date(now).toISOString() };
}

/** With so many uses left. */
const given = (bounds: GrantBounds, id = 'g'): GrantRecord =>
  recorded(rememberingGrant(issued, { ...bounds, ...(bounds.uses && { uses: bounds.uses + 1 }) }), id);

function fitting(
  records: readonly GrantRecord[],
  changes: object = {},
  at = now,
  remember = session,
): string[] {
  return fittingGrants(records.map(grantOf), { ...call, ...changes }, { level: 1, now: at, remember }).map(
    ({ id }) => id,
  );
}

describe('how far an answer may be remembered', () => {
  test.each<[RememberBounds, GrantBounds, boolean]>([
    [{ session: false }, {}, false],
    [{ session: false }, { uses: 1 }, false],
    [{ session: true }, {}, true],
    [{ session: true }, { uses: 5, minutes: 15 }, true],
    [{ session: false, uses: 5 }, { uses: 5 }, true],
    [{ session: false, uses: 5 }, { uses: 6 }, false],
    [{ session: false, uses: 5 }, { minutes: 1 }, false],
    [{ session: false, uses: 5 }, {}, false],
    [{ session: false, uses: 5, minutes: 15 }, { uses: 5 }, false],
    [{ session: false, uses: 5, minutes: 15 }, { uses: 5, minutes: 15 }, true],
    [{ session: false, minutes: 15 }, { minutes: 15.1 }, false],
    [{ session: false, minutes: 15, match: 'call' }, { minutes: 15 }, false],
    [{ session: false, minutes: 15, match: 'call' }, { minutes: 15, match: 'call' }, true],
    [{ session: false, match: 'call' }, { match: 'call' }, false],
  ])('policies with %o permit an answer with %o: %s', (remember, bounds, permitted) => {
    expect(permits(remember, bounds)).toBe(permitted);
  });

  test.each<[RememberBounds, RememberBounds, RememberBounds]>([
    [session, session, session],
    [session, { session: false }, { session: false }],
    [session, { session: false, uses: 5 }, { session: false, uses: 5 }],
    [
      { session: false, uses: 5 },
      { session: false, uses: 3, minutes: 2 },
      { session: false, uses: 3, minutes: 2 },
    ],
    [{ session: false, minutes: 5, match: 'call' }, session, { session: false, minutes: 5, match: 'call' }],
  ])('the stricter of %o and %o is %o, whichever comes first', (a, b, both) => {
    expect(stricterBounds(a, b)).toEqual(both);
    expect(stricterBounds(b, a)).toEqual(both);
  });

  test.each<[unknown, boolean]>([
    [{ uses: 5 }, true],
    [{ minutes: 0.5 }, true],
    [{ uses: 1, minutes: 15, match: 'call' }, true],
    [{}, false],
    [{ match: 'call' }, false],
    [{ uses: 0 }, false],
    [{ uses: -1 }, false],
    [{ uses: 1.5 }, false],
    [{ uses: '5' }, false],
    [{ uses: 1_001 }, false],
    [{ minutes: 0 }, false],
    [{ minutes: NaN }, false],
    [{ minutes: 24 * 60 + 1 }, false],
    [{ uses: 5, match: 'tool' }, false],
    [{ uses: 5, targets: ['x'] }, false],
    [null, false],
    [5, false],
  ])('an answer with the bounds %o has bounds that count: %s', (value, isOne) => {
    expect(readGrantBounds(value)).toEqual(isOne ? value : undefined);
  });
});

describe('a grant', () => {
  test.each(['user', 'agent', 'launch', 'kind', 'tool', 'policies'])(
    'a grant fits no call with another %s',
    (member) => {
      expect(fitting([given({})])).toEqual(['g']);
      expect(fitting([given({})], { [member]: 'other' })).toEqual([]);
    },
  );

  test('a grant for exactly one call fits no other call of the tool', () => {
    const record = given({ minutes: 5, match: 'call' });
    expect(fitting([record])).toEqual(['g']);
    expect(fitting([record], { digest: 'other' })).toEqual([]);
  });

  test('a grant ends after its minutes, and not before', () => {
    const record = given({ minutes: 15 });
    expect(fitting([record], {}, now + 15 * 60_000 - 1)).toEqual(['g']);
    expect(fitting([record], {}, now + 15 * 60_000)).toEqual([]);
  });

  test('a grant whose end can not be read has ended', () => {
    expect(fitting([{ ...given({ minutes: 15 }), expiresAt: 'soon' }])).toEqual([]);
  });

  test('a grant does not fit where the policies permit less by now', () => {
    expect(fitting([given({})], {}, now, { session: false, uses: 5 })).toEqual([]);
    expect(fitting([given({ uses: 5 })], {}, now, { session: false, uses: 5 })).toEqual(['g']);
    expect(fitting([given({ uses: 6 })], {}, now, { session: false, uses: 5 })).toEqual([]);
  });

  test('a grant does not fit a call that needs a higher level', () => {
    const grants = [grantOf(given({}))];
    expect(fittingGrants(grants, call, { level: 2, now, remember: session })).toEqual([]);
  });

  test('a grant that is narrower is used first', () => {
    const records = [
      given({}, 'session'),
      given({ minutes: 9 }, 'nine'),
      given({ minutes: 5 }, 'five'),
      given({ minutes: 20, match: 'call' }, 'call'),
      recorded(lateGrant(issued), 'late'),
    ];
    expect(fitting(records)).toEqual(['late', 'call', 'five', 'nine', 'session']);
  });

  test('a grant for so many calls counts the one that was asked about', () => {
    expect(rememberingGrant(issued, { uses: 5 })).toMatchObject({ how: 'bounded', uses: 4 });
    expect(rememberingGrant(issued, { uses: 1 })).toBeUndefined();
    expect(rememberingGrant(issued, {})).toMatchObject({ how: 'session' });
  });

  test('a grant from a late answer is for exactly that call, once, whatever the policies permit', () => {
    const record = recorded(lateGrant(issued));
    expect(fitting([record], {}, now, { session: false })).toEqual(['g']);
    expect(fitting([record], { digest: 'other' })).toEqual([]);
    expect(fitting([record], {}, now + 10 * 60_000)).toEqual([]);
    expect(grantOf(record)).toMatchObject({ uses: 1, isLate: true });
  });
});

describe('the grants of a session', () => {
  test('grants are consumed use by use, and then gone', () => {
    const grants = new Grants();
    grants.issue(given({ uses: 2 }));
    grants.consume('g');
    expect(grants.records).toMatchObject([{ id: 'g', uses: 1 }]);
    grants.consume('g');
    expect(grants.records).toEqual([]);
    grants.consume('g');
    expect(grants.records).toEqual([]);
  });

  test('grants without a number of uses are never used up', () => {
    const grants = new Grants();
    grants.issue(given({}));
    grants.consume('g');
    expect(grants.records).toEqual([given({})]);
  });

  test('grants that are late and of records without uses are good for one call', () => {
    const grants = new Grants();
    const { uses, ...old } = recorded(lateGrant(issued));
    expect(uses).toBe(1);
    grants.issue(old);
    grants.consume('g');
    expect(grants.records).toEqual([]);
  });

  test('grants are folded from records, and a checkpoint carries the uses that are left', () => {
    const base = { prev: '', time: new Date(now).toISOString() };
    const used: SessionRecord = {
      ...base,
      type: 'decision',
      id: 'c2',
      effect: 'allow',
      final: true,
      policy: '',
      rule: '',
      reasons: [],
      grant: 'g',
    };
    const before = new SessionReducer();
    [given({ uses: 3 }), given({}, 'other'), used].forEach((record) => before.apply(record));
    expect(before.state.grants).toMatchObject([{ id: 'g', uses: 2 }, { id: 'other' }]);
    const after = new SessionReducer();
    const owner = { user: { id: 'u', name: 'u' }, workspace: { name: 'w', folders: [] } };
    const startedAt = base.time;
    after.apply({
      ...base,
      ...owner,
      type: 'checkpoint',
      v: 2,
      id: 's',
      part: 2,
      startedAt,
      previous: '',
      state: before.state,
    });
    [used, used].forEach((record) => after.apply(record));
    expect(after.grants.map(({ id }) => id)).toEqual(['other']);
    after.apply({ ...base, ...revocation('other', 'alice') });
    expect(after.grants).toEqual([]);
  });
});
