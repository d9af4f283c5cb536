import type { Location, Position } from 'vscode-languageserver';
import type { ParsedFile, Span } from '../../policy';
import { entityAt } from '../entities/entity-at';
import { uriOfPath } from '../texts/paths';
import type { PolicySetSnapshot } from '../workspace/policy-set';
import type { FileInSet } from '../workspace/snapshot';

/** Where the derived role, variable, constant, import, fixture or schema at a position is defined. */
export function definition(found: FileInSet, position: Position): Location[] | null {
  const { set, file } = found;
  const entity = entityAt(found, file.lines.offset(position));
  switch (entity?.kind) {
    case 'derived-role':
    case 'variable':
    case 'constant':
      return entity.definitions.map((each) => location(set, each.file, each.nameSpan));
    case 'fixture':
      return [location(set, entity.definition.file, entity.definition.nameSpan)];
    case 'import':
      return entity.exports.map((each) => location(set, each.file, each.name.span));
    case 'schema':
      return [location(set, entity.file, { start: 0, end: 0 })];
    default:
      return null;
  }
}

function location(set: PolicySetSnapshot, file: ParsedFile, { start, end }: Span): Location {
  return { uri: uriOfPath(set.absolute(file.path)), range: file.lines.range(start, end) };
}
