import type { ScalarStyle, YamlScalar } from './node';

/**
 * Where each character of a scalar's value stands in the file: quotes, escapes, indentation and folded lines make value
 * and text differ. The result has one more entry than the value, for its end, and never decreases.
 */
export function textMap(file: string, scalar: YamlScalar): readonly number[] {
  const value = typeof scalar.value === 'string' ? scalar.value : scalar.text;
  const block = scalar.style === 'literal' || scalar.style === 'folded';
  const walk = new Walk(file, scalar, block);
  const map: number[] = [];
  while (map.length < value.length) {
    const at = map.length;
    const character = value[at] ?? '';
    const units = scalar.style === 'double' ? walk.escape() : undefined;
    if (units) {
      for (let unit = 0; unit < units.width; unit++) {
        map.push(units.at);
      }
    } else {
      map.push(block ? walk.blockCharacter(character) : walk.flowCharacter(character, scalar.style));
    }
  }
  map.push(Math.min(Math.max(walk.at, map.at(-1) ?? walk.at), scalar.end));
  return map;
}

class Walk {
  at: number;
  readonly #text: string;
  readonly #end: number;
  readonly #indent: number;

  constructor(text: string, scalar: YamlScalar, block: boolean) {
    this.#text = text;
    this.#end = scalar.end;
    this.at = scalar.start + (scalar.style === 'plain' || block ? 0 : 1);
    this.#indent = 0;
    if (!block) {
      return;
    }
    const headerEnd = text.indexOf('\n', this.at);
    this.at = headerEnd < 0 ? scalar.end : Math.min(headerEnd + 1, scalar.end);
    const first = /^(?:[ \t]*\r?\n)*( *)/.exec(text.slice(this.at, scalar.end));
    // What the value keeps of a line's indentation is not the block's.
    const kept = /^\n*( *)/.exec(typeof scalar.value === 'string' ? scalar.value : '')?.[1] ?? '';
    this.#indent = (first?.[1]?.length ?? 0) - kept.length;
    this.#skipIndent();
  }

  /** Consumes an escape sequence, if one is next: where it stands and how many UTF-16 units it stands for. */
  escape(): { at: number; width: number } | undefined {
    while (this.#text[this.at] === '\\' && /[\r\n]/.test(this.#text[this.at + 1] ?? '')) {
      this.at++;
      this.#skipBlank();
    }
    if (this.#text[this.at] !== '\\') {
      return undefined;
    }
    const at = this.at;
    const digits = { x: 2, u: 4, U: 8 }[this.#text[at + 1] ?? ''] ?? 0;
    this.at += 2 + digits;
    const code = digits === 8 ? Number.parseInt(this.#text.slice(at + 2, at + 10), 16) : 0;
    return { at, width: code > 0xffff ? 2 : 1 };
  }

  flowCharacter(character: string, style: ScalarStyle): number {
    const blank = /^[ \t]*\r?\n/.test(this.#text.slice(this.at, Math.min(this.at + 200, this.#end)));
    if (blank) {
      const at = this.at;
      const isSpace = character === ' ' || character === '\n';
      if (isSpace && character === '\n') {
        return this.#blankLine(at);
      }
      this.#skipBlank();
      if (isSpace) {
        return at;
      }
    }
    while (style === 'plain' && this.#text[this.at] === '\t') {
      this.at++;
    }
    const at = this.at;
    this.at += style === 'single' && character === "'" ? 2 : 1;
    return at;
  }

  blockCharacter(character: string): number {
    if (this.#text[this.at] === '\r') {
      this.at++;
    }
    if (character !== '\n' && this.#text[this.at] === '\n') {
      const at = this.at;
      this.#skipBlank();
      if (character === ' ') {
        return at;
      }
    }
    const at = this.at;
    if (this.at < this.#end) {
      this.at++;
    }
    if (character === '\n') {
      this.#skipIndent();
    }
    return at;
  }

  /** One line break of several folded ones. */
  #blankLine(at: number): number {
    const next = this.#text.indexOf('\n', this.#text.indexOf('\n', at) + 1);
    const rest = this.#text.slice(at, next < 0 ? at : next);
    if (next >= 0 && /^\s*$/.test(rest)) {
      this.at = next;
    } else {
      this.#skipBlank();
    }
    return at;
  }

  #skipBlank(): void {
    while (this.at < this.#end && /\s/.test(this.#text[this.at] ?? '')) {
      this.at++;
    }
  }

  #skipIndent(): void {
    for (let skipped = 0; skipped < this.#indent && this.#text[this.at] === ' '; skipped++) {
      this.at++;
    }
  }
}
