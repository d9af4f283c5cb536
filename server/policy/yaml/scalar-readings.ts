import type { ScalarStyle, Span, YamlScalar } from './node';
import { plainScalar } from './scalar';
import { scanScalars } from './scanner';
import type { ScalarToken, ScanError } from './token';

type Typed = Pick<YamlScalar, 'type' | 'value'>;

/**
 * The values of a text's scalars as `cerbos 0.55` reads them, by their places in the tree. Each is asked for once. A
 * scalar that the tree and `cerbos 0.55` see in different places is an error, because its meaning is not certain.
 */
export class ScalarReadings {
  readonly error: ScanError | undefined;
  readonly #byStart = new Map<number, ScalarToken>();
  readonly #names: ScalarToken[] = [];
  readonly #unlike: Span[] = [];
  /**
   * The text for a reader that sees its structure: quoted text is replaced by letters, so that line breaks, indentation and
   * escapes in it cannot be seen differently. Offsets stay.
   */
  readonly masked: string;
  readonly #brackets: Set<number>;
  #namesSeen = 0;

  constructor(text: string) {
    const { tokens, brackets, error } = scanScalars(text);
    this.error = error;
    this.#brackets = new Set(brackets);
    this.masked = mask(text, tokens);
    for (const token of tokens) {
      if (token.kind === 'name') {
        this.#names.push(token);
      } else {
        this.#byStart.set(token.start, token);
      }
    }
  }

  /** The scalar that the tree has here; undefined if `cerbos 0.55` has another or none. */
  at(start: number, style: ScalarStyle, end: number): Typed | undefined {
    const token = this.#byStart.get(start);
    if (token?.style !== style) {
      // Nothing is written there.
      if (style !== 'plain' || end > start) {
        this.#unlike.push({ start, end });
      }
      return undefined;
    }
    this.#byStart.delete(start);
    if (token.style === 'literal' || token.style === 'folded') {
      return { type: 'Literal', value: token.value };
    }
    return token.isText ? { type: 'String', value: token.value } : plainScalar(token.value);
  }

  /** Notes that the tree has the next name of an anchor or alias. */
  name(name: string, at: Span): void {
    if (this.#names[this.#namesSeen++]?.value !== name) {
      this.#unlike.push(at);
    }
  }

  /** Notes that the tree has a collection between brackets or braces here. */
  brackets(start: number, end: number): void {
    for (const at of [start, end - 1]) {
      if (!this.#brackets.delete(at)) {
        this.differ({ start, end });
      }
    }
  }

  /** Notes that `cerbos 0.55` reads something in another way. */
  differ(at: Span): void {
    this.#unlike.push(at);
  }

  /** Where the tree and `cerbos 0.55` differ. */
  get unlike(): readonly Span[] {
    const names = this.#names.slice(this.#namesSeen).map(({ start }) => start);
    const unseen = Array.from([...this.#byStart.keys(), ...this.#brackets, ...names], (start) => ({
      start,
      end: start + 1,
    }));
    return [...this.#unlike, ...unseen].sort((a, b) => a.start - b.start);
  }
}

function mask(text: string, tokens: readonly ScalarToken[]): string {
  const pieces: string[] = [];
  let done = 0;
  for (const { start, quotedEnd } of tokens) {
    if (quotedEnd === undefined) {
      continue;
    }
    pieces.push(text.slice(done, start + 1), 'x'.repeat(quotedEnd - start - 2));
    done = quotedEnd - 1;
  }
  // A line break of its own is one to `cerbos 0.55` only.
  return (pieces.join('') + text.slice(done)).replace(/\r(?!\n)/g, '\n');
}
