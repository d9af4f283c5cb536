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

/**
 * The decision when a decision point responds like this, the requests that it got, and the errors that were reported.
 */
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
  test('a decision point that answers allows exactly the requested actions that it allows', async () => {
    expect(await asked(allowAll)).toEqual({
      requestId: 'r',
      errors: [],
      allowed: [['view', 'constructor'], ['view']],
    });
    expect(
      await denyWhenUnavailable(allowAll).isAllowed({ principal, resource: album, action: 'view' }),
    ).toBe(true);
  });

  test('a decision point that fails denies every action, and the cause is reported', async () => {
    const failure = new Error('no answer');
    expect(await asked(() => Promise.reject(failure))).toEqual({
      requestId: 'r',
      errors: [failure],
      allowed: nothing,
    });
  });

  test('a decision point that does not answer in time denies every action', async () => {
    const { allowed, errors } = await asked(() => new Promise(() => undefined), 5);
    expect(allowed).toEqual(nothing);
    expect(errors).toMatchObject([{ name: 'TimeoutError' }]);
  });

  test('a decision point denies every action if the caller aborts', async () => {
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
  ])('all actions are denied if the answer is about %s', async (_, checkResources) => {
    expect(await asked(checkResources)).toMatchObject({ allowed: nothing, errors: [expect.any(Error)] });
  });

  test('an action that the answer leaves out, or has an unknown effect for, is denied', async () => {
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

  test('a denial for want of an answer is marked as such', async () => {
    const failure = new Error('no answer');
    const failing = denyWhenUnavailable(() => Promise.reject(failure));
    expect(await failing.checkResources(request)).toMatchObject({ why: failure });
    expect(await failing.checkResources(request)).toBeInstanceOf(Unavailable);
    expect(await denyWhenUnavailable(allowAll).checkResources(request)).not.toBeInstanceOf(Unavailable);
  });
});
