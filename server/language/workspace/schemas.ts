import type { ParsedFile } from '../../policy';
import type { YamlPath } from '../cursor/yaml-cursor';
import type { PolicySetSnapshot } from './policy-set';

const folder = '_schemas/';

/** The JSON schemas of a set, by what policies refer to them with. */
export function schemasOf(set: PolicySetSnapshot): ReadonlyMap<string, ParsedFile> {
  const schemas = new Map<string, ParsedFile>();
  for (const file of set.files.values()) {
    if (file.role !== 'schema' || !file.path.startsWith(folder)) {
      continue;
    }
    schemas.set(`cerbos:///${file.path.slice(folder.length)}`, file);
  }
  return schemas;
}

/** True for `ref` in the `schemas` of a resource policy. */
export function isSchemaReference(path: YamlPath): boolean {
  return path.at(-1) === 'ref' && path.at(-3) === 'schemas';
}
