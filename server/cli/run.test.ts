import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { UsageError } from './command';
import type { Command } from './command';
import { runCommandLine } from './run';

const ran: (readonly string[])[] = [];
const greet: Command = {
  usage: 'Usage: gatehouse greet NAME',
  run: (args, { stdout }) => {
    ran.push(args);
    if (args[0] === undefined) {
      return Promise.reject(new UsageError('Whom?'));
    }
    if (args[0] === 'nobody') {
      return Promise.reject(new Error('nobody is there'));
    }
    stdout.write(`hello ${args[0]}\n`);
    return Promise.resolve(7);
  },
};

async function gatehouse(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const commands = {
    greet: { summary: 'say hello', load: () => Promise.resolve(greet) },
    other: { summary: 'x', load: () => Promise.reject(new Error('loaded for nothing')) },
  };
  const code = await runCommandLine(args, commands, () => '1.2.3', {
    stdin,
    stdout,
    stderr,
    env: {},
    cwd: '/',
  });
  stdout.end();
  stderr.end();
  return { code, out: await text(stdout), err: await text(stderr) };
}

describe('gatehouse', () => {
  test('gatehouse runs a command and ends with its code', async () => {
    expect(await gatehouse('greet', 'you')).toEqual({ code: 7, out: 'hello you\n', err: '' });
  });

  test.each(['--version', '-v', 'version'])('gatehouse %s prints the version', async (flag) => {
    expect(await gatehouse(flag)).toEqual({ code: 0, out: 'gatehouse 1.2.3\n', err: '' });
  });

  test.each(['--help', '-h', 'help'])('gatehouse %s lists the commands', async (flag) => {
    const { code, out } = await gatehouse(flag);
    expect(code).toBe(0);
    expect(out).toContain('  greet  say hello\n  other  x\n');
  });

  test('nothing to do is a mistake, answered with the list', async () => {
    const { code, err, out } = await gatehouse();
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('greet');
  });

  test.each([
    ['help', 'greet'],
    ['greet', '--help'],
    ['greet', 'x', '-h'],
  ])('gatehouse %s %s tells how a command is used, and does not run it', async (...args) => {
    const before = ran.length;
    expect(await gatehouse(...args)).toEqual({ code: 0, out: 'Usage: gatehouse greet NAME\n', err: '' });
    expect(ran).toHaveLength(before);
  });

  test('what follows -- belongs to somebody else, --help too', async () => {
    await gatehouse('greet', 'x', '--', '--help');
    expect(ran.at(-1)).toEqual(['x', '--', '--help']);
  });

  test('an unknown command is a mistake; a likely one is suggested', async () => {
    expect(await gatehouse('gret')).toMatchObject({
      code: 2,
      err: 'gatehouse: there is no command "gret". Did you mean greet?\n',
    });
    expect(await gatehouse('toString')).toMatchObject({
      code: 2,
      err: 'gatehouse: there is no command "toString". The commands are greet, other.\n',
    });
  });

  test('a wrong command line says what is wrong, and where to read more', async () => {
    expect(await gatehouse('greet')).toMatchObject({
      code: 2,
      err: 'gatehouse greet: Whom?\nSee: gatehouse greet --help\n',
    });
  });

  test('a command that fails says why', async () => {
    expect(await gatehouse('greet', 'nobody')).toMatchObject({
      code: 1,
      err: 'gatehouse greet: nobody is there\n',
    });
  });
});
