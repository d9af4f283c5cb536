import type { JsonValue } from '../../cel';
import type { Located, ParsedFile, Policy, PolicyDocument, Span } from '../../policy';
import { append } from './grouping';
import type { PolicySetSnapshot } from './policy-set';

/** A thing that policies can refer to by name, and where it is defined. */
export interface SymbolDefinition<T> {
  readonly name: string;
  readonly file: ParsedFile;
  /** The name as written. */
  readonly nameSpan: Span;
  /** All of it. */
  readonly span: Span;
  readonly value: T;
  /** The name that it is imported by; undefined if it is the document's own. */
  readonly from?: string;
}

export type DerivedRole = NonNullable<
  NonNullable<NonNullable<Policy['derivedRoles']>['value']['definitions']>['value'][number]
>['value'];

/** Documents that others import, by the name that they are imported by. A name that is given twice has two. */
export interface Exports {
  readonly derivedRoles: ReadonlyMap<string, readonly Export[]>;
  readonly variables: ReadonlyMap<string, readonly Export[]>;
  readonly constants: ReadonlyMap<string, readonly Export[]>;
}

export interface Export {
  readonly file: ParsedFile;
  readonly document: PolicyDocument;
  readonly name: Located<string>;
}

const known = new WeakMap<PolicySetSnapshot, Exports>();

export function exportsOf(set: PolicySetSnapshot): Exports {
  const found = known.get(set) ?? collect(set.files.values());
  known.set(set, found);
  return found;
}

function collect(files: Iterable<ParsedFile>): Exports {
  const derivedRoles = new Map<string, Export[]>();
  const variables = new Map<string, Export[]>();
  const constants = new Map<string, Export[]>();
  for (const file of files) {
    for (const document of file.documents) {
      if (document.kind !== 'policy') {
        continue;
      }
      const { policy } = document;
      const note = (into: Map<string, Export[]>, name: Located<string> | undefined): void => {
        if (name !== undefined) {
          append(into, name.value, { file, document, name });
        }
      };
      note(derivedRoles, policy.derivedRoles?.value.name);
      note(variables, policy.exportVariables?.value.name);
      note(constants, policy.exportConstants?.value.name);
    }
  }
  return { derivedRoles, variables, constants };
}

/** The names that a policy document can use. */
export interface SymbolTable {
  readonly variables: readonly SymbolDefinition<string>[];
  readonly constants: readonly SymbolDefinition<JsonValue>[];
  readonly derivedRoles: readonly SymbolDefinition<DerivedRole>[];
  /** The kinds of resource that its expressions may be about; undefined if they may be about any. */
  readonly kinds?: readonly string[];
}

export function symbolTableOf(
  set: PolicySetSnapshot,
  file: ParsedFile,
  document: PolicyDocument,
): SymbolTable {
  const exports = exportsOf(set);
  const { policy } = document;
  const bodies = [policy.resourcePolicy, policy.principalPolicy, policy.rolePolicy, policy.derivedRoles];
  const body = bodies.find((each) => each !== undefined)?.value;
  const imported = (
    names: Located<readonly Located<string>[]> | undefined,
    from: ReadonlyMap<string, readonly Export[]>,
  ): readonly Export[] => (names?.value ?? []).flatMap(({ value }) => from.get(value) ?? []);
  return {
    variables: [
      ...entries(file, body?.variables?.value.local),
      ...entries(file, policy.variables),
      ...entries(file, policy.exportVariables?.value.definitions),
      ...imported(body?.variables?.value.import, exports.variables).flatMap((each) =>
        entries(each.file, each.document.policy.exportVariables?.value.definitions, each.name.value),
      ),
    ],
    constants: [
      ...entries(file, body?.constants?.value.local),
      ...entries(file, policy.exportConstants?.value.definitions),
      ...imported(body?.constants?.value.import, exports.constants).flatMap((each) =>
        entries(each.file, each.document.policy.exportConstants?.value.definitions, each.name.value),
      ),
    ],
    derivedRoles: imported(policy.resourcePolicy?.value.importDerivedRoles, exports.derivedRoles).flatMap(
      derivedRolesOf,
    ),
    ...kindsOf(policy),
  };
}

/** The derived roles that an export defines. */
function derivedRolesOf({ file, document, name }: Export): readonly SymbolDefinition<DerivedRole>[] {
  return (document.policy.derivedRoles?.value.definitions?.value ?? []).flatMap(({ value, span }) =>
    value.name === undefined
      ? []
      : [{ name: value.name.value, file, nameSpan: value.name.span, span, value, from: name.value }],
  );
}

function entries<T>(
  file: ParsedFile,
  map: Located<ReadonlyMap<string, Located<T>>> | undefined,
  from?: string,
): readonly SymbolDefinition<T>[] {
  return [...(map?.value ?? [])].map(([name, { key, span, value }]) => ({
    name,
    file,
    nameSpan: key ?? span,
    span: { start: key?.start ?? span.start, end: span.end },
    value,
    ...(from !== undefined && { from }),
  }));
}

function kindsOf(policy: Policy): { readonly kinds?: readonly string[] } {
  const own = policy.resourcePolicy?.value.resource?.value;
  if (own !== undefined) {
    return { kinds: [own] };
  }
  const rules = policy.principalPolicy?.value.rules?.value ?? policy.rolePolicy?.value.rules?.value;
  const kinds = rules?.flatMap(({ value }) => value.resource?.value ?? []) ?? [];
  return kinds.length === 0 || kinds.some((kind) => kind.includes('*')) ? {} : { kinds };
}
