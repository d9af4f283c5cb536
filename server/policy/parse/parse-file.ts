import { expressionsOf } from './expressions';
import { fileRole } from '../load/files';
import type { FileRole, ForeignEncoding, PolicyFile } from '../load/files';
import { compareIssues } from '../issues';
import type { PolicyIssue, PolicyIssueCode, Stage } from '../issues';
import { decode } from '../model/decode';
import type { DecodeIssue } from '../model/field-location';
import { policy } from '../model/policy';
import type { Policy } from '../model/policy';
import type { Type } from '../model/schema';
import { auxDataFixtures, principalFixtures, resourceFixtures, testSuite } from '../model/suite';
import { validatePolicy } from '../model/validate';
import type { ParsedDocument, ParsedFile, PolicyKind } from './parsed';
import { LineIndex } from '../position';
import type { Span, YamlDocument, YamlNode } from '../yaml/node';
import { parseYaml } from '../yaml/parse';
import { YamlTrees } from '../yaml/trees';

/**
 * Parses one file: its documents with positions, their policies, fixtures or suites, and every mistake that shows
 * without other files. Pure: depends on path, text and encoding alone. Never throws.
 * @returns documents also for broken files, as far as they can be read; `issues` says what is wrong
 */
export function parsePolicyFile(file: PolicyFile): ParsedFile {
  return new FileParser(file).parse();
}

class FileParser {
  readonly #path: string;
  readonly #text: string;
  readonly #encoding: ForeignEncoding | undefined;
  readonly #role: FileRole;
  readonly #lines: LineIndex;
  readonly #issues: PolicyIssue[] = [];
  readonly #stage: Stage;

  constructor({ path, text, encoding }: PolicyFile) {
    this.#path = path;
    this.#text = text;
    this.#encoding = encoding;
    this.#role = fileRole(path);
    this.#stage = this.#role === 'policy' || this.#role === 'schema' ? 'load' : 'test';
    this.#lines = new LineIndex(text);
  }

  parse(): ParsedFile {
    const documents = this.#role === 'ignored' || this.#role === 'schema' ? [] : this.#documents(this.#role);
    return {
      path: this.#path,
      text: this.#text,
      ...(this.#encoding !== undefined && { encoding: this.#encoding }),
      role: this.#role,
      lines: this.#lines,
      documents,
      issues: this.#issues.sort(compareIssues),
    };
  }

  #documents(role: Exclude<FileRole, 'ignored' | 'schema'>): ParsedDocument[] {
    if (this.#encoding !== undefined) {
      const message = `stored as ${this.#encoding}, which Cerbos does not read: save the file as UTF-8`;
      const line = { start: 0, end: Math.max(0, this.#text.search(/[\r\n]|$/)) };
      this.#report({ code: 'wrong-encoding', message, span: line, mark: 0, path: '$' });
    }
    const yaml = parseYaml(this.#text);
    for (const { code, message, ...span } of yaml.errors) {
      this.#report({ code, message, span, mark: span.mark, path: '$' });
    }
    const trees = new YamlTrees(this.#text);
    const documents: ParsedDocument[] = [];
    for (const [index, document] of yaml.documents.entries()) {
      const { root } = document;
      if (root === undefined) {
        continue;
      }
      if (root.kind !== 'map') {
        if (yaml.errors.length > 0) {
          continue;
        }
        const message = 'invalid document: contents are not valid YAML or JSON';
        this.#report({ code: 'invalid-document', message, span: root, mark: root.mark, path: '$' });
        continue;
      }
      const broken = yaml.errors.some(
        (error) => error.start >= document.start && error.start <= document.end,
      );
      documents.push(this.#document(role, { root, broken, tree: trees.lazily(index) }));
    }
    const second = yaml.documents.filter(({ root }) => root !== undefined)[1];
    if (second?.root) {
      const message = 'more than one YAML document detected; put each into a file of its own';
      this.#report({ code: 'several-documents', message, span: second.root, mark: second.root.mark });
    }
    // Nearly always one document; `slice` gives an array without spare capacity.
    return documents.slice();
  }

  #document(role: Exclude<FileRole, 'ignored' | 'schema'>, { root, broken, tree }: Written): ParsedDocument {
    const before = this.#errorCount();
    const valid = (): boolean => !broken && this.#errorCount() === before;
    const sound = (): boolean => valid() && this.#encoding === undefined;
    switch (role) {
      case 'policy': {
        const value = this.#decode(root, policy);
        const policyKind = kindOf(value);
        if (valid()) {
          for (const issue of validatePolicy(value, root)) {
            this.#report(issue);
          }
        }
        const expressions = expressionsOf(this.#text, tree, value);
        return {
          kind: 'policy',
          get yaml() {
            return tree();
          },
          sound: sound(),
          policy: value,
          expressions,
          ...(policyKind && { policyKind }),
        };
      }
      case 'suite': {
        const suite = this.#decode(root, testSuite);
        return {
          kind: 'suite',
          get yaml() {
            return tree();
          },
          suite,
          sound: sound(),
        };
      }
      case 'principals': {
        const fixtures = this.#decode(root, principalFixtures);
        return {
          kind: 'principals',
          get yaml() {
            return tree();
          },
          fixtures,
          sound: sound(),
        };
      }
      case 'resources': {
        const fixtures = this.#decode(root, resourceFixtures);
        return {
          kind: 'resources',
          get yaml() {
            return tree();
          },
          fixtures,
          sound: sound(),
        };
      }
      case 'auxData': {
        const fixtures = this.#decode(root, auxDataFixtures);
        return {
          kind: 'auxData',
          get yaml() {
            return tree();
          },
          fixtures,
          sound: sound(),
        };
      }
    }
  }

  #errorCount(): number {
    return this.#issues.filter((issue) => issue.severity === 'error').length;
  }

  #decode<T extends object>(root: YamlNode, type: Type<T>): T {
    const { value, issues } = decode(root, type);
    for (const issue of issues) {
      this.#report(issue);
    }
    // A message without fields: every field of every message is optional.
    return value ?? ({} as T);
  }

  #report(issue: DecodeIssue & { readonly severity?: PolicyIssue['severity'] }): void {
    const { code, message, span, mark, path, severity = 'error' } = issue;
    this.#issues.push({
      code: code satisfies PolicyIssueCode,
      message,
      severity,
      stage: this.#stage,
      file: this.#path,
      ...this.#lines.lineAndColumn(mark),
      range: this.#lines.range(span.start, visibleEnd(this.#text, span)),
      ...(path !== undefined && { path }),
    });
  }
}

/** A YAML document whose root is a map. */
interface Written {
  readonly root: YamlNode;
  /** True if the document has a YAML syntax error. */
  readonly broken: boolean;
  readonly tree: () => YamlDocument;
}

/**
 * Cuts a range at its first line end and before trailing blanks, so that an editor does not underline a whole block.
 */
function visibleEnd(text: string, { start, end }: Span): number {
  const trimmed = text.slice(start, end).trimEnd().length;
  const lineEnd = text.indexOf('\n', start);
  return Math.min(start + trimmed, lineEnd < 0 ? text.length : lineEnd);
}

const policyKinds: readonly PolicyKind[] = [
  'resourcePolicy',
  'principalPolicy',
  'rolePolicy',
  'derivedRoles',
  'exportVariables',
  'exportConstants',
];

function kindOf(value: Policy): PolicyKind | undefined {
  return policyKinds.find((kind) => value[kind] !== undefined);
}
