import type { JsonValue } from '../../cel';

/** The names that the kinds of JSON values have in CEL. */
export type AttributeType = 'null' | 'bool' | 'number' | 'string' | 'list' | 'map';

/** The types, members and example values of an attribute, gathered from the values in fixtures. */
export class Attribute {
  readonly types = new Set<AttributeType>();
  /** The members of maps. */
  readonly members = new Map<string, Attribute>();
  /** The elements of lists, all of them together. */
  element: Attribute | undefined;
  /** A few of the values, as JSON; scalars only. */
  readonly examples = new Set<string>();

  /** Takes note of a value. */
  see(value: JsonValue, depth = 0): void {
    if (depth > maxDepth) {
      return;
    }
    if (value === null) {
      this.types.add('null');
    } else if (Array.isArray(value)) {
      this.types.add('list');
      const element = (this.element ??= new Attribute());
      for (const each of value as readonly JsonValue[]) {
        element.see(each, depth + 1);
      }
    } else if (typeof value === 'object') {
      this.types.add('map');
      for (const [name, each] of Object.entries(value)) {
        this.member(name).see(each, depth + 1);
      }
    } else {
      this.types.add(typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'number');
      if (this.examples.size < maxExamples) {
        this.examples.add(JSON.stringify(value));
      }
    }
  }

  member(name: string): Attribute {
    const known = this.members.get(name);
    if (known !== undefined) {
      return known;
    }
    const attribute = new Attribute();
    this.members.set(name, attribute);
    return attribute;
  }

  /** Takes note of all that another knows. */
  merge(other: Attribute): void {
    for (const type of other.types) {
      this.types.add(type);
    }
    for (const example of other.examples) {
      if (this.examples.size < maxExamples) {
        this.examples.add(example);
      }
    }
    for (const [name, member] of other.members) {
      this.member(name).merge(member);
    }
    if (other.element !== undefined) {
      (this.element ??= new Attribute()).merge(other.element);
    }
  }

  /** Such as `string or null`. */
  get describedType(): string {
    return [...this.types].sort().join(' or ');
  }
}

const maxDepth = 12;
const maxExamples = 5;
