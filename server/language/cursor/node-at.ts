import type { ParsedDocument, ParsedFile, YamlEntry, YamlNode, YamlScalar } from '../../policy';
import type { YamlPath } from './yaml-cursor';

/** The scalar under the cursor. */
export interface NodeAt {
  /** The path of the value; for a key, that of the value it introduces. */
  readonly path: YamlPath;
  readonly role: 'key' | 'value';
  readonly node: YamlScalar;
}

/** The document that an offset is in, the one before if it is between two. */
export function documentAt(file: ParsedFile, offset: number): ParsedDocument | undefined {
  return file.documents.findLast(({ yaml }) => yaml.start <= offset) ?? file.documents[0];
}

/** Finds the scalar at an offset; aliases are not followed. */
export function nodeAt(root: YamlNode | undefined, offset: number): NodeAt | undefined {
  const path: (string | number)[] = [];
  let current = root;
  while (current !== undefined) {
    if (current.kind === 'scalar') {
      return within(current, offset) ? { path, role: 'value', node: current } : undefined;
    }
    if (current.kind === 'alias') {
      return undefined;
    }
    if (current.kind === 'sequence') {
      const index = current.items.findIndex((item) => within(item, offset));
      if (index < 0) {
        return undefined;
      }
      path.push(index);
      current = current.items[index];
      continue;
    }
    const entry: YamlEntry | undefined = current.entries.find(
      ({ key, value }) => within(key, offset) || within(value, offset),
    );
    if (entry === undefined) {
      return undefined;
    }
    path.push(keyOf(entry));
    if (within(entry.key, offset) && entry.key.kind === 'scalar') {
      return { path, role: 'key', node: entry.key };
    }
    current = entry.value;
  }
  return undefined;
}

/** The node at a path, aliases followed; undefined where there is none. */
export function nodeAtPath(root: YamlNode | undefined, path: YamlPath): YamlNode | undefined {
  let current = follow(root);
  for (const step of path) {
    if (current?.kind === 'map') {
      current = follow(current.entries.find((entry) => keyOf(entry) === String(step))?.value);
    } else if (current?.kind === 'sequence') {
      current = follow(current.items[Number(step)]);
    } else {
      return undefined;
    }
  }
  return current;
}

function follow(node: YamlNode | undefined): YamlNode | undefined {
  let current = node;
  for (let hops = 0; current?.kind === 'alias' && hops < 100; hops++) {
    current = current.target;
  }
  return current;
}

/** The keys of a mapping; none for other nodes. */
export function keysOf(node: YamlNode | undefined): readonly string[] {
  return node?.kind === 'map' ? node.entries.map(keyOf) : [];
}

function keyOf({ key }: YamlEntry): string {
  return key.kind === 'scalar' ? String(key.value ?? '') : '';
}

/** The text of a scalar at a path. */
export function textAt(root: YamlNode | undefined, path: YamlPath): string | undefined {
  const node = nodeAtPath(root, path);
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

function within({ start, end }: YamlNode, offset: number): boolean {
  return start <= offset && offset <= end;
}
