import type { YamlNode, YamlScalar } from './node';

/** The scalar that starts at an offset. */
export function scalarAt(node: YamlNode, offset: number): YamlScalar | undefined {
  if (node.kind === 'scalar') {
    return node.start === offset ? node : undefined;
  }
  if (node.kind === 'alias') {
    return node.target && scalarAt(node.target, offset);
  }
  if (offset < node.start || offset > node.end) {
    return undefined;
  }
  const inner =
    node.kind === 'sequence' ? node.items : node.entries.flatMap(({ key, value }) => [key, value]);
  for (const each of inner) {
    const found = each.kind === 'alias' ? undefined : scalarAt(each, offset);
    if (found) {
      return found;
    }
  }
  return undefined;
}
