/** What the relay does with a message: `pass` forwards it as it is, `stop` does not, bytes (no line end) replace it. */
export type Disposition = 'pass' | 'stop' | Buffer;
