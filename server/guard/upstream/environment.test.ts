import { expect, test } from 'vitest';
import { upstreamEnvironment } from './environment';

test('the upstream gets what the client passes, and over it what the user configured', () => {
  expect(upstreamEnvironment({ PATH: '/bin', TOKEN: 'a' }, { TOKEN: 'b', MORE: 'c' }, false)).toEqual({
    PATH: '/bin',
    TOKEN: 'b',
    MORE: 'c',
  });
});

test('what is the guard’s own stays with the guard, however its name is written', () => {
  const own = {
    GATEHOUSE_HOME: '/s',
    gatehouse_launch_token: 't',
    Gatehouse_X: '1',
    ELECTRON_RUN_AS_NODE: '1',
  };
  expect(upstreamEnvironment(own, {}, true)).toEqual({});
});

test('a variable for Electron that no window has set is the client’s', () => {
  expect(upstreamEnvironment({ ELECTRON_RUN_AS_NODE: '1' }, {}, false)).toEqual({
    ELECTRON_RUN_AS_NODE: '1',
  });
});
