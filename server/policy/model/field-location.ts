import type { PolicyIssueCode } from '../issues';
import type { Span, YamlNode } from '../yaml/node';

/** A mistake in a document, in offsets. */
export interface DecodeIssue {
  readonly code: PolicyIssueCode;
  readonly message: string;
  readonly span: Span;
  readonly mark: number;
  /** Present exactly if `cerbos 0.55` gives a position for this mistake. */
  readonly path?: string;
}

/** Where a value belongs: what mistakes about it are pinned to. */
export interface FieldLocation {
  readonly path: string;
  readonly span: Span;
  /** Where `cerbos 0.55` places the field: its key, or the item of a list. */
  readonly mark: number;
}

/** The decoded form of a value that is invalid. */
export const broken = Symbol('broken');
export type Broken = typeof broken;

/** The issues of one document. */
export class DecodeIssues {
  readonly all: DecodeIssue[] = [];

  /** @param positioned whether `cerbos 0.55` gives a position for this mistake */
  report(code: PolicyIssueCode, message: string, at: FieldLocation, positioned = true): Broken {
    const { span, mark, path } = at;
    this.all.push({ code, message, span, mark, ...(positioned && { path }) });
    return broken;
  }

  wrongType(wanted: string, got: YamlNode, place: FieldLocation): Broken {
    return this.report('wrong-type', `expected ${wanted} got ${typeName(got)}`, locationOf(place, got));
  }

  /** A required value that is empty is reported as that, not also for its form. */
  dropFormIssue(path: string): void {
    const index = this.all.findIndex((issue) => issue.path === path && issue.code === 'invalid-value');
    if (index >= 0) {
      this.all.splice(index, 1);
    }
  }
}

/** A place, but exactly at one of its nodes. */
export function locationOf({ path }: FieldLocation, node: YamlNode): FieldLocation {
  return { path, span: spanOf(node), mark: node.mark };
}

/** A span by itself, which does not keep the node in memory. */
export function spanOf({ start, end }: Span): Span {
  return { start, end };
}

/** The name that a path has in `cerbos 0.55`'s messages. */
export function labelOf({ path }: Pick<FieldLocation, 'path'>): string {
  return path.slice(2);
}

/** The name that `cerbos 0.55` has for the kind of a YAML node. */
export function typeName(node: YamlNode): string {
  switch (node.kind) {
    case 'scalar':
      return node.type;
    case 'map':
      return 'Mapping';
    case 'sequence':
      return 'Sequence';
    case 'alias':
      return 'Alias';
  }
}
