/** A JSON value and where it stands, as offsets into the text. Numbers stay text, so that no digit is lost. */
export type JsonNode =
  | (TextSpan & { readonly kind: 'object'; readonly entries: ReadonlyMap<string, JsonNode> })
  | (TextSpan & { readonly kind: 'array'; readonly items: readonly JsonNode[] })
  | (TextSpan & { readonly kind: 'string'; readonly value: string })
  | (TextSpan & { readonly kind: 'number'; readonly text: string })
  | (TextSpan & { readonly kind: 'boolean'; readonly value: boolean })
  | (TextSpan & { readonly kind: 'null' });

interface TextSpan {
  readonly start: number;
  readonly end: number;
}

export type JsonObjectNode = Extract<JsonNode, { readonly kind: 'object' }>;

/** Why a text is not JSON. */
export class JsonProblem {
  readonly message: string;
  readonly at: number;

  constructor(message: string, at: number) {
    this.message = message;
    this.at = at;
  }
}

/** Deeper nesting and longer texts are refused: no schema written by a person comes near. */
const maxDepth = 200;
const maxLength = 4 * 1024 * 1024;
/** Larger exponents and longer numbers would make exact arithmetic a way to use up time and memory. */
const maxExponent = 1000;

/** Reads JSON as RFC 8259 has it. Of a key that is written twice the last one counts. Never throws. */
export function readJson(text: string): JsonNode | JsonProblem {
  if (text.length > maxLength) {
    return new JsonProblem(`the file is more than ${maxLength / (1024 * 1024)} MiB long`, 0);
  }
  try {
    return new JsonReader(text).read();
  } catch (error) {
    if (error instanceof JsonProblem) {
      return error;
    }
    throw error;
  }
}

const literals = {
  true: { kind: 'boolean', value: true },
  false: { kind: 'boolean', value: false },
  null: { kind: 'null' },
} as const;

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): JsonNode {
    const node = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) {
      this.#fail('unexpected text after the value');
    }
    return node;
  }

  #value(depth: number): JsonNode {
    if (depth > maxDepth) {
      this.#fail(`nested more than ${maxDepth} levels deep`);
    }
    this.#space();
    const start = this.#at;
    switch (this.#text[start]) {
      case '{':
        return { kind: 'object', entries: this.#entries(depth + 1), start, end: this.#at };
      case '[':
        return { kind: 'array', items: this.#items(depth + 1), start, end: this.#at };
      case '"':
        return { kind: 'string', value: this.#string(), start, end: this.#at };
      default:
        return this.#scalar(start);
    }
  }

  #entries(depth: number): ReadonlyMap<string, JsonNode> {
    const entries = new Map<string, JsonNode>();
    this.#list('}', () => {
      if (this.#text[this.#at] !== '"') {
        this.#fail('expected a key in double quotes');
      }
      const key = this.#string();
      this.#space();
      if (this.#text[this.#at] !== ':') {
        this.#fail('expected ":"');
      }
      this.#at++;
      entries.set(key, this.#value(depth));
    });
    return entries;
  }

  #items(depth: number): readonly JsonNode[] {
    const items: JsonNode[] = [];
    this.#list(']', () => items.push(this.#value(depth)));
    return items;
  }

  /** Reads what stands between brackets, with commas between. */
  #list(close: string, readItem: () => unknown): void {
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === close) {
      this.#at++;
      return;
    }
    for (;;) {
      this.#space();
      readItem();
      this.#space();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== close) {
        this.#fail(`expected "," or "${close}"`);
      }
      this.#at++;
      if (next === close) {
        return;
      }
    }
  }

  #string(): string {
    const written = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
    written.lastIndex = this.#at;
    const text = written.exec(this.#text)?.[0];
    if (text === undefined) {
      this.#fail('the string does not end, or has an escape that JSON does not know');
    }
    this.#at += text.length;
    return JSON.parse(text) as string;
  }

  #scalar(start: number): JsonNode {
    const word = /[a-z]+|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE]([+-]?[0-9]+))?/y;
    word.lastIndex = start;
    const found = word.exec(this.#text);
    const text = found?.[0] ?? '';
    const end = start + text.length;
    if (text === 'true' || text === 'false' || text === 'null') {
      this.#at = end;
      return { ...literals[text], start, end };
    }
    if (text === '' || /^[a-z]/.test(text)) {
      this.#fail(start < this.#text.length ? 'expected a value' : 'the text ends early');
    }
    if (text.length > maxExponent || Math.abs(Number(found?.[1] ?? 0)) > maxExponent) {
      this.#fail('the number is too large or too small');
    }
    this.#at = end;
    return { kind: 'number', text, start, end };
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) {
      this.#at++;
    }
  }

  #fail(message: string): never {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- caught by readJson, never seen outside
    throw new JsonProblem(message, this.#at);
  }
}
