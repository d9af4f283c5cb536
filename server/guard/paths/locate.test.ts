import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PathContext } from './context';
import { locatePaths, takesTrees } from './locate';

/**
 * A real tree:
 *
 *     home/.ssh/id            a secret
 *     home/.gatehouse/key     the state folder
 *     other/file              another folder
 *     ws/                     the workspace, with src/a.ts, .vscode/settings.json, .git/hooks
 *     ws/out -> other         ws/in -> ws/src, ws/loop -> loop, ws/free -> .vscode, ws/proc -> /proc/self/cwd
 *     ws/back -> other/deep   (its parent is other, not ws)
 *     ws-2/                   begins with the workspace's name
 *     ws/tel: -> other        a link that looks like a scheme
 *     alias -> ws             the workspace under another name
 */
let root: string;
let context: PathContext;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'gatehouse-paths-')));
  for (const folder of [
    'home/.ssh',
    'home/.gatehouse',
    'other/deep',
    'ws/src',
    'ws/.vscode',
    'ws/.git/hooks',
    'ws-2',
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const file of [
    'home/.ssh/id',
    'home/.gatehouse/key',
    'other/file',
    'ws/src/a.ts',
    'ws/.vscode/settings.json',
  ]) {
    writeFileSync(join(root, file), 'x');
  }
  symlinkSync(join(root, 'other'), join(root, 'ws/out'));
  symlinkSync('src', join(root, 'ws/in'));
  symlinkSync('loop', join(root, 'ws/loop'));
  symlinkSync('.vscode', join(root, 'ws/free'));
  symlinkSync('/proc/self/cwd', join(root, 'ws/proc'));
  symlinkSync('../other/deep', join(root, 'ws/back'));
  symlinkSync('ws', join(root, 'alias'));
  symlinkSync('../other', join(root, 'ws/tel:'));
  linkSync(join(root, 'ws/.vscode/settings.json'), join(root, 'ws/notes.json'));
  context = {
    platform: 'linux',
    folders: [join(root, 'ws')],
    bases: [join(root, 'ws')],
    home: join(root, 'home'),
    guarded: [join(root, 'home/.gatehouse')],
    env: { TMP_DIR: '/var/tmp' },
    readOnly: false,
    takesTrees: false,
  };
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

/** `inside`, `outside`, `protected` or `none` for an argument `path`; ROOT stands for the tree. */
function placed(text: string, changes: Partial<PathContext> = {}, argument = 'path'): string {
  const facts = locatePaths({ [argument]: text.replaceAll('ROOT', root) }, undefined, {
    ...context,
    ...changes,
  });
  if (facts.length === 0) {
    return 'none';
  }
  if (facts.some((fact) => fact.protected)) {
    return 'protected';
  }
  return facts.every((fact) => fact.inWorkspace) ? 'inside' : 'outside';
}

describe('a path of an argument "path"', () => {
  test.each([
    ['an absolute path', 'ROOT/ws/src/a.ts', 'inside'],
    ['the workspace itself', 'ROOT/ws', 'inside'],
    ['a relative path', 'src/a.ts', 'inside'],
    ['nothing at all, which is the working directory', '', 'inside'],
    ['a file that does not exist yet', 'src/new/b.ts', 'inside'],
    ['dots that stay inside', 'src/../src/a.ts', 'inside'],
    ['a link that stays inside', 'in/a.ts', 'inside'],
    ['a file URI', 'file://ROOT/ws/src/a.ts', 'inside'],
    ['a file URI with localhost', 'file://localhost/ROOT/ws/src/a.ts', 'inside'],
    ['brackets that are part of a name', 'src/[...slug]/page.tsx', 'inside'],
    ['a dollar that is part of a name', 'src/$id.tsx', 'inside'],

    ['another folder', 'ROOT/other/file', 'outside'],
    ['a folder that only begins like the workspace', 'ROOT/ws-2/x', 'outside'],
    ['dots that leave', '../other/file', 'outside'],
    ['dots that leave, from an absolute path', 'ROOT/ws/../other/file', 'outside'],
    ['dots through something that does not exist', 'nothing/../../other/file', 'outside'],
    ['dots that leave only after following a link', 'back/../file', 'outside'],
    ['dots that leave only by name', 'in/../../other', 'outside'],
    ['a link that leaves', 'out/file', 'outside'],
    ['the link itself', 'out', 'outside'],
    ['a new file behind a link that leaves', 'out/new', 'outside'],
    ['a link from outside to the inside', 'ROOT/alias', 'outside'],
    ['links in a circle', 'loop/x', 'outside'],
    ['home', '~', 'outside'],
    ['a file at home', '~/.ssh/id', 'outside'],
    ["another user's home", '~root/.bashrc', 'outside'],
    ['a variable', '$HOME/.ssh/id', 'outside'],
    ['a variable in braces', '${TMP_DIR}/x', 'outside'],
    ['a variable that is not set', '$NOTHING/etc/passwd', 'outside'],
    ['a Windows variable', '%TMP_DIR%/x', 'outside'],
    ['a command substitution', '$(echo /etc)/passwd', 'outside'],
    ['a file URI elsewhere', 'file:///etc/passwd', 'outside'],
    ['a file URI in capitals', 'FILE:///etc/passwd', 'outside'],
    ['a file URI without slashes', 'file:/etc/passwd', 'outside'],
    ['a file URI of another host', 'file://server/ROOT/ws/src/a.ts', 'outside'],
    ['a file URI with encoded dots', 'file://ROOT/ws/%2e%2e/other/file', 'outside'],
    ['a file URI with an encoded slash', 'file://ROOT/ws/..%2Fother', 'outside'],
    ['a file URI encoded twice', 'file://ROOT/ws/%252e%252e/other/file', 'outside'],
    ['a file URI with backslashes', 'file://ROOT/ws/..\\..\\etc', 'outside'],
    ['a file URI within another scheme', 'view-source:file:///etc/passwd', 'outside'],
    ['encoded dots without a scheme', '%2e%2e/other/file', 'outside'],
    ['an overlong encoding of dots', 'file://ROOT/ws/%c0%ae%c0%ae/\0', 'outside'],
    ['backslashes', '..\\other\\file', 'outside'],
    ['mixed separators', 'src\\../..\\other/file', 'outside'],
    ['a NUL', 'src/a.ts\0.png', 'outside'],
    ['a line break', 'src/a.ts\n/etc/passwd', 'outside'],
    ['space around it', ' /etc/passwd ', 'outside'],
    ['a path that is too long', `src/${'a/'.repeat(3000)}`, 'outside'],
    ['a name that is too long', `src/${'a'.repeat(300)}`, 'outside'],
    ['a Windows drive', 'C:\\Users\\x', 'outside'],
    ['a path relative to a drive', 'C:x', 'outside'],
    ['a network share', '\\\\server\\share\\x', 'outside'],
    ['a Windows device path', '\\\\?\\C:\\x', 'outside'],
    ['what each process sees differently', '/proc/self/cwd/src/a.ts', 'outside'],
    ['the same, behind a link', 'proc/src/a.ts', 'outside'],
    ['braces that expand to dots', '{src,..}/other', 'outside'],
    ['brackets that expand to dots', '[.]./other', 'outside'],
    ['a list in one string', 'src/a.ts,/etc/passwd', 'outside'],
    ['a URI whose path leaves', 'https://../../../../etc/passwd', 'outside'],
    ['a scheme that is a folder', 'data:/../../../etc/passwd', 'outside'],
    ['a scheme that is a link', 'tel:/file', 'outside'],
    ['quotes around it', '"/etc/passwd"', 'outside'],
    ['an at sign before it', '@/etc/passwd', 'outside'],
    ['dots among spaces', '../other folder/a b c', 'outside'],
    ['case that the file system does not ignore', 'ROOT/WS/src/a.ts', 'outside'],

    ['settings', '.vscode/settings.json', 'protected'],
    ['settings in capitals', '.VSCODE/Settings.JSON', 'protected'],
    ['settings through dots', 'src/../.vscode/settings.json', 'protected'],
    ['settings behind a link', 'free/settings.json', 'protected'],
    ['settings under a second name', 'notes.json', 'protected'],
    ['settings with a trailing dot', '.vscode/settings.json.', 'protected'],
    ['settings with a trailing space', '.vscode /settings.json', 'protected'],
    ['settings with an alternate stream', '.vscode/settings.json::$DATA', 'protected'],
    ['settings with an invisible character', '.vs\u200ccode/settings.json', 'protected'],
    ['settings in full-width letters', '.ｖscode/settings.json', 'protected'],
    ['settings by pattern', '.vs*/settings.json', 'protected'],
    ['settings by braces', '{.vscode,x}/settings.json', 'protected'],
    ['settings with backslashes', '.vscode\\settings.json', 'protected'],
    ['settings by an encoded URI', 'file://ROOT/ws/%2Evscode/settings.json', 'protected'],
    ['settings before a NUL', '.vscode/settings.json\0.txt', 'protected'],
    ["a repository's policies", '.gatehouse/policies/a.yaml', 'protected'],
    ['the state folder', '~/.gatehouse/key', 'protected'],
    ['the folder that holds settings', '.vscode', 'protected'],
    ["the repository's Git folder", '.git', 'protected'],
    ['a Git hook', '.git/hooks/pre-commit', 'protected'],
    ["an agent's servers", '.mcp.json', 'protected'],
    ["an agent's settings at home", '~/.claude.json', 'protected'],
    ["VS Code's settings at home", '~/.config/Code/User/settings.json', 'protected'],
    ['settings a long way round', `${'./'.repeat(30_000)}.vscode/settings.json`, 'protected'],
    ['a nested repository', 'packages/a/.git/config', 'protected'],
  ])('%s is placed rightly', (_, text, expected) => {
    expect(placed(text)).toBe(expected);
  });

  test('a path is relative to the worst of the folders that it may be relative to', () => {
    const bases = [join(root, 'ws'), join(root, 'other')];
    expect(placed('src/a.ts', { bases })).toBe('outside');
    expect(placed('src/a.ts', { bases: [join(root, 'ws'), join(root, 'ws/src')] })).toBe('inside');
  });

  test('a path is outside where there is no workspace', () => {
    expect(placed('ROOT/ws/src/a.ts', { folders: [] })).toBe('outside');
  });

  test('a path is inside whichever way a workspace is written that is opened through a link', () => {
    const folders = [join(root, 'alias')];
    expect(placed('ROOT/alias/src/a.ts', { folders })).toBe('inside');
    expect(placed('ROOT/ws/src/a.ts', { folders })).toBe('inside');
  });
});

describe('folders above protected places', () => {
  test('folders above protected places may be read', () => {
    expect(placed('.vscode', { readOnly: true })).toBe('inside');
    expect(placed('ROOT/ws', { readOnly: true })).toBe('inside');
  });

  test('folders above protected places are protected when the call takes what it is given', () => {
    const taking = { takesTrees: true };
    expect(placed('ROOT/ws', taking)).toBe('protected');
    expect(placed('ROOT', taking)).toBe('protected');
    expect(placed('~', taking)).toBe('protected');
    expect(placed('src', taking)).toBe('inside');
  });

  test('folders above protected places may be named as the place to work in', () => {
    expect(placed('ROOT/ws', { takesTrees: true }, 'repo_path')).toBe('inside');
  });

  test('folders above protected places are taken by verbs, as words of a name', () => {
    expect(['move_file', 'deleteItem', 'git-rm', 'rename'].every(takesTrees)).toBe(true);
    expect(['remote_info', 'model', 'write_file', 'git_commit'].some(takesTrees)).toBe(false);
  });
});

describe('paths are found', () => {
  test.each<[string, Parameters<typeof locatePaths>[0], readonly string[]]>([
    ['by name', { filePath: 'x' }, ['filePath']],
    ['in lists', { paths: ['src/a.ts', '/etc/passwd'] }, ['paths[0]', 'paths[1]']],
    ['at any depth', { edits: [{ a: { targetFile: 'x' } }] }, ['edits[0].a.targetFile']],
    ['below a member that is named so', { files: [{ label: 'src/a.ts' }] }, ['files[0].label']],
    ['by look', { x: '/etc/passwd', y: '~/a', z: '../b' }, ['x', 'y', 'z']],
    ['by look, with spaces', { x: '../a b c', source: 'a b/c d' }, ['x', 'source']],
    ['by look, if something is there', { x: 'src/a.ts', y: 'owner/repository' }, ['x']],
    ['as names of members', { files: { '/etc/passwd': 'text' } }, ['files./etc/passwd']],
    ['in a command line', { command: "cat '/etc/passwd'|x" }, ['command']],
    ['in options', { x: ['--file=/etc/passwd'] }, ['x[0]']],
    ['in JSON within a string', { x: '{"path": "a"}' }, ['x.path']],
    [
      'in text only if something is there',
      { query: '/etc/passwd', pattern: '//TODO', newText: '/api/v1/users' },
      ['query'],
    ],
    ['by name, but not what a file holds', { file_content: '/* x */', fileText: 'a\n/b' }, []],
    ['but not in text', { content: '/* a comment */\nint x;', message: 'either/or' }, []],
    ['but not in other URIs', { url: 'https://example.com/a', path: 'https://example.com/b' }, []],
  ])('paths are found: %s', (_, args, expected) => {
    expect(locatePaths(args, undefined, context).map((fact) => fact.argument)).toEqual(expected);
  });

  test('paths are found by the input schema', () => {
    const schema = { type: 'object', properties: { x: { type: 'string', format: 'path' } } };
    expect(locatePaths({ x: 'a' }, schema, context)).toHaveLength(1);
    expect(locatePaths({ x: 'a' }, undefined, context)).toHaveLength(0);
  });

  test('paths are counted as protected when there are too many', () => {
    const facts = locatePaths(
      { paths: Array.from({ length: 3000 }, (_, i) => `src/${i}`) },
      undefined,
      context,
    );
    expect(facts.at(-1)).toMatchObject({ inWorkspace: false, protected: true });
  });
});

describe('a path is found however it is disguised', () => {
  test.each<[string, string, string, string]>([
    ['by a line break that dots take away', 'destination', 'x\n/../.vscode/mcp.json', 'protected'],
    ['by a line break, under any name', 'x', 'a\n/../../other/file', 'outside'],
    ['by more dots than anybody reads', 'destination', `${'./'.repeat(40_000)}.vscode/mcp.json`, 'protected'],
    ['by dots, under any name', 'x', `/${'./'.repeat(40_000)}etc/passwd`, 'outside'],
    ['by slashes', 'destination', `src${'/'.repeat(5_000)}../.vscode/mcp.json`, 'protected'],
    [
      'in JSON that is padded',
      'x',
      JSON.stringify({ path: '/etc/passwd', y: 'a'.repeat(70_000) }),
      'outside',
    ],
    ['by more percent signs than can be read', 'path', `file://ROOT/${'%2e/'.repeat(12_000)}x`, 'protected'],
    ['by having no separator', 'destination', '.mcp.json', 'protected'],
    ['by having no separator, as a folder', 'destination', '.vscode', 'protected'],
    ['by having no separator, as a link', 'source', 'out', 'outside'],
    ['by having no separator, under any name', 'x', 'opencode.json', 'protected'],
    ['by having no separator, as a second name', 'x', 'notes.json', 'protected'],
  ])('a path is found however it is disguised: %s', (_, argument, text, expected) => {
    expect(placed(text, {}, argument)).toBe(expected);
  });

  test.each<[string, string]>([
    ['to', 'alice'],
    ['target', '*'],
    ['x', 'main'],
    ['x', 'two lines\nof text and/or more'],
    ['x', 'aGVsbG8/'.repeat(20_000)],
    ['content', `${'./'.repeat(40_000)}.vscode/mcp.json`],
  ])('a text that only looks like a disguised path is no path: %s', (argument, text) => {
    expect(placed(text, {}, argument)).toBe('none');
  });

  test('names of any length are told apart in no time', () => {
    const started = performance.now();
    locatePaths({ ['A'.repeat(200_000)]: 'x' }, undefined, context);
    expect(performance.now() - started).toBeLessThan(120_000);
  });
});

describe('what Git reads its configuration from', () => {
  test.each(['.git/commondir', '.git/modules/libs/a/hooks/pre-commit', '.git/worktrees/a/commondir'])(
    '%s is protected',
    (path) => {
      expect(placed(path)).toBe('protected');
    },
  );
});

describe('on Windows', () => {
  const windows = {
    platform: 'win32' as const,
    folders: ['C:\\ws'],
    bases: ['C:\\ws'],
    home: 'C:\\Users\\x',
  };
  test.each([
    ['a share', '\\\\server\\share'],
    ['a share with slashes', '//server/share'],
    ['a device path', '\\\\.\\C:\\ws\\x'],
    ['a device name', 'C:\\ws\\NUL'],
    ['a stream', 'C:\\ws\\a.txt:hidden'],
    ['a trailing dot', 'C:\\ws\\a.txt.'],
    ['a path relative to a drive', 'D:x'],
    ['a host in a file URI', 'file://server/share'],
  ])('%s counts as outside', (_, text) => {
    expect(placed(text, windows)).toBe('outside');
  });
});
