import { expect, test } from 'vitest';
import { chosenDecisionPoint } from './decision-point-settings';

/** Settings as VS Code hands them out, wherever they are set. */
function settings(
  user: Readonly<Record<string, unknown>>,
  workspace: Readonly<Record<string, unknown>> = {},
) {
  return {
    inspect: (name: string) => {
      const [, last = ''] = name.split('.');
      return {
        defaultValue: 'none',
        globalValue: user[last],
        workspaceValue: workspace[last],
        workspaceFolderValue: workspace[last],
      };
    },
  };
}

const server = { kind: 'server', location: ' https://pdp.example ', timeout: 5 };

test('a server or a bundle is asked if the user says so', () => {
  expect(chosenDecisionPoint(settings(server))).toEqual({
    kind: 'server',
    location: 'https://pdp.example',
    timeoutMs: 5000,
  });
  expect(chosenDecisionPoint(settings({ kind: 'bundle', location: '/b.wasm' }))).toEqual({
    kind: 'bundle',
    location: '/b.wasm',
    timeoutMs: 2000,
  });
});

test('no decision point is asked without settings', () => {
  expect(chosenDecisionPoint(settings({}))).toBeUndefined();
  expect(chosenDecisionPoint(settings({ ...server, kind: 'none' }))).toBeUndefined();
});

test('a workspace can neither choose one, nor another, nor none', () => {
  expect(chosenDecisionPoint(settings({}, server))).toBeUndefined();
  const mine = chosenDecisionPoint(settings(server));
  for (const kind of ['none', 'bundle', 'server']) {
    const theirs = { kind, location: 'https://other.example', timeout: 60 };
    expect(chosenDecisionPoint(settings(server, theirs))).toEqual(mine);
  }
});

test.each([
  ['a kind that is none', { ...server, kind: 'sever' }, { kind: 'server', location: 'of the kind sever' }],
  ['no location', { kind: 'server' }, { kind: 'server', location: '' }],
  ['a timeout of nothing', { ...server, timeout: 0 }, { timeoutMs: 100 }],
  ['a timeout without end', { ...server, timeout: 1e9 }, { timeoutMs: 60_000 }],
  ['a timeout that is no number', { ...server, timeout: '5' }, { timeoutMs: 2000 }],
])('%s does not mean that none is asked', (_, user, expected) => {
  expect(chosenDecisionPoint(settings(user))).toMatchObject(expected);
});
