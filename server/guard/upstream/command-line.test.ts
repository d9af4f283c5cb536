import { describe, expect, test } from 'vitest';
import { CommandError, commandLine } from './command-line';

test('where there is no Windows, the command is started as it is', () => {
  expect(commandLine('npx', ['-y', '%PATH%', 'a"b'], 'linux', {}, '/')).toEqual({
    file: 'npx',
    args: ['-y', '%PATH%', 'a"b'],
    verbatim: false,
  });
});

test('a NUL would end the argument early', () => {
  expect(() => commandLine('x', ['a\0b'], 'linux', {}, '/')).toThrow(CommandError);
});

describe('on Windows', () => {
  const files = new Set([
    'C:\\node\\npx.CMD',
    'C:\\node\\node.EXE',
    'C:\\work\\npx.CMD',
    'C:\\my tools\\run.bat',
  ]);
  const environment = { Path: 'relative;"C:\\node"', PATHEXT: '.EXE;.CMD', ComSpec: 'C:\\W\\cmd.exe' };
  const line = (command: string, args: readonly string[] = []): ReturnType<typeof commandLine> =>
    commandLine(command, args, 'win32', environment, 'C:\\work', (path) => files.has(path));

  test('a program is started as it is', () => {
    expect(line('node', ['a b', '%X%'])).toEqual({
      file: 'C:\\node\\node.EXE',
      args: ['a b', '%X%'],
      verbatim: false,
    });
  });

  test('a batch file is run by cmd.exe, every word in quotes; the current folder is not searched', () => {
    expect(line('npx', ['-y', 'a & b', 'C:\\dir\\', '!x!'])).toEqual({
      file: 'C:\\W\\cmd.exe',
      args: ['/d', '/v:off', '/s', '/c', '""C:\\node\\npx.CMD" "-y" "a & b" "C:\\dir\\\\" "!x!""'],
      verbatim: true,
    });
  });

  test('a batch file may be named with its path', () => {
    expect(line('C:\\my tools\\run.bat').args.at(-1)).toBe('""C:\\my tools\\run.bat""');
  });

  test.each(['a"b', '%PATH%', 'a\nb', 'a\rb'])(
    'an argument that cmd.exe would change is refused: %j',
    (argument) => {
      expect(() => line('npx', [argument])).toThrow(/can't be passed to a batch file/);
    },
  );

  test('what is not found is left to the system to report', () => {
    expect(line('missing').file).toBe('missing');
  });
});
