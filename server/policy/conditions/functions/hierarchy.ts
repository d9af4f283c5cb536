import { IndexProblem, quote, typeNameOf } from '../../../cel';
import type { CelValue } from '../../../cel';
import { CerbosValue } from './cerbos-value';

/** A place in a tree, such as `a.b.c` (Cerbos' `hierarchy`). */
export class Hierarchy extends CerbosValue {
  readonly typeName = 'cerbos.lib.hierarchy';
  readonly parts: readonly string[];

  constructor(parts: readonly string[]) {
    super();
    this.parts = parts;
  }

  override conversionName(): string {
    return 'hierarchy';
  }

  override fieldText(): string {
    return this.parts.join('.');
  }

  override isHashable(): boolean {
    return false;
  }

  override get partCount(): number {
    return this.parts.length;
  }

  override readonly index = (key: CelValue): CelValue | IndexProblem => {
    if (typeof key !== 'bigint') {
      return new IndexProblem(`unsupported index type '${typeNameOf(key)}'`);
    }
    return this.parts[Number(key)] ?? new IndexProblem('index out of range');
  };

  override equals(other: CelValue): boolean | undefined {
    return other instanceof Hierarchy
      ? other.parts.length === this.parts.length && this.isPrefixOf(other)
      : undefined;
  }

  override show(): string {
    return `hierarchy([${this.parts.map(quote).join(', ')}])`;
  }

  override toJson(): CelValue {
    return this.parts;
  }

  isPrefixOf(other: Hierarchy): boolean {
    return this.parts.every((part, index) => other.parts[index] === part);
  }
}
