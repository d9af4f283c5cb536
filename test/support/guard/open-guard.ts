// A guard that allows everything, so that the relay by itself can be held against real peers:
//   node open-guard.js -- COMMAND [ARG…]
// With --refuse NAME (before --) requests of that method, and calls of that tool, are refused, and the tool is hidden.
import { join } from 'node:path';
import type { Enforcer } from '../../../server/guard/enforcer';
import { exitWith, guardProcess } from '../../../server/guard/guard-process';
import { launchFromArguments } from '../../../server/guard/launch';
import { runGuard } from '../../../server/guard/run';

const end = process.argv.indexOf('--');
const [command = '', ...args] = process.argv.slice(end + 1);
const refused = process.argv.slice(2, end).filter((argument) => argument !== '--refuse');

const isRefused = (name: unknown): boolean => refused.some((other) => other === name);

let count = 0;
const open: Enforcer = {
  decide: ({ method, params }) => {
    count++;
    const id = String(count);
    const { name } = params;
    return Promise.resolve(
      refused.includes(method) || isRefused(name)
        ? {
            kind: 'refuse',
            id,
            message: 'Refused.',
            data: { id, effect: 'deny', rule: 'test', policy: 'test' },
          }
        : { kind: 'forward', id },
    );
  },
  outcome: () => undefined,
  list: (kind, items) => {
    const shown = items.filter(({ name }) => kind !== 'tools' || !isRefused(name));
    return shown.length === items.length ? items : shown;
  },
  initialized: (result) => result,
  accepted: true,
  onPolicyChange: () => undefined,
  close: () => Promise.resolve(),
};

const launch = launchFromArguments({ name: 'fixture', command, args, policies: [] }, process.cwd());
runGuard(launch, guardProcess(join(__dirname, '..', 'policies')), {
  createEnforcer: () => open,
}).then(exitWith, async (error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  await exitWith(1);
});
