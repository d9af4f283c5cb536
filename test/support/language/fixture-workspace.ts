import { Workspace } from '../../../server/language/workspace/workspace';
import type { FileInSet } from '../../../server/language/workspace/snapshot';

/** Where the files of a test's policy set lie; nothing is there on the disk. */
export const testRoot = '/workspace/policies';

/** A workspace with one policy set, its files given by path relative to the set's root. */
export function workspaceOf(files: Readonly<Record<string, string>>): Workspace {
  const workspace = new Workspace();
  workspace.setFolders(['/workspace']);
  for (const [path, text] of Object.entries(files)) {
    setText(workspace, `${testRoot}/${path}`, text);
  }
  return workspace;
}

/** A file of such a workspace. */
export function fileIn(workspace: Workspace, path: string): FileInSet {
  const found = workspace.snapshot().find(`${testRoot}/${path}`);
  if (found === undefined) {
    throw new Error(`${path} is no part of a policy set.`);
  }
  return found;
}

/** The text of a file is now this, stored as Cerbos reads it. */
export function setText(workspace: Workspace, path: string, text: string): void {
  workspace.setFile(path, { text, encoding: undefined });
}
