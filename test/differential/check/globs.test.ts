// Odd globs of actions against `cerbos 0.55`: what is not closed, what ends too early, and NUL.
import { expect, test } from 'vitest';
import { checkResource, compilePolicySet } from '../../../server/policy';
import type { PolicyFile } from '../../../server/policy';
import { modes } from '../support/rounds';
import { removePolicies, startServer, writePolicies } from '../support/server';

const unclosed = ['{a,b*', '{a,b*\\', '{a,b}*{c', '{a,{b*', '{*', '*{a,', '{a,*', '{*,', '{,a*'];
const malformed = ['a*[', '{a\\', '*[a\\', '*[a\\]', '[!*', '*[]', '*[a-', '*[a-z'];
const closedOddly = ['a*\\', '*[a\\]]', '*}', 'a{b*}'];
const withNul = [
  'view\0view*',
  '{view\0view,b}*',
  'a\0*',
  'view\\\0x*',
  '{a\0,b}*',
  'a\0\0b*',
  '[a-z]\0*',
  '{a\0b\0c}*',
  '*\0view',
  '{a,\0b}*',
  '[a\0b]*',
  '[\0a]*',
  '[!\0]*',
  'a?\0*',
  '**\0',
];
const actions = [
  ...[
    'a',
    'aa',
    'ab',
    'abc',
    'abx',
    'ax',
    'axbx',
    'b',
    'bb',
    'bview',
    'c',
    'z',
    'view',
    'viewview',
    'viewviewx',
  ],
  ...[
    'a]',
    '{a',
    'a}',
    'a{',
    'b*',
    '*',
    'a\\',
    '\0',
    'a\0',
    'a\0b',
    'ab\0c',
    'view\0x',
    'viewx',
    'view\0view',
  ],
  ...['\0view', 'x\0view'],
];
const [mode] = modes;

/** A set of its own for each glob: `cerbos 0.55`'s index panics at some globs, whatever the kind it is asked about. */
function policyWith(glob: string): PolicyFile {
  const rules = [{ actions: [glob], effect: 'EFFECT_ALLOW', roles: ['*'] }];
  const resourcePolicy = { resource: 'album', version: 'default', rules };
  return {
    path: 'album.json',
    text: JSON.stringify({ apiVersion: 'api.cerbos.dev/v1', resourcePolicy }),
  };
}

const principal = { id: 'a', roles: ['user'] };
const resource = { kind: 'album', id: '1' };

async function allowedByBinary(file: PolicyFile): Promise<readonly string[]> {
  const directory = await writePolicies([file]);
  try {
    const server = await startServer(directory, mode!);
    try {
      const { results } = (await server.check({ principal, resources: [{ resource, actions }] })) as {
        results: readonly { readonly actions: Readonly<Record<string, string>> }[];
      };
      return actions.filter((action) => results[0]?.actions[action] === 'EFFECT_ALLOW');
    } finally {
      await server.stop();
    }
  } finally {
    await removePolicies(directory);
  }
}

test.each([...unclosed, ...malformed, ...closedOddly, ...withNul])(
  'the glob %j matches as in cerbos 0.55',
  async (glob) => {
    const file = policyWith(glob);
    const { set } = compilePolicySet([file]);
    const output = checkResource(set!, { principal, resource, actions }, {});
    const allowed = actions.filter((action) => output.actions[action]?.effect === 'EFFECT_ALLOW');
    expect(allowed).toEqual(await allowedByBinary(file));
  },
);
