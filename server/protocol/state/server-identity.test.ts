import { describe, expect, it } from 'vitest';
import { serverFingerprint } from './fingerprint';
import { serverIdentity } from './server-identity';
import type { StartedServer } from './server-identity';

/** The identity of a command line in a folder where these files are. */
function identity(
  line: string,
  cwd: string,
  files: readonly string[] = [],
  more: Partial<StartedServer> & { readonly written?: string } = {},
): string {
  const [command = '', ...args] = line.split(' ');
  const [writtenCommand, ...writtenArgs] = (more.written ?? line).split(' ');
  const isThere = (path: string): boolean => files.includes(path.replaceAll('\\', '/'));
  return serverIdentity(
    { command: writtenCommand ?? '', args: writtenArgs },
    { origin: 'user', command, args, cwd, ...more },
    { exists: isThere, isFile: isThere },
  );
}

describe('what a human accepts', () => {
  it.each([
    ['a package', 'npx -y @scope/server'],
    ['a program with options', 'docker run --rm -i image'],
    ['an absolute path', 'node /opt/server.js'],
    ['a program that is told a folder of data', 'mcp-files /data'],
    ['a web address', 'mcp-remote https://example.com/mcp'],
  ])('is %s, wherever it is started', (_, line) => {
    const [command, ...args] = line.split(' ');
    expect(identity(line, '/one')).toBe(serverFingerprint({ command: command ?? '', args }));
    expect(identity(line, '/one')).toBe(identity(line, '/two'));
  });

  it.each([
    ['a script below', 'node ./server.js', []],
    ['a script above', 'node ../server.js', []],
    ['a script by its bare name', 'node server.js', ['/one/server.js', '/two/server.js']],
    ['a script in a folder', 'node dist/server.js', ['/one/dist/server.js', '/two/dist/server.js']],
    ['a program in a folder', 'bin/server', []],
    ['the folder itself', 'mcp-files .', []],
    ['a script that an option names', 'node --import=./hook.js /opt/server.js', []],
    ['a module', 'python -m my.server', ['/one/my/server.py', '/two/my/server.py']],
    [
      'a package that lies there',
      'npx -y files@1.2.3',
      ['/one/node_modules/.bin/files', '/two/node_modules/.bin/files'],
    ],
    ['a registry that is set there', 'npx -y files', ['/one/.npmrc', '/two/.npmrc']],
  ])('is %s, in one folder only', (_, line, files) => {
    expect(identity(line, '/one', files)).not.toBe(identity(line, '/two', files));
    expect(identity(line, '/one', files)).toBe(identity(line, '/one', files));
  });

  it('is another once a file of the name is there', () => {
    expect(identity('npx files', '/one')).not.toBe(identity('npx files', '/one', ['/one/files']));
  });

  it('is of one folder if a variable leads to a script there, but not if to a folder of data', () => {
    const written = 'node ${workspaceFolder}/server.js';
    const one = identity('node /one/server.js', '/home', ['/one/server.js'], { written });
    expect(one).not.toBe(identity('node /two/server.js', '/home', ['/two/server.js'], { written }));
    const data = 'mcp-files ${workspaceFolder}';
    expect(identity('mcp-files /one', '/home', [], { written: data })).toBe(
      identity('mcp-files /two', '/home', [], { written: data }),
    );
  });

  it('of a workspace is of that workspace, whatever it says', () => {
    const origin = 'workspace';
    expect(identity('npx -y files', '/one', [], { origin })).not.toBe(
      identity('npx -y files', '/two', [], { origin }),
    );
    expect(identity('npx -y files', '/one', [], { origin })).not.toBe(identity('npx -y files', '/one'));
  });
});
