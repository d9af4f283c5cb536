import type { AuxData, Located, ParsedDocument, ParsedFile, Principal, Resource } from '../../policy';
import type { PolicySetSnapshot } from './policy-set';
import type { SymbolDefinition } from './symbol-table';

/** The sections of suites and fixture files whose entries have names. */
interface FixtureValues {
  readonly principals: Principal;
  readonly resources: Resource;
  readonly auxData: AuxData;
  readonly principalGroups: unknown;
  readonly resourceGroups: unknown;
}

export type FixtureSection = keyof FixtureValues;

/** The fixtures of one section that a file can use, its own first; one of `testdata/` with the same name is hidden. */
export function fixturesOf<S extends FixtureSection>(
  set: PolicySetSnapshot,
  file: ParsedFile,
  section: S,
): ReadonlyMap<string, SymbolDefinition<FixtureValues[S]>> {
  const found = new Map<string, SymbolDefinition<FixtureValues[S]>>();
  for (const from of filesWithFixtures(set, file)) {
    for (const document of from.documents) {
      const entries = sectionOf(document, section) as
        Located<ReadonlyMap<string, Located<FixtureValues[S]>>> | undefined;
      for (const [name, { key, span, value }] of entries?.value ?? []) {
        if (found.has(name)) {
          continue;
        }
        const start = key?.start ?? span.start;
        found.set(name, { name, file: from, nameSpan: key ?? span, span: { start, end: span.end }, value });
      }
    }
  }
  return found;
}

/** A suite and the fixture files beside it; a fixture file and those beside it. */
export function filesWithFixtures(set: PolicySetSnapshot, file: ParsedFile): readonly ParsedFile[] {
  const directory = file.path.slice(0, file.path.lastIndexOf('/') + 1);
  const folder = file.role === 'suite' ? `${directory}testdata/` : directory;
  const beside = [...set.files.values()].filter(
    ({ path, role }) =>
      role !== 'policy' &&
      role !== 'suite' &&
      path.startsWith(folder) &&
      !path.slice(folder.length).includes('/'),
  );
  return [file, ...beside.filter((each) => each !== file)];
}

function sectionOf(document: ParsedDocument, section: FixtureSection): unknown {
  if (document.kind === 'policy') {
    return undefined;
  }
  const holder: Partial<Record<FixtureSection, unknown>> =
    document.kind === 'suite' ? document.suite : document.fixtures;
  return holder[section];
}

/** Which section a reference to a fixture is about, going by the key that it stands under. */
export function sectionOfKey(key: string | number | undefined): FixtureSection | undefined {
  switch (key) {
    case 'principal':
    case 'principals':
      return 'principals';
    case 'resource':
    case 'resources':
      return 'resources';
    case 'principalGroups':
    case 'resourceGroups':
    case 'auxData':
      return key;
    default:
      return undefined;
  }
}
