import type { ParsedDocument, YamlNode } from '../../../policy';
import type { ShapeAt } from '../../cursor/shape-at';
import type { YamlCursor, YamlPath } from '../../cursor/yaml-cursor';
import type { FileInSet } from '../../workspace/snapshot';

/** Where in the YAML of a file something is to be completed. */
export interface CompletionContext extends FileInSet {
  readonly document: ParsedDocument | undefined;
  readonly root: YamlNode | undefined;
  readonly cursor: YamlCursor;
  readonly at: ShapeAt;
}

/** The last key on a path: that of the list, for an item of a list. */
export function lastKey(path: YamlPath): string | undefined {
  const key = path.findLast((step) => typeof step === 'string');
  return typeof key === 'string' ? key : undefined;
}
