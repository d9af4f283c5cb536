import type { JsonObject } from '../../protocol';

/** A result, and how many bytes the message had that brought it. */
export interface OwnResult {
  readonly result: JsonObject;
  readonly bytes: number;
}

/** A request of the guard's own did not get a result. */
export class OwnRequestFailed extends Error {
  override readonly name = 'OwnRequestFailed';
}
