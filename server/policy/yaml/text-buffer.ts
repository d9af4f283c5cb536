const space = 0x20;
const tab = 0x09;

/** The characters of a scalar while it is read, and those of its source, as UTF-16 code units. */
export class TextBuffer {
  readonly #value: number[] = [];
  #length = 0;
  /** How many characters of the value there are up to its last that is not blank. */
  #visible = 0;
  #source: number[] = [];
  #visibleSource = 0;
  /** The offset of the value's first character. */
  #start = -1;

  /** How many characters there are, blanks at the end among them. */
  get length(): number {
    return this.#length;
  }

  /**
   * How many there are without blanks at the end. As in `cerbos 0.55`, more than {@link length} when a block without
   * content was dropped: what follows it is then read as if text stood before it.
   */
  get visibleLength(): number {
    return this.#visible;
  }

  get start(): number {
    return this.#start;
  }

  /** Adds a character; blanks do not begin a value. */
  add(code: number, at: number): void {
    if (this.#length === 0 && (code === space || code === tab)) {
      return;
    }
    this.#push(code, at);
    if (code !== space && code !== tab) {
      this.#visible = this.#length;
    }
  }

  /** As {@link add}, for text in which a tab is no blank. */
  addWithTab(code: number, at: number): void {
    if (this.#length === 0 && code === space) {
      return;
    }
    this.#push(code, at);
    if (code !== space) {
      this.#visible = this.#length;
    }
  }

  /** Adds a character without counting it as visible. */
  addBlank(code: number, at: number): void {
    this.#push(code, at);
  }

  /** Adds a character that stays whatever follows. */
  addSignificant(code: number): void {
    this.#push(code, -1);
    this.#visible = this.#length;
  }

  addSource(code: number): void {
    this.#source.push(code);
    if (code !== space && code !== tab) {
      this.#visibleSource = this.#source.length;
    }
  }

  /** The last character, or the one so many before it; 0 if there is none. */
  last(before = 0): number {
    return before < this.#length ? (this.#value[this.#length - 1 - before] ?? 0) : 0;
  }

  replaceLast(code: number): void {
    this.#value[this.#length - 1] = code;
  }

  dropLast(): void {
    this.#length--;
    this.#visible = this.#length;
  }

  /** Drops blanks at the end of the source, and of the value with them. */
  trimEnd(): void {
    if (this.#source.length === this.#visibleSource) {
      return;
    }
    this.#source.length = this.#visibleSource;
    this.#length = this.#visible;
  }

  /** The value without blanks at its end. */
  text(): string {
    return fromCodes(this.#value, this.#visible);
  }

  /** The value with the blanks at its end. */
  wholeText(): string {
    return fromCodes(this.#value, this.#length);
  }

  /** True also for a tab after one space. */
  get sourceStartsWithTab(): boolean {
    return this.#source[this.#source[0] === space ? 1 : 0] === tab;
  }

  get startsWithTab(): boolean {
    return this.#length > 0 && this.#value[0] === tab;
  }

  /** The source's text. */
  source(): string {
    return fromCodes(this.#source, this.#source.length);
  }

  clearValue(): void {
    this.#length = 0;
    this.#start = -1;
  }

  clear(): void {
    this.clearValue();
    this.#visible = 0;
    this.#source.length = 0;
    this.#visibleSource = 0;
  }

  #push(code: number, at: number): void {
    if (this.#length === 0) {
      this.#start = at;
    }
    this.#value[this.#length++] = code;
  }
}

/** Long texts in pieces, as a call takes only so many arguments. */
function fromCodes(codes: readonly number[], length: number): string {
  const pieces: string[] = [];
  for (let at = 0; at < length; at += 4096) {
    pieces.push(String.fromCharCode(...codes.slice(at, Math.min(at + 4096, length))));
  }
  return pieces.join('');
}
