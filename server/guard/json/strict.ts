import { isUtf8 } from 'node:buffer';
import { visibleLine } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import { defaultLimits } from './limits';
import type { JsonLimits } from './limits';
import { survivesDouble } from './numbers';
import { invalidUtf8At } from './utf8';

/** Why a text is refused; `offset` counts bytes from the start of the text. */
export interface JsonProblem {
  /**
   * `syntax`: not JSON, or not one value; `encoding`: not UTF-8; `control-character`: a raw byte below 0x20;
   * `depth`: nested too deeply; `size`: too many values, or members of one object; the rest is JSON that parsers understand differently: `duplicate-member`,
   * `malformed-name` (a member name with half a surrogate pair), `number-range` (beyond a double).
   */
  readonly code:
    | 'syntax'
    | 'encoding'
    | 'control-character'
    | 'depth'
    | 'size'
    | 'duplicate-member'
    | 'malformed-name'
    | 'number-range';
  readonly message: string;
  readonly offset: number;
}

/** Bytes of a value inside the text: `start` inclusive, `end` exclusive. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** Where a message is: the text itself if it is no array, else each element of it. */
export interface MessageSpan extends ByteSpan {
  /** Where its members' values are; empty if it is no object. Of duplicates the last. */
  readonly members: ReadonlyMap<string, ByteSpan>;
  /** Names that it has more than once. */
  readonly duplicates: ReadonlySet<string>;
  /** How many values it holds, itself and those at all depths. */
  readonly values: number;
}

/** The limits that parsing keeps. */
type ParseLimits = Pick<JsonLimits, 'maxDepth' | 'maxMembers' | 'maxValues'>;

/** The result of {@link parseStrict}. */
export interface StrictJson {
  /** Missing if the text is not JSON at all. There may be both a value and a problem: then parsers disagree on it. */
  readonly value?: JsonValue;
  /** The first problem; a text with a problem must not be forwarded. */
  readonly problem?: JsonProblem;
  readonly messages: readonly MessageSpan[];
  /** Offset of the first string with half a surrogate pair (written as an escape), which parsers replace differently. */
  readonly loneSurrogateAt?: number;
  /** The texts of numbers that a double does not keep, in their order. */
  readonly inexactNumbers: readonly string[];
}

/**
 * Parses a text that must be one strict JSON value: RFC 8259, in UTF-8 without a byte order mark, without raw control
 * characters anywhere (tab, CR and LF between tokens included: others split lines at CR), no member name twice in an
 * object at any depth once escapes are resolved, no number beyond a double.
 * Never throws, whatever the bytes are.
 */
export function parseStrict(bytes: Buffer, limits: ParseLimits = defaultLimits): StrictJson {
  if (!isUtf8(bytes)) {
    return refused({ code: 'encoding', message: 'not valid UTF-8', offset: invalidUtf8At(bytes) ?? 0 });
  }
  const parser = new StrictParser(bytes, limits);
  try {
    return parser.parse();
  } catch (error) {
    if (error instanceof NotJson) {
      return refused(error.problem);
    }
    throw error;
  }
}

function refused(problem: JsonProblem): StrictJson {
  return { problem, messages: [], inexactNumbers: [] };
}

/** Ends the parse: what follows cannot be understood. */
class NotJson extends Error {
  readonly problem: JsonProblem;

  constructor(problem: JsonProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Exact comparison is not linear in the digits; no honest number is that long. */
const maxNumberLength = 1_000;

/** Messages in one batch: each costs far more than a value. */
const maxBatch = 10_000;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const space = 0x20;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

interface OpenMessage {
  readonly members: Map<string, ByteSpan>;
  readonly duplicates: Set<string>;
}

class StrictParser {
  readonly #bytes: Buffer;
  readonly #limits: ParseLimits;
  #values = 0;
  #at = 0;
  #problem: JsonProblem | undefined;
  #loneSurrogateAt: number | undefined;
  readonly #inexactNumbers: string[] = [];
  readonly #messages: MessageSpan[] = [];

  constructor(bytes: Buffer, limits: ParseLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  parse(): StrictJson {
    this.#skipSpace();
    const value =
      this.#bytes[this.#at] === openBracket
        ? this.#array(1, (depth) => this.#message(depth))
        : this.#message(0);
    this.#skipSpace();
    if (this.#at < this.#bytes.length) {
      this.#fail('more text after the value');
    }
    return {
      value,
      messages: this.#messages,
      inexactNumbers: this.#inexactNumbers,
      ...(this.#problem && { problem: this.#problem }),
      ...(this.#loneSurrogateAt !== undefined && { loneSurrogateAt: this.#loneSurrogateAt }),
    };
  }

  /** A value whose span and members are noted. */
  #message(depth: number): JsonValue {
    if (this.#messages.length === maxBatch) {
      this.#fail(`more than ${maxBatch} messages in a batch`, 'size');
    }
    const open: OpenMessage = { members: new Map(), duplicates: new Set() };
    const start = this.#at;
    const before = this.#values;
    const value = this.#value(depth, open);
    this.#messages.push({ start, end: this.#at, ...open, values: this.#values - before });
    return value;
  }

  #value(depth: number, message?: OpenMessage): JsonValue {
    this.#count();
    const byte = this.#bytes[this.#at];
    switch (byte) {
      case openBrace:
      case openBracket:
        if (depth >= this.#limits.maxDepth) {
          return this.#tooDeep();
        }
        return byte === openBrace
          ? this.#object(depth + 1, message)
          : this.#array(depth + 1, (inner) => this.#value(inner));
      case quote:
        return this.#string();
      case 0x74:
        return this.#word('true', true);
      case 0x66:
        return this.#word('false', false);
      case 0x6e:
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #object(depth: number, message: OpenMessage | undefined): JsonObject {
    this.#at++;
    const object: Record<string, JsonValue> = {};
    let members = 0;
    this.#skipSpace();
    if (this.#bytes[this.#at] === closeBrace) {
      this.#at++;
      return object;
    }
    for (;;) {
      this.#skipSpace();
      const nameAt = this.#at;
      if (this.#bytes[nameAt] !== quote) {
        this.#fail('a member name in double quotes is expected');
      }
      const name = this.#string(true);
      this.#skipSpace();
      this.#take(colon, 'a colon is expected after a member name');
      this.#skipSpace();
      const start = this.#at;
      const value = this.#value(depth);
      members++;
      if (members > this.#limits.maxMembers) {
        this.#tooManyMembers(message !== undefined, nameAt);
      } else if (this.#isKept || message !== undefined) {
        if (Object.hasOwn(object, name)) {
          message?.duplicates.add(name);
          this.#note('duplicate-member', `the member ${shown(name)} is there twice`, nameAt);
        }
        set(object, name, value);
        message?.members.set(name, { start, end: this.#at });
      }
      this.#skipSpace();
      if (this.#bytes[this.#at] !== comma) {
        this.#take(closeBrace, 'a comma or a closing brace is expected');
        return object;
      }
      this.#at++;
    }
  }

  #array(depth: number, element: (depth: number) => JsonValue): JsonValue[] {
    this.#at++;
    const array: JsonValue[] = [];
    this.#skipSpace();
    if (this.#bytes[this.#at] === closeBracket) {
      this.#at++;
      return array;
    }
    for (;;) {
      this.#skipSpace();
      const value = element(depth);
      if (this.#isKept) {
        array.push(value);
      }
      this.#skipSpace();
      if (this.#bytes[this.#at] !== comma) {
        this.#take(closeBracket, 'a comma or a closing bracket is expected');
        return array;
      }
      this.#at++;
    }
  }

  #count(): void {
    this.#values++;
    if (this.#values > this.#limits.maxValues) {
      this.#note('size', `more than ${this.#limits.maxValues} values`, this.#at);
    }
  }

  /**
   * False once there are too many values: what follows is only checked, so that a message's own members, its id among
   * them, are still found, and whoever waits for it can be told.
   */
  get #isKept(): boolean {
    return this.#values <= this.#limits.maxValues;
  }

  #tooManyMembers(isMessage: boolean, at: number): void {
    const what = `more than ${this.#limits.maxMembers} members in one object`;
    if (isMessage) {
      this.#at = at;
      this.#fail(what, 'size');
    }
    this.#note('size', what, at);
  }

  /** Passes over what is nested too deeply, without going into it, so that here, too, the message's own members are found. */
  #tooDeep(): null {
    const what = `nested more than ${this.#limits.maxDepth} deep`;
    this.#note('depth', what, this.#at);
    let open = 0;
    do {
      const byte = this.#bytes[this.#at];
      if (byte === quote) {
        this.#string();
        continue;
      }
      if (byte === undefined || byte < space) {
        this.#fail(`${what}, and without an end`, 'depth');
      }
      open += Number(byte === openBrace || byte === openBracket);
      open -= Number(byte === closeBrace || byte === closeBracket);
      this.#at++;
    } while (open > 0);
    return null;
  }

  #string(isName = false): string {
    const bytes = this.#bytes;
    const start = this.#at;
    let escaped = false;
    let at = start + 1;
    for (;;) {
      const byte = bytes[at];
      if (byte === quote) {
        break;
      }
      if (byte === undefined) {
        this.#at = start;
        this.#fail('a string without an end');
      } else if (byte < space) {
        this.#at = at;
        this.#fail('a raw control character in a string', 'control-character');
      } else if (byte === backslash) {
        escaped = true;
        at = this.#skipEscape(at);
      } else {
        at++;
      }
    }
    this.#at = at + 1;
    if (!escaped) {
      return bytes.toString('utf8', start + 1, at);
    }
    // Its grammar has been checked, so that the platform's parser can't see anything else in it.
    const text = JSON.parse(bytes.toString('utf8', start, at + 1)) as string;
    if (/\p{Surrogate}/u.test(text)) {
      this.#loneSurrogateAt ??= start;
      if (isName) {
        this.#note('malformed-name', 'a member name with half a surrogate pair', start);
      }
    }
    return text;
  }

  /** @returns the offset after the escape */
  #skipEscape(at: number): number {
    const escape = String.fromCharCode(this.#bytes[at + 1] ?? 0);
    if ('"\\/bfnrt'.includes(escape)) {
      return at + 2;
    }
    if (escape === 'u' && /^[0-9a-fA-F]{4}$/.test(this.#bytes.toString('latin1', at + 2, at + 6))) {
      return at + 6;
    }
    this.#at = at;
    return this.#fail('an escape that JSON does not have');
  }

  #word<T>(word: string, value: T): T {
    if (this.#bytes.toString('latin1', this.#at, this.#at + word.length) !== word) {
      this.#fail('a value is expected');
    }
    this.#at += word.length;
    return value;
  }

  #number(): number {
    const start = this.#at;
    if (this.#bytes[this.#at] === 0x2d) {
      this.#at++;
    }
    if (this.#bytes[this.#at] === 0x30) {
      this.#at++;
    } else {
      this.#digits(start);
    }
    if (this.#bytes[this.#at] === 0x2e) {
      this.#at++;
      this.#digits();
    }
    if (this.#bytes[this.#at] === 0x65 || this.#bytes[this.#at] === 0x45) {
      this.#at++;
      if (this.#bytes[this.#at] === 0x2b || this.#bytes[this.#at] === 0x2d) {
        this.#at++;
      }
      this.#digits();
    }
    const text = this.#bytes.toString('latin1', start, this.#at);
    const value = Number(text);
    if (!Number.isFinite(value)) {
      this.#note('number-range', 'a number that no double can hold', start);
    } else if (text.length > maxNumberLength) {
      this.#note('number-range', `a number of more than ${maxNumberLength} characters`, start);
    } else if (this.#isKept && !survivesDouble(text)) {
      this.#inexactNumbers.push(text);
    }
    return value;
  }

  /** At least one digit; `start` is where the number starts, if nothing of it is sure yet. */
  #digits(start?: number): void {
    const first = this.#at;
    while (isDigit(this.#bytes[this.#at])) {
      this.#at++;
    }
    if (this.#at === first) {
      this.#fail(start === this.#at ? 'a value is expected' : 'a digit is expected');
    }
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === space) {
        this.#at++;
      } else if (byte !== undefined && byte < space) {
        this.#fail('a raw control character', 'control-character');
      } else {
        return;
      }
    }
  }

  #take(byte: number, otherwise: string): void {
    if (this.#bytes[this.#at] !== byte) {
      this.#fail(otherwise);
    }
    this.#at++;
  }

  #note(code: JsonProblem['code'], message: string, offset: number): void {
    this.#problem ??= { code, message, offset };
  }

  #fail(message: string, code: JsonProblem['code'] = 'syntax'): never {
    const ended = this.#at >= this.#bytes.length && code === 'syntax';
    throw new NotJson({ code, message: ended ? `${message}, but the text ends` : message, offset: this.#at });
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** Assignment to `__proto__` would change the object's prototype instead of adding a member. */
function set(object: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[name] = value;
  }
}

/** A name from outside in a message of ours: short, and without anything that a terminal obeys. */
function shown(name: string): string {
  const short = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  return visibleLine(JSON.stringify(short));
}
