// A real tree of files for tests of paths.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../../../server/protocol';
import type { PathContext } from '../../../server/guard/paths/context';
import { locatePaths } from '../../../server/guard/paths/locate';
import type { Work } from '../../../server/guard/paths/work';

export interface Tree {
  /** Absolute, without links. */
  readonly root: string;
  readonly context: PathContext;
  /** How the worst path of a call stands; ROOT in its strings stands for the tree. */
  readonly placed: (args: JsonObject, changes?: Partial<PathContext>, work?: Work) => Placed;
  readonly remove: () => void;
}

type Placed = 'none' | 'inside' | 'outside' | 'protected';

/**
 *     home/.ssh/id, home/.gatehouse/key
 *     other/file              another folder
 *     ws/                     the workspace, with src/a.ts, docs/guide.md, sub/b.ts, .vscode/settings.json, .git/config
 *     ws/out -> other         ws/sub/away -> other, ws/secret -> home/.ssh/id, ws/root -> /proc/self/root
 */
export function plantTree(): Tree {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'gatehouse-tree-')));
  const files = [
    'home/.ssh/id',
    'home/.gatehouse/key',
    'other/file',
    'ws/src/a.ts',
    'ws/docs/guide.md',
    'ws/sub/b.ts',
    'ws/.vscode/settings.json',
    'ws/.git/config',
    'ws/README.md',
  ];
  for (const file of files) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), 'x');
  }
  symlinkSync('../other', join(root, 'ws/out'));
  symlinkSync('../../other', join(root, 'ws/sub/away'));
  symlinkSync('../home/.ssh/id', join(root, 'ws/secret'));
  symlinkSync('/proc/self/root', join(root, 'ws/root'));
  const context: PathContext = {
    platform: 'linux',
    folders: [join(root, 'ws')],
    bases: [join(root, 'ws')],
    home: join(root, 'home'),
    guarded: [join(root, 'home/.gatehouse'), join(root, 'install')],
    env: {},
    readOnly: false,
    takesTrees: false,
  };
  return {
    root,
    context,
    placed: (args, changes = {}, work) => {
      const facts = locatePaths(
        withRoot(args, root) as JsonObject,
        undefined,
        { ...context, ...changes },
        work,
      );
      return facts.some((fact) => fact.protected)
        ? 'protected'
        : facts.length === 0
          ? 'none'
          : facts.every((fact) => fact.inWorkspace)
            ? 'inside'
            : 'outside';
    },
    remove: () => rmSync(root, { recursive: true }),
  };
}

function withRoot(value: JsonValue, root: string): JsonValue {
  if (typeof value === 'string') {
    return value.replaceAll('ROOT', root);
  }
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).map((item) => withRoot(item, root));
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withRoot(member, root)]))
    : value;
}
