/**
 * The answers to a batch that was taken apart: they go back as one array once all are there (JSON-RPC 2.0,
 * section 6). A request that gets no answer (a cancelled one) leaves a gap.
 */
export class BatchResponses {
  readonly #send: (line: Buffer) => void;
  readonly #answers: Uint8Array[] = [];
  #missing: number;

  /** @param expected how many elements of the batch want an answer */
  constructor(expected: number, send: (line: Buffer) => void) {
    this.#missing = expected;
    this.#send = send;
  }

  /** @param answer an answer without the end of a line; nothing if none will come */
  settle(answer?: Uint8Array): void {
    if (answer !== undefined) {
      this.#answers.push(answer);
    }
    this.#missing--;
    if (this.#missing === 0 && this.#answers.length > 0) {
      this.#send(joined(this.#answers));
    }
  }
}

/** Messages as one batch, with the end of a line. */
export function joined(messages: readonly Uint8Array[]): Buffer {
  const parts = messages.flatMap((message, at) => [at === 0 ? '[' : ',', message]);
  return Buffer.concat(
    [...parts, ']\n'].map((part) => (typeof part === 'string' ? Buffer.from(part) : part)),
  );
}
