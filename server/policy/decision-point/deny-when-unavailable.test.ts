import { describe, expect, test } from 'vitest';
import { Unavailable, denyWhenUnavailable } from './deny-when-unavailable';
import { Response, allow, resultFor } from './results';
import type { CheckResources } from './types';

const principal = { id: 'ann', roles: ['user'] };
const album = { kind: 'album', id: '1' };
const photo = { kind: 'photo', id: '2' };
const request = {
  principal,
  requestId: 'r',
  resources: [
    { resource: album, actions: ['view', 'constructor'] },
    { resource: photo, actions: ['view'] },
  ],
};

/** What a decision point that answers with this is taken to say, and what it was asked for. */
async function asked(checkResources: CheckResources, timeoutMs?: number) {
  const errors: unknown[] = [];
  const point = denyWhenUnavailable(checkResources, {
    onUnavailable: (error) => void errors.push(error),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const { requestId, results } = await point.checkResources(request);
  return { requestId, errors, allowed: results.map((result) => result.allowedActions()) };
}

const allowAll: CheckResources = ({ resources }) =>
  Promise.resolve(
    new Response(
      'r',
      resources.map((check) => resultFor(check, () => allow)),
    ),
  );
const nothing = [[], []];

describe('a decision point that may fail', () => {
  test('allows what it is asked for and allows', async () => {
    expect(await asked(allowAll)).toEqual({
      requestId: 'r',
      errors: [],
      allowed: [['view', 'constructor'], ['view']],
    });
    expect(
      await denyWhenUnavailable(allowAll).isAllowed({ principal, resource: album, action: 'view' }),
    ).toBe(true);
  });

  test('denies all if it fails, and tells why', async () => {
    const failure = new Error('no answer');
    expect(await asked(() => Promise.reject(failure))).toEqual({
      requestId: 'r',
      errors: [failure],
      allowed: nothing,
    });
  });

  test('denies all if it does not answer in time', async () => {
    const { allowed, errors } = await asked(() => new Promise(() => undefined), 5);
    expect(allowed).toEqual(nothing);
    expect(errors).toMatchObject([{ name: 'TimeoutError' }]);
  });

  test('denies all if the caller no longer waits', async () => {
    const point = denyWhenUnavailable(() => new Promise(() => undefined));
    const signal = AbortSignal.abort();
    const { results } = await point.checkResources(request, { signal });
    expect(results.map((result) => result.allAllowed())).toEqual([false, false]);
  });

  test.each<[string, CheckResources]>([
    ['one too few', async (asking) => allowAll({ ...asking, resources: asking.resources.slice(1) })],
    [
      'one too many',
      async (asking) => allowAll({ ...asking, resources: [...asking.resources, ...asking.resources] }),
    ],
    [
      'the other way round',
      async (asking) => allowAll({ ...asking, resources: asking.resources.toReversed() }),
    ],
    ['nothing', () => Promise.resolve(new Response('r', []))],
    ['rubbish', () => Promise.resolve({} as Response)],
  ])('denies all if the answer is about %s', async (_, checkResources) => {
    expect(await asked(checkResources)).toMatchObject({ allowed: nothing, errors: [expect.any(Error)] });
  });

  test('denies an action that the answer leaves out, or says something unknown of', async () => {
    const { allowed } = await asked(({ resources }) => {
      const results = resources.map(({ resource }) =>
        resultFor({ resource, actions: ['view', 'other'] }, (action) =>
          action === 'view' && resource === photo ? ('EFFECT_MAYBE' as unknown as never) : allow,
        ),
      );
      return Promise.resolve(new Response('r', results));
    });
    expect(allowed).toEqual([['view'], []]);
  });

  test('marks what it denies for want of an answer', async () => {
    const failure = new Error('no answer');
    const failing = denyWhenUnavailable(() => Promise.reject(failure));
    expect(await failing.checkResources(request)).toMatchObject({ why: failure });
    expect(await failing.checkResources(request)).toBeInstanceOf(Unavailable);
    expect(await denyWhenUnavailable(allowAll).checkResources(request)).not.toBeInstanceOf(Unavailable);
  });
});
