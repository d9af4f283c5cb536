import { SymbolKind } from 'vscode-languageserver';
import type { DocumentSymbol } from 'vscode-languageserver';
import type { Located, ParsedDocument, ParsedFile, Policy, Span } from '../../policy';

/** The outline of a file: policies with their rules, variables and constants; suites with fixtures and tests. */
export function documentSymbols(file: ParsedFile): DocumentSymbol[] {
  const outline = new Outline(file);
  return file.documents.flatMap((document) => outline.document(document));
}

type Entries = Located<ReadonlyMap<string, Located<unknown>>> | undefined;

class Outline {
  readonly #file: ParsedFile;

  constructor(file: ParsedFile) {
    this.#file = file;
  }

  document(document: ParsedDocument): DocumentSymbol[] {
    switch (document.kind) {
      case 'policy':
        return this.#policy(document.policy, document.yaml);
      case 'suite': {
        const { suite } = document;
        const children = [
          ...this.#group('principals', suite.principals),
          ...this.#group('principalGroups', suite.principalGroups),
          ...this.#group('resources', suite.resources),
          ...this.#group('resourceGroups', suite.resourceGroups),
          ...this.#group('auxData', suite.auxData),
          ...(suite.tests?.value ?? []).flatMap((test) =>
            this.#symbol(
              test.value.name?.value ?? 'test',
              SymbolKind.Method,
              test.span,
              test.value.name?.span,
            ),
          ),
        ];
        const name = suite.name;
        return this.#symbol(
          name?.value ?? 'test suite',
          SymbolKind.Module,
          document.yaml,
          name?.span,
          children,
        );
      }
      case 'principals':
        return [
          ...this.#group('principals', document.fixtures.principals),
          ...this.#group('principalGroups', document.fixtures.principalGroups),
        ];
      case 'resources':
        return [
          ...this.#group('resources', document.fixtures.resources),
          ...this.#group('resourceGroups', document.fixtures.resourceGroups),
        ];
      case 'auxData':
        return this.#group('auxData', document.fixtures.auxData);
    }
  }

  #policy(policy: Policy, whole: Span): DocumentSymbol[] {
    const { resourcePolicy, principalPolicy, rolePolicy, derivedRoles, exportVariables, exportConstants } =
      policy;
    const body = resourcePolicy ?? principalPolicy ?? rolePolicy ?? derivedRoles;
    const subject =
      resourcePolicy?.value.resource ??
      principalPolicy?.value.principal ??
      rolePolicy?.value.role ??
      (derivedRoles ?? exportVariables ?? exportConstants)?.value.name;
    const children = [
      ...this.#entries(body?.value.variables?.value.local, SymbolKind.Variable),
      ...this.#entries(body?.value.constants?.value.local, SymbolKind.Constant),
      ...this.#entries(exportVariables?.value.definitions, SymbolKind.Variable),
      ...this.#entries(exportConstants?.value.definitions, SymbolKind.Constant),
      ...(derivedRoles?.value.definitions?.value ?? []).flatMap((role) =>
        this.#symbol(
          role.value.name?.value ?? 'derived role',
          SymbolKind.Class,
          role.span,
          role.value.name?.span,
        ),
      ),
      ...(resourcePolicy?.value.rules?.value ?? []).flatMap((rule) => {
        const actions = (rule.value.actions?.value ?? []).map(({ value }) => value).join(', ');
        const name = rule.value.name;
        return this.#symbol(name?.value ?? (actions || 'rule'), SymbolKind.Function, rule.span, name?.span);
      }),
      ...((principalPolicy ?? rolePolicy)?.value.rules?.value.flatMap((rule) =>
        this.#symbol(
          rule.value.resource?.value ?? 'rule',
          SymbolKind.Function,
          rule.span,
          rule.value.resource?.span,
        ),
      ) ?? []),
    ];
    const scope = (resourcePolicy ?? principalPolicy ?? rolePolicy)?.value.scope?.value;
    const name = `${subject?.value ?? 'policy'}${scope === undefined || scope === '' ? '' : ` (${scope})`}`;
    return this.#symbol(name, SymbolKind.Namespace, whole, subject?.span, children);
  }

  /** A key with named things below it. */
  #group(name: string, entries: Entries): DocumentSymbol[] {
    const children = this.#entries(entries, SymbolKind.Object);
    if (entries === undefined || children.length === 0) {
      return [];
    }
    return this.#symbol(name, SymbolKind.Struct, join(entries.key, entries.span), entries.key, children);
  }

  #entries(entries: Entries, kind: SymbolKind): DocumentSymbol[] {
    return [...(entries?.value ?? [])].flatMap(([name, entry]) =>
      this.#symbol(name, kind, join(entry.key, entry.span), entry.key),
    );
  }

  #symbol(
    name: string,
    kind: SymbolKind,
    whole: Span,
    selection: Span = whole,
    children: DocumentSymbol[] = [],
  ): DocumentSymbol[] {
    const { lines } = this.#file;
    // A symbol's name must not be empty, and its selection lie within it.
    const all = join(whole, selection);
    return [
      {
        name: name.trim() === '' ? '(unnamed)' : name,
        kind,
        range: lines.range(all.start, all.end),
        selectionRange: lines.range(selection.start, selection.end),
        ...(children.length > 0 && { children }),
      },
    ];
  }
}

function join(a: Span | undefined, b: Span): Span {
  return a === undefined ? b : { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}
