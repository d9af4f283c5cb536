import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readGitFacts } from './git-head';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-git-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

const config = '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://me:secret@example.com/shop.git\n';

describe("a repository's branch and remote", () => {
  test('branch and remote of a repository are read without running Git, the password left out', () => {
    write('.git/HEAD', 'ref: refs/heads/feature/x\n');
    write('.git/config', config);
    mkdirSync(join(root, 'a/b'), { recursive: true });
    expect(readGitFacts(join(root, 'a/b'))).toEqual({
      branch: 'feature/x',
      remote: 'https://example.com/shop.git',
    });
  });

  test('branch and remote of a worktree are read', () => {
    write('main/.git/config', config);
    write('main/.git/worktrees/w/HEAD', 'ref: refs/heads/w\n');
    write('main/.git/worktrees/w/commondir', '../..\n');
    write('w/.git', `gitdir: ${join(root, 'main/.git/worktrees/w')}\n`);
    expect(readGitFacts(join(root, 'w'))).toEqual({ branch: 'w', remote: 'https://example.com/shop.git' });
  });

  test('branch and remote leave out the branch of a detached head', () => {
    write('.git/HEAD', '0123456789abcdef0123456789abcdef01234567\n');
    expect(readGitFacts(root)).toEqual({});
  });

  test('branch and remote are not known outside a repository', () => {
    expect(readGitFacts(root)).toBeUndefined();
  });
});
