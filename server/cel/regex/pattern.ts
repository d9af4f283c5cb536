/**
 * A regular expression of the simple kind that most policies have: characters, classes, groups, choices, repetition.
 * A set has a 1 for each ASCII character in it.
 */
export type Part =
  | { readonly kind: 'set'; readonly set: Uint8Array }
  | { readonly kind: 'sequence'; readonly parts: readonly Part[] }
  | { readonly kind: 'choice'; readonly parts: readonly Part[] }
  | { readonly kind: 'repeat'; readonly part: Part; readonly optional: boolean; readonly many: boolean };

export interface Pattern {
  readonly part: Part;
  /** True if the pattern begins with `^`, or ends with `$`, respectively. */
  readonly fromStart: boolean;
  readonly toEnd: boolean;
}

/** Repetition that is counted is written out, so there must not be much of it. */
const mostCopies = 32;
/** How deep groups may nest. */
const deepest = 20;
const meta = '\\.+*?()|[]{}^$';

/** Thrown inside the reader at what it leaves to others, and caught there. */
class TooHard extends Error {}

/**
 * Reads a pattern that is known to be a valid RE2 expression. Undefined if anything in it is not simple, or if it is
 * not sure to mean here what it means in RE2: flags, Unicode classes, word boundaries, characters beyond ASCII.
 */
export function readPattern(pattern: string): Pattern | undefined {
  try {
    return new PatternReader(pattern).run();
  } catch (error) {
    if (error instanceof TooHard) {
      return undefined;
    }
    throw error;
  }
}

class PatternReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Pattern {
    const fromStart = this.#accept('^');
    const part = this.#choice();
    const toEnd = this.#accept('$');
    // With an anchor, a choice at the top would bind only one of its sides to it.
    if (this.#at < this.#text.length || (part.kind === 'choice' && (fromStart || toEnd))) {
      throw new TooHard();
    }
    return { part, fromStart, toEnd };
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #accept(character: string): boolean {
    if (this.#peek() !== character) {
      return false;
    }
    this.#at++;
    return true;
  }

  #next(): string {
    const character = this.#peek();
    if (character < ' ' || character > '~') {
      throw new TooHard();
    }
    this.#at++;
    return character;
  }

  #choice(): Part {
    const parts = [this.#sequence()];
    while (this.#accept('|')) {
      parts.push(this.#sequence());
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'choice', parts };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#at < this.#text.length && !'|)$'.includes(this.#peek())) {
      parts.push(this.#repetition(this.#atom()));
    }
    return { kind: 'sequence', parts };
  }

  #atom(): Part {
    if (this.#accept('(')) {
      if (this.#accept('?') && !this.#accept(':')) {
        throw new TooHard();
      }
      if (++this.#depth > deepest) {
        throw new TooHard();
      }
      const inner = this.#choice();
      this.#depth--;
      if (!this.#accept(')')) {
        throw new TooHard();
      }
      return inner;
    }
    if (this.#accept('[')) {
      return { kind: 'set', set: this.#class() };
    }
    if (this.#accept('.')) {
      return { kind: 'set', set: inverse(setOf('\n')) };
    }
    if (this.#accept('\\')) {
      return { kind: 'set', set: this.#escape() };
    }
    const character = this.#next();
    if (meta.includes(character)) {
      throw new TooHard();
    }
    return { kind: 'set', set: setOf(character) };
  }

  #repetition(part: Part): Part {
    let repeated = part;
    switch (this.#peek()) {
      case '*':
        repeated = { kind: 'repeat', part, optional: true, many: true };
        break;
      case '+':
        repeated = { kind: 'repeat', part, optional: false, many: true };
        break;
      case '?':
        repeated = { kind: 'repeat', part, optional: true, many: false };
        break;
      case '{':
        return this.#counted(part);
      default:
        return part;
    }
    this.#at++;
    // A lazy repetition matches the same texts.
    this.#accept('?');
    return repeated;
  }

  #counted(part: Part): Part {
    const form = /\{(\d{1,2})(,?)(\d{0,2})\}/y;
    form.lastIndex = this.#at;
    const [all, least, comma, most] = form.exec(this.#text) ?? [];
    if (all === undefined) {
      throw new TooHard();
    }
    this.#at += all.length;
    this.#accept('?');
    const low = Number(least);
    const high = comma === '' ? low : most === '' ? Infinity : Number(most);
    if (low > mostCopies || (high !== Infinity && high > mostCopies)) {
      throw new TooHard();
    }
    const parts = new Array<Part>(low).fill(part);
    if (high === Infinity) {
      parts.push({ kind: 'repeat', part, optional: true, many: true });
    } else {
      const once: Part = { kind: 'repeat', part, optional: true, many: false };
      parts.push(...new Array<Part>(high - low).fill(once));
    }
    return { kind: 'sequence', parts };
  }

  #escape(): Uint8Array {
    const character = this.#next();
    switch (character) {
      case 'd':
        return setOf(digits);
      case 'D':
        return inverse(setOf(digits));
      case 'w':
        return setOf(`${digits}${letters}_`);
      case 'W':
        return inverse(setOf(`${digits}${letters}_`));
      case 's':
        return setOf('\t\n\f\r ');
      case 'S':
        return inverse(setOf('\t\n\f\r '));
      default:
        if (/[A-Za-z0-9]/.test(character)) {
          throw new TooHard();
        }
        return setOf(character);
    }
  }

  #class(): Uint8Array {
    const negated = this.#accept('^');
    const set = setOf('');
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      const low = this.#member(set);
      if (low !== undefined && this.#peek() === '-' && this.#text.charAt(this.#at + 1) !== ']') {
        this.#at++;
        const high = this.#member(set);
        if (high === undefined || high < low) {
          throw new TooHard();
        }
        set.fill(1, low, high + 1);
      }
    }
    this.#at++;
    return negated ? inverse(set) : set;
  }

  /** Adds a member of a class; gives its code if it is a single character. */
  #member(set: Uint8Array): number | undefined {
    if (this.#accept('\\')) {
      const members = this.#escape();
      members.forEach((is, code) => (set[code] = (set[code] ?? 0) | is));
      return members.reduce((sum, is) => sum + is, 0) === 1 ? members.indexOf(1) : undefined;
    }
    const character = this.#next();
    if (character === '[') {
      throw new TooHard();
    }
    const code = character.charCodeAt(0);
    set[code] = 1;
    return code;
  }
}

const digits = '0123456789';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function setOf(characters: string): Uint8Array {
  const set = new Uint8Array(128);
  for (const character of characters) {
    set[character.charCodeAt(0)] = 1;
  }
  return set;
}

function inverse(set: Uint8Array): Uint8Array {
  return set.map((is) => 1 - is);
}
