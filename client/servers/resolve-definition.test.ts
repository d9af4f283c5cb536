import { describe, expect, test } from 'vitest';
import { DefinitionError, resolveDefinition, unsupportedReason } from './resolve-definition';
import { SubstitutionError } from './substitute';
import type { Variables } from './substitute';

const variables: Variables = {
  folders: [
    { name: 'shop', fsPath: '/work/shop' },
    { name: 'api', fsPath: '/work/api' },
  ],
  userHome: '/home/alice',
  env: { TOKEN: 'secret', TRICK: '${userHome}' },
  pathSeparator: '/',
};
const noFile = (): Promise<string> => Promise.reject(new Error('no such file'));

describe('resolveDefinition', () => {
  test('variables are replaced in command, arguments, environment and folder', async () => {
    const resolved = await resolveDefinition(
      {
        command: '${userHome}/bin/server',
        args: ['${workspaceFolder}', '${workspaceFolder:api}${/}x', '${workspaceFolderBasename}'],
        env: { TOKEN: '${env:TOKEN}', NONE: '${env:NONE}', PORT: 8080, UNSET: null },
        cwd: '${workspaceFolder:api}',
      },
      variables,
      noFile,
    );
    expect(resolved).toEqual({
      command: '/home/alice/bin/server',
      args: ['/work/shop', '/work/api/x', 'shop'],
      env: { TOKEN: 'secret', NONE: '', PORT: '8080' },
      cwd: '/work/api',
    });
  });

  test('variables inside a replaced value are left as they are', async () => {
    const { args } = await resolveDefinition({ command: 'x', args: ['${env:TRICK}'] }, variables, noFile);
    expect(args).toEqual(['${userHome}']);
  });

  test('a server runs in the first folder, or at home in an empty window', async () => {
    expect((await resolveDefinition({ command: 'x' }, variables, noFile)).cwd).toBe('/work/shop');
    const empty = { ...variables, folders: [] };
    expect((await resolveDefinition({ command: 'x' }, empty, noFile)).cwd).toBe('/home/alice');
  });

  test('an envFile is read, and env overrides it', async () => {
    const files: Record<string, string> = {
      '/work/shop/.env':
        '# comment\nexport A=1\nB="two\\nlines" # why\nC = plain # why\nD=\'a b\'\nbad line\n',
    };
    const { env } = await resolveDefinition(
      { command: 'x', envFile: '${workspaceFolder}/.env', env: { A: 'mine' } },
      variables,
      (path) => Promise.resolve(files[path] ?? ''),
    );
    expect(env).toEqual({ A: 'mine', B: 'two\nlines', C: 'plain', D: 'a b' });
  });

  test.each([
    ['an input', '${input:token}'],
    ['a setting', '${config:x}'],
    ['a command', '${command:x}'],
    ['something unknown', '${nothing}'],
  ])('a definition with %s, which can’t be replaced, is refused', async (_what, text) => {
    await expect(resolveDefinition({ command: text }, variables, noFile)).rejects.toThrow(SubstitutionError);
  });

  test('a folder that is not open is refused', async () => {
    const args = { command: '${workspaceFolder:gone}' };
    await expect(resolveDefinition(args, variables, noFile)).rejects.toThrow(/no folder has that name/);
  });

  test.each([
    ['arguments that are no list', { command: 'x', args: 'a b' }],
    ['an argument that is no text', { command: 'x', args: [1] }],
    ['an environment that is a list', { command: 'x', env: [] }],
    ['a variable that is no text', { command: 'x', env: { A: true } }],
  ])('a definition with %s is refused', async (_what, definition) => {
    await expect(resolveDefinition(definition, variables, noFile)).rejects.toThrow(DefinitionError);
  });

  test('an unreadable envFile is an error: the server would run without what it needs', async () => {
    await expect(resolveDefinition({ command: 'x', envFile: '/none' }, variables, noFile)).rejects.toThrow(
      'no such file',
    );
  });
});

describe('unsupportedReason', () => {
  test.each([
    ['http', { url: 'https://example.com' }, /HTTP/],
    ['sse', { type: 'sse' }, /HTTP/],
    ['another type', { type: 'pigeon', command: 'x' }, /pigeon/],
    ['no command', {}, /no command/],
    ['a sandbox', { command: 'x', sandboxEnabled: true }, /sandbox/],
  ])('the reason why %s can’t be guarded is given', (_what, definition, why) => {
    expect(unsupportedReason(definition)).toMatch(why);
  });

  test('a command can be guarded', () => {
    expect(unsupportedReason({ type: 'stdio', command: 'x' })).toBeUndefined();
    expect(unsupportedReason({ command: 'x', sandboxEnabled: false })).toBeUndefined();
  });
});
