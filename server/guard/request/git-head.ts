import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Facts from the workspace's Git files, read without running Git. */
export interface GitFacts {
  /** Missing when the head is detached. */
  readonly branch?: string;
  /** The URL of `origin`, or of the only other remote; without user name and password. */
  readonly remote?: string;
}

/**
 * Branch and remote of the repository that a folder is in. Only reads files, bounded: running Git in a workspace that
 * is not trusted would run what its configuration names. `dirty` would need Git, so it stays unknown.
 * @param folder absolute
 */
export function readGitFacts(folder: string): GitFacts | undefined {
  const gitFolder = findGitFolder(folder);
  if (gitFolder === undefined) {
    return undefined;
  }
  const head = readBounded(join(gitFolder, 'HEAD')) ?? '';
  const branch = /^ref: refs\/heads\/(.+)/.exec(head)?.[1]?.trim();
  // A worktree's own folder names the repository's, which has the configuration.
  const common = readBounded(join(gitFolder, 'commondir'))?.trim();
  const config =
    readBounded(join(common === undefined ? gitFolder : resolve(gitFolder, common), 'config')) ?? '';
  const remote = remoteOf(config);
  return { ...(branch === undefined ? {} : { branch }), ...(remote === undefined ? {} : { remote }) };
}

function findGitFolder(folder: string): string | undefined {
  for (let here = folder; ; here = dirname(here)) {
    const candidate = join(here, '.git');
    const stat = statSync(candidate, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) {
      return candidate;
    }
    if (stat?.isFile() === true) {
      const target = /^gitdir: (.+)/.exec(readBounded(candidate) ?? '')?.[1]?.trim();
      return target === undefined ? undefined : resolve(here, target);
    }
    if (here === dirname(here)) {
      return undefined;
    }
  }
}

function remoteOf(config: string): string | undefined {
  const remotes = new Map<string, string>();
  let section: string | undefined;
  for (const line of config.split(/\r?\n/)) {
    const header = /^\s*\[(.*)\]/.exec(line)?.[1];
    if (header !== undefined) {
      section = /^remote "([^"]*)"$/.exec(header)?.[1];
    }
    const url = /^\s*url\s*=\s*(\S+)/.exec(line)?.[1];
    if (section !== undefined && url !== undefined && !remotes.has(section)) {
      remotes.set(section, url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1'));
    }
  }
  const [only] = remotes.values();
  return remotes.get('origin') ?? (remotes.size === 1 ? only : undefined);
}

function readBounded(path: string): string | undefined {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= 1_048_576 ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
