import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  nullType,
  opaqueType,
  optionalType,
  paramType,
  stringType,
  timestampType,
  typeOfType,
  typeType,
  uintType,
} from '../types';
import type { CelType } from '../types';

/** A parsed signature, such as that of `string.charAt(index: int): string`. */
export interface Signature {
  /** True if the first parameter stands before the dot. */
  readonly method: boolean;
  readonly parameters: readonly CelType[];
  readonly names: readonly string[];
  readonly result: CelType;
  /** The names of the type parameters that occur: `T`. */
  readonly variables: readonly string[];
}

const simpleTypes = new Map<string, CelType>([
  ['null', nullType],
  ['bool', boolType],
  ['int', intType],
  ['uint', uintType],
  ['double', doubleType],
  ['string', stringType],
  ['bytes', bytesType],
  ['timestamp', timestampType],
  ['duration', durationType],
  ['dyn', dynType],
  ['type', typeType],
  ['IP', opaqueType('net.IP')],
  ['CIDR', opaqueType('net.CIDR')],
]);

/**
 * Parses the signature of a function of this name: `name(a: int, b: T): list(T)`, or with a receiver
 * `list(T).name(…): …`. Single capital letters are type parameters.
 * @param types opaque types, by the words that signatures have for them
 * @throws Error for a signature that cannot be parsed, which is a mistake in a library
 */
export function parseSignature(name: string, text: string, types: ReadonlyMap<string, CelType>): Signature {
  const reader = new SignatureReader(text, types);
  const parameters: CelType[] = [];
  const names: string[] = [];
  const method = !text.startsWith(`${name}(`);
  if (method) {
    parameters.push(reader.type());
    names.push('this');
    reader.expect('.');
  }
  reader.expect(`${name}(`);
  while (!reader.accept(')')) {
    if (parameters.length > (method ? 1 : 0)) {
      reader.expect(', ');
    }
    names.push(reader.word());
    reader.expect(': ');
    parameters.push(reader.type());
  }
  reader.expect(': ');
  const result = reader.type();
  return { method, parameters, names, result, variables: [...reader.variables] };
}

class SignatureReader {
  readonly variables = new Set<string>();
  readonly #text: string;
  readonly #types: ReadonlyMap<string, CelType>;
  #at = 0;

  constructor(text: string, types: ReadonlyMap<string, CelType>) {
    this.#text = text;
    this.#types = types;
  }

  accept(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) {
      return false;
    }
    this.#at += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.accept(token)) {
      throw new Error(`Signature ${this.#text}: expected "${token}" at ${this.#at}`);
    }
  }

  word(): string {
    const start = this.#at;
    while (/\w/.test(this.#text.charAt(this.#at))) {
      this.#at++;
    }
    return this.#text.slice(start, this.#at);
  }

  type(): CelType {
    const word = this.word();
    if (/^[A-Z]$/.test(word)) {
      this.variables.add(word);
      return paramType(word);
    }
    if (!this.accept('(')) {
      const simple = simpleTypes.get(word) ?? this.#types.get(word);
      if (!simple) {
        throw new Error(`Signature ${this.#text}: unknown type ${word}`);
      }
      return simple;
    }
    const first = this.type();
    let made: CelType;
    switch (word) {
      case 'list':
        made = listType(first);
        break;
      case 'map':
        this.expect(', ');
        made = mapType(first, this.type());
        break;
      case 'optional':
        made = optionalType(first);
        break;
      case 'type':
        made = typeOfType(first);
        break;
      default:
        throw new Error(`Signature ${this.#text}: unknown type ${word}(…)`);
    }
    this.expect(')');
    return made;
  }
}
