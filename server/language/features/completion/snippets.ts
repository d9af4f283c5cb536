import type { Field, MessageShape, Shape } from '../../../policy';
import { resolve } from '../../cursor/shape-at';
import { escapeSnippet } from './item';

/** Fields that are not required but that nearly every message of the kind has. */
const usual: Readonly<Record<string, readonly string[]>> = {
  ResourceRule: ['roles'],
  Match: ['expr'],
  Condition: ['match'],
  ResourcePolicy: ['rules'],
  PrincipalPolicy: ['rules'],
  RolePolicy: ['role', 'rules'],
  ExportVariables: ['definitions'],
  ExportConstants: ['definitions'],
  Variables: ['local'],
  Constants: ['local'],
  Output: ['when'],
  'Output.When': ['ruleActivated'],
  'TestTable.Input': ['principals', 'resources'],
  'TestTable.Expectation': ['principal', 'resource'],
};

/** The deepest nesting that a snippet spells out. */
const maxDepth = 8;

/** Writes snippets from the description of documents, with absolute indentation. */
export class SnippetWriter {
  #stops = 0;

  /** A key with a value to be filled in. `column` is where the key stands. */
  entry(name: string, field: Field<unknown>, column: number, depth = 0): string {
    return `${name}:${this.#value(resolve(field.type.shape), column, depth)}`;
  }

  /** The fields that a message must have, as they stand at a column; the first without indentation. */
  message(shape: MessageShape, column: number, depth = 0): string {
    const names = Object.keys(shape.fields).filter(
      (name) => shape.fields[name]?.required === true || usual[shape.name]?.includes(name),
    );
    if (names.length === 0 || depth > maxDepth) {
      return this.#stop();
    }
    return names
      .flatMap((name) => {
        const field = shape.fields[name];
        return field === undefined ? [] : [this.entry(name, field, column, depth + 1)];
      })
      .join(`\n${' '.repeat(column)}`);
  }

  /** An item of a list, with its dash. */
  item(shape: Shape, column: number, depth = 0): string {
    const resolved = resolve(shape);
    return resolved.kind === 'message'
      ? `- ${this.message(resolved, column + 2, depth + 1)}`
      : `- ${this.#stop()}`;
  }

  #value(shape: Shape, column: number, depth: number): string {
    const inner = column + 2;
    const indent = `\n${' '.repeat(inner)}`;
    switch (shape.kind) {
      case 'message':
        return `${indent}${this.message(shape, inner, depth + 1)}`;
      case 'list': {
        const item = resolve(shape.item);
        return item.kind === 'message'
          ? `${indent}${this.item(item, inner, depth + 1)}`
          : ` [${this.#stop()}]`;
      }
      case 'map':
        return `${indent}${this.#stop()}: `;
      case 'enum':
        return ` ${this.#choice(shape.allowed ?? shape.names)}`;
      case 'boolean':
        return ` ${this.#choice(['true', 'false'])}`;
      case 'text':
        return shape.equals === undefined ? ` ${this.#stop()}` : ` ${escapeSnippet(shape.equals)}`;
      default:
        return ` ${this.#stop()}`;
    }
  }

  #stop(): string {
    return `$${++this.#stops}`;
  }

  #choice(values: readonly string[]): string {
    return `\${${++this.#stops}|${values.map((value) => value.replace(/[\\,|$}]/g, '\\$&')).join(',')}|}`;
  }
}
