/** A message's way on: `pass` forwards it as it is, `stop` does not, bytes (no line end) replace it. */
export type Disposition = 'pass' | 'stop' | Buffer;
