/** Something about the state folder that must be put right by a human; the message says what, where and how. */
export class StateError extends Error {
  override readonly name = 'StateError';
}

/** The `code` of a file system error, e.g. `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
