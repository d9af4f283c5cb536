interface Glob {
  readonly source: string;
  matches(text: string): boolean;
}

/**
 * Compiles a glob as Cerbos reads it: `:` separates segments, `*` stays within one, `**` crosses them, and a lone `*`
 * matches everything; `?` is one character of a segment, `[abc]`, `[!abc]`, `[a-z]` and `{a,b}` as usual, `\` escapes.
 * Matching takes time in proportion to pattern times text, whatever they are.
 * @returns undefined if the pattern is malformed; `cerbos 0.55` then lets it match nothing
 */
export function compileGlob(source: string): Glob | undefined {
  const known = cache.get(source);
  if (known !== undefined) {
    return known ?? undefined;
  }
  const states = new Parser(source === '*' ? '**' : source).parse();
  const glob = states ? new Automaton(source, states) : undefined;
  if (cache.size >= 4096) {
    cache.clear();
  }
  cache.set(source, glob ?? null);
  return glob;
}

/** Compiling is a pure function of the pattern, so that its results can be kept. */
const cache = new Map<string, Glob | null>();

/** A malformed glob matches nothing. */
export function matchesGlob(source: string, text: string): boolean {
  return compileGlob(source)?.matches(text) ?? false;
}

/**
 * The index of `cerbos 0.55` takes only names with a star for globs; `view:?` is a plain name to it
 * (`internal/ruletable/index`).
 */
export function isGlob(name: string): boolean {
  return name.includes('*');
}

/** A state of the automaton: `accepts` one character and goes on to `next`, or goes on to `jumps` without any. */
interface State {
  accepts?: (character: string) => boolean;
  next?: number;
  jumps: number[];
}

const separator = ':';
/** `cerbos 0.55` takes it for the end of a pattern, except directly after plain text, where it drops it. */
const nul = '\0';
const special = new Set(['*', '?', '[', '{', nul]);
const anyCharacter = (): boolean => true;
const withinSegment = (character: string): boolean => character !== separator;

class Parser {
  readonly #pattern: readonly string[];
  readonly #states: State[] = [];
  #at = 0;

  constructor(source: string) {
    this.#pattern = Array.from(source);
  }

  /** The states; the first is where matching starts, the last where it must end. Undefined if malformed. */
  parse(): readonly State[] | undefined {
    const start = this.#state();
    const end = this.#sequence(start, false);
    if (end === undefined || this.#at < this.#pattern.length) {
      return undefined;
    }
    // The accepting state must be the last one.
    const accepting = this.#state();
    this.#jump(end, accepting);
    return this.#states;
  }

  #state(): number {
    return this.#states.push({ jumps: [] }) - 1;
  }

  #jump(from: number, to: number): void {
    this.#states[from]?.jumps.push(to);
  }

  /** Adds one character's step and returns the state behind it. */
  #step(from: number, accepts: (character: string) => boolean): number {
    const before = this.#state();
    this.#jump(from, before);
    const after = this.#state();
    const state = this.#states[before];
    if (state) {
      Object.assign(state, { accepts, next: after });
    }
    return after;
  }

  #loop(from: number, accepts: (character: string) => boolean): number {
    const again = this.#step(from, accepts);
    this.#jump(again, from);
    const after = this.#state();
    this.#jump(from, after);
    this.#jump(again, after);
    return after;
  }

  #sequence(from: number, nested: boolean): number | undefined {
    let current: number | undefined = this.#fresh(from);
    let inText = false;
    while (current !== undefined && this.#at < this.#pattern.length) {
      const character = this.#pattern[this.#at] ?? '';
      if (nested && (character === ',' || character === '}')) {
        return current;
      }
      this.#at++;
      if (character === nul && !inText) {
        this.#at = this.#pattern.length;
        break;
      }
      inText = character === '\\' || !special.has(character);
      switch (character) {
        case nul:
          break;
        case '*':
          if (this.#pattern[this.#at] === '*') {
            this.#at++;
            current = this.#loop(current, anyCharacter);
          } else {
            current = this.#loop(current, withinSegment);
          }
          break;
        case '?':
          current = this.#step(current, withinSegment);
          break;
        case '[':
          current = this.#characters(current);
          break;
        case '{':
          current = this.#alternatives(current);
          break;
        case '\\': {
          const escaped = this.#pattern[this.#at++];
          // One that escapes nothing is dropped.
          if (escaped === nul) {
            inText = false;
          } else if (escaped !== undefined) {
            current = this.#step(current, (each) => each === escaped);
          }
          break;
        }
        default:
          current = this.#step(current, (each) => each === character);
      }
    }
    return current;
  }

  /** A state of its own, so that loops do not leak into what shares their start. */
  #fresh(from: number): number {
    const state = this.#state();
    this.#jump(from, state);
    return state;
  }

  #alternatives(from: number): number | undefined {
    const after = this.#state();
    for (;;) {
      const end = this.#sequence(from, true);
      if (end === undefined) {
        return undefined;
      }
      this.#jump(end, after);
      const closing = this.#pattern[this.#at++];
      if (closing === undefined || closing === '}') {
        return this.#fresh(after);
      }
    }
  }

  /** `[abc]`, `[!abc]`, `[a-z]` or `[!a-z]`: a list or one range, never both. */
  #characters(from: number): number | undefined {
    const negated = this.#pattern[this.#at] === '!';
    if (negated) {
      this.#at++;
    }
    const [low, dash, high] = this.#pattern.slice(this.#at, this.#at + 3);
    if (low === undefined || dash === undefined || low === nul) {
      return undefined;
    }
    if (dash === '-') {
      if (high === undefined || high === nul || high < low || this.#pattern[this.#at + 3] !== ']') {
        return undefined;
      }
      this.#at += 4;
      return this.#step(from, (each) => (each >= low && each <= high) !== negated);
    }
    const listed = new Set<string>();
    for (;;) {
      let character = this.#pattern[this.#at++];
      if (character === ']') {
        break;
      }
      if (character === '\\') {
        character = this.#pattern[this.#at++];
      }
      if (character === undefined || character === nul) {
        return undefined;
      }
      listed.add(character);
    }
    return listed.size === 0 ? undefined : this.#step(from, (each) => listed.has(each) !== negated);
  }
}

/** Follows all states at once, so that no pattern can make it go back. */
class Automaton implements Glob {
  readonly source: string;
  readonly #states: readonly State[];

  constructor(source: string, states: readonly State[]) {
    this.source = source;
    this.#states = states;
  }

  matches(text: string): boolean {
    let current = new Set<number>();
    this.#add(0, current);
    for (const character of text) {
      const following = new Set<number>();
      for (const each of current) {
        const state = this.#states[each];
        if (state?.next !== undefined && state.accepts?.(character)) {
          this.#add(state.next, following);
        }
      }
      if (following.size === 0) {
        return false;
      }
      current = following;
    }
    return current.has(this.#states.length - 1);
  }

  #add(start: number, states: Set<number>): void {
    const pending = [start];
    for (let each = pending.pop(); each !== undefined; each = pending.pop()) {
      if (states.has(each)) {
        continue;
      }
      states.add(each);
      pending.push(...(this.#states[each]?.jumps ?? []));
    }
  }
}
