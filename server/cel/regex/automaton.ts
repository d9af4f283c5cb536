import { readPattern } from './pattern';
import type { Part, Pattern } from './pattern';

/** A pattern with more positions, or an automaton with more states or a larger table, is left to RE2. */
const mostPositions = 64;
const mostStates = 128;
const largestTable = 4096;
/** So many steps of making an automaton, at most; the pattern may come from a request. */
const mostSteps = 100_000;

/** The states that end a run: nothing can match any more, or whatever follows does. */
const dead = 0;
const matched = 1;

interface Built {
  readonly start: number;
  /** The class of each ASCII character. */
  readonly classes: Uint8Array;
  /** How many classes there are. */
  readonly width: number;
  /** The next state, by state and class. */
  readonly table: Int16Array;
  /** By state: true if a text that ends there matches. */
  readonly accepting: readonly boolean[];
}

/**
 * A deterministic automaton over ASCII texts: it looks at each character once, whatever the pattern, so it cannot be
 * made to hang. It says whether a pattern occurs in a text, and nothing else.
 */
export class Automaton {
  readonly #start: number;
  readonly #classes: Uint8Array;
  readonly #width: number;
  readonly #table: Int16Array;
  readonly #accepting: readonly boolean[];

  private constructor(parts: Built) {
    this.#start = parts.start;
    this.#classes = parts.classes;
    this.#width = parts.width;
    this.#table = parts.table;
    this.#accepting = parts.accepting;
  }

  /** Makes the automaton of a valid RE2 pattern; undefined if the pattern is not simple enough. */
  static of(pattern: string): Automaton | undefined {
    const read = readPattern(pattern);
    const positions = read && findPositions(read.part);
    const built = read && positions && build(read, positions);
    return built && new Automaton(built);
  }

  /**
   * Tests that the pattern occurs in a text.
   * @returns undefined if the answer depends on a character beyond ASCII
   */
  test(text: string): boolean | undefined {
    const classes = this.#classes;
    const table = this.#table;
    const width = this.#width;
    let state = this.#start;
    for (let index = 0; state > matched && index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) {
        return undefined;
      }
      state = table[state * width + (classes[code] ?? 0)] ?? dead;
    }
    return this.#accepting[state] ?? false;
  }
}

/** The positions at which a part of the pattern can begin and end. */
interface Ends {
  readonly first: ReadonlySet<number>;
  readonly last: ReadonlySet<number>;
  readonly empty: boolean;
}

/** The places of a pattern where a character is read, what each reads, and which may follow which. */
interface Positions {
  readonly sets: readonly Uint8Array[];
  readonly follow: readonly ReadonlySet<number>[];
  readonly ends: Ends;
}

function findPositions(part: Part): Positions | undefined {
  const sets: Uint8Array[] = [];
  const follow: Set<number>[] = [];
  const connect = (from: ReadonlySet<number>, to: ReadonlySet<number>): void => {
    for (const position of from) {
      to.forEach((next) => follow[position]?.add(next));
    }
  };
  const visit = (node: Part): Ends | undefined => {
    if (sets.length > mostPositions) {
      return undefined;
    }
    switch (node.kind) {
      case 'set': {
        const position = new Set([sets.push(node.set) - 1]);
        follow.push(new Set());
        return { first: position, last: position, empty: false };
      }
      case 'repeat': {
        const inner = visit(node.part);
        if (inner && node.many) {
          connect(inner.last, inner.first);
        }
        return inner && { ...inner, empty: inner.empty || node.optional };
      }
      case 'choice':
        return visitAll(node.parts, nothing, (a, b) => ({
          first: new Set([...a.first, ...b.first]),
          last: new Set([...a.last, ...b.last]),
          empty: a.empty || b.empty,
        }));
      case 'sequence':
        return visitAll(node.parts, { ...nothing, empty: true }, (a, b) => {
          connect(a.last, b.first);
          return {
            first: a.empty ? new Set([...a.first, ...b.first]) : a.first,
            last: b.empty ? new Set([...a.last, ...b.last]) : b.last,
            empty: a.empty && b.empty,
          };
        });
    }
  };
  const visitAll = (
    parts: readonly Part[],
    before: Ends,
    join: (a: Ends, b: Ends) => Ends,
  ): Ends | undefined => {
    let ends: Ends | undefined = before;
    for (const node of parts) {
      const own: Ends | undefined = ends && visit(node);
      ends = ends && own && join(ends, own);
    }
    return ends;
  };
  const ends = visit(part);
  return ends && { sets, follow, ends };
}

const nothing: Ends = { first: new Set(), last: new Set(), empty: false };

/** Characters that no position tells apart share a class, which keeps the table small. */
function classify(sets: readonly Uint8Array[]): { classes: Uint8Array; members: number[] } {
  const known = new Map<string, number>();
  const members: number[] = [];
  const classes = new Uint8Array(128);
  for (let code = 0; code < 128; code++) {
    const signature = sets.map((set) => set[code]).join('');
    let own = known.get(signature);
    if (own === undefined) {
      own = members.push(code) - 1;
      known.set(signature, own);
    }
    classes[code] = own;
  }
  return { classes, members };
}

function build({ fromStart, toEnd }: Pattern, { sets, follow, ends }: Positions): Built | undefined {
  const { classes, members } = classify(sets);
  const width = members.length;
  const accepting = [false, true];
  const rows: number[][] = [members.map(() => dead), members.map(() => matched)];
  const states = new Map<string, number>();
  const pending: [state: number, next: ReadonlySet<number>][] = [];
  /** The state in which these positions may come next, and the whole pattern was, or was not, just matched. */
  const stateFor = (next: ReadonlySet<number>, complete: boolean): number => {
    if (complete && !toEnd) {
      return matched;
    }
    if (next.size === 0 && !complete) {
      return dead;
    }
    const key = `${complete ? '$' : ''}${[...next].sort((a, b) => a - b).join()}`;
    let state = states.get(key);
    if (state === undefined) {
      state = accepting.push(complete) - 1;
      states.set(key, state);
      pending.push([state, next]);
    }
    return state;
  };
  let steps = 0;
  const start = stateFor(ends.first, ends.empty);
  for (let item = pending.pop(); item; item = pending.pop()) {
    const [state, next] = item;
    if (accepting.length > mostStates || accepting.length * width > largestTable || steps > mostSteps) {
      return undefined;
    }
    rows[state] = members.map((code) => {
      const after = new Set(fromStart ? [] : ends.first);
      let complete = !fromStart && ends.empty;
      for (const position of next) {
        if (sets[position]?.[code] === 1) {
          follow[position]?.forEach((following) => after.add(following));
          steps += 1 + (follow[position]?.size ?? 0);
          complete ||= ends.last.has(position);
        }
      }
      return stateFor(after, complete);
    });
  }
  return { start, classes, width, table: Int16Array.from(rows.flat()), accepting };
}
