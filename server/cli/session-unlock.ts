import { existsSync } from 'node:fs';
import { sessionLock } from '../guard/session/session-lease';
import { describeOwner } from '../protocol';
import type { LockOwner } from '../protocol';
import type { CommandContext } from './command';
import { askYes } from './person';

/**
 * Frees a session's lock whose owner has ended, which for an owner on another machine or in another container only a
 * person can tell. One that runs on this machine keeps it.
 * @param folder of the session, absolute
 * @param yes do not ask
 * @returns the exit code: 0 if the lock is free now
 */
export async function unlock(folder: string, yes: boolean, context: CommandContext): Promise<number> {
  const { stderr, stdout } = context;
  const lock = sessionLock(folder);
  const owner = existsSync(folder) ? lock.owner() : undefined;
  if (owner === undefined) {
    stdout.write('The session is not locked.\n');
    return 0;
  }
  stdout.write(`The session is locked by ${describeOwner(owner)}.\n`);
  if (owner.life === 'alive') {
    stderr.write(
      'It runs on this machine: wait until it has finished, or end it. The lock is left as it is.\n',
    );
    return 1;
  }
  const answer = owner.life === 'dead' || yes || (await askYes(question(owner), context));
  if (answer !== true) {
    stderr.write(
      answer === undefined
        ? 'Nobody can be asked here. If it is certain that it has ended, use --yes. The lock is left as it is.\n'
        : 'The lock is left as it is.\n',
    );
    return 1;
  }
  stdout.write(
    lock.breakFrom(owner)
      ? 'The session is unlocked.\n'
      : 'It has given the lock up meanwhile: nothing is changed.\n',
  );
  return 0;
}

function question({ process: { pid } }: LockOwner): string {
  return `This machine can't tell whether it still runs. If it does, the call that it decides now is refused. Is it certain that process ${pid} has ended, so that its lock can be taken away?`;
}
