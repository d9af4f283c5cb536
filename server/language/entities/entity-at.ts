import { documentShape } from '../../policy';
import type { PolicyDocument } from '../../policy';
import { expressionAt } from '../cel/cel-at';
import { documentAt, nodeAt } from '../cursor/node-at';
import type { NodeAt } from '../cursor/node-at';
import { resolve, shapeAt } from '../cursor/shape-at';
import { fixturesOf, sectionOfKey } from '../workspace/fixtures';
import { isSchemaReference, schemasOf } from '../workspace/schemas';
import { exportsOf, symbolTableOf } from '../workspace/symbol-table';
import type { SymbolDefinition, DerivedRole } from '../workspace/symbol-table';
import type { FileInSet } from '../workspace/snapshot';
import { celEntity } from './cel-entity';
import type { Entity, EntityKind } from './entity';

/** Finds out what stands at an offset of a file. */
export function entityAt(found: FileInSet, offset: number): Entity | undefined {
  const { set, file } = found;
  const document = documentAt(file, offset);
  if (document === undefined) {
    return undefined;
  }
  const cel = expressionAt(document, offset);
  if (cel !== undefined && document.kind === 'policy') {
    return celEntity(cel, set.facts, symbolTableOf(set, file, document));
  }
  const node = nodeAt(document.yaml.root, offset);
  if (node === undefined) {
    return undefined;
  }
  const policy = document.kind === 'policy' ? document : undefined;
  const entity = node.role === 'key' ? keyEntity(found, node) : valueEntity(found, policy, node);
  return entity && { ...entity, start: node.node.start, end: node.node.end };
}

function keyEntity({ set, file }: FileInSet, { path, node }: NodeAt): EntityKind | undefined {
  const shape = documentShape(file.role);
  const around = shapeAt(shape, path.slice(0, -1));
  const name = String(node.value ?? '');
  if (around?.shape.kind === 'message') {
    const at = shapeAt(shape, path);
    return at && { kind: 'key', name, at };
  }
  if (around?.shape.kind !== 'map' || path.length !== 2) {
    return undefined;
  }
  const section = sectionOfKey(path[0]);
  const definition = section && fixturesOf(set, file, section).get(name);
  return definition && { kind: 'fixture', section, definition };
}

function valueEntity(
  { set, file }: FileInSet,
  document: PolicyDocument | undefined,
  { path, node }: NodeAt,
): EntityKind | undefined {
  const at = shapeAt(documentShape(file.role), path);
  const shape = at && resolve(at.shape);
  const name = typeof node.value === 'string' ? node.value : '';
  if (shape?.kind === 'enum') {
    return { kind: 'effect', name };
  }
  if (shape?.kind !== 'text') {
    return undefined;
  }
  const key = path.findLast((step) => typeof step === 'string');
  switch (shape.holds) {
    case 'derived-role':
      return (
        document && { kind: 'derived-role', name, definitions: derivedRoles({ set, file }, document, name) }
      );
    case 'import': {
      const exports = exportsOf(set);
      const [of, names] = path.includes('importDerivedRoles')
        ? (['derived roles', exports.derivedRoles] as const)
        : path.includes('constants')
          ? (['constants', exports.constants] as const)
          : (['variables', exports.variables] as const);
      return { kind: 'import', of, name, exports: names.get(name) ?? [] };
    }
    case 'fixture': {
      const section = sectionOfKey(key);
      const definition = section && fixturesOf(set, file, section).get(name);
      return definition && { kind: 'fixture', section, definition };
    }
    default: {
      const schema = isSchemaReference(path) ? schemasOf(set).get(name) : undefined;
      return schema && { kind: 'schema', file: schema };
    }
  }
}

/** A derived role's definitions: in what the policy imports, or right here. */
function derivedRoles(
  { set, file }: FileInSet,
  document: PolicyDocument,
  name: string,
): readonly SymbolDefinition<DerivedRole>[] {
  const own = (document.policy.derivedRoles?.value.definitions?.value ?? []).flatMap(({ value, span }) =>
    value.name?.value === name ? [{ name, file, nameSpan: value.name.span, span, value }] : [],
  );
  return [...symbolTableOf(set, file, document).derivedRoles.filter((each) => each.name === name), ...own];
}
