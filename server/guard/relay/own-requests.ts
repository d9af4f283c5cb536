import { isJsonObject } from '../../protocol';
import type { JsonObject } from '../../protocol';
import type { RequestId } from './ids';
import { framed } from '../wire/lines';
import type { ResponseMessage } from './message';
import type { Channel } from '../wire/channel';
import type { Timers } from './timers';

/** A result, and how many bytes the message had that brought it. */
export interface OwnResult {
  readonly result: JsonObject;
  readonly bytes: number;
}

/** A request of the guard's own did not get a result. */
export class OwnRequestFailed extends Error {
  override readonly name = 'OwnRequestFailed';
}

/** The requests that the guard itself makes to one peer. Their ids are random, so that nobody can answer unasked. */
export class OwnRequests {
  readonly #channel: Channel;
  readonly #randomId: () => string;
  readonly #timers: Timers;
  readonly #waiting = new Map<string, (answer: OwnResult | OwnRequestFailed) => void>();

  constructor(channel: Channel, randomId: () => string, timers: Timers) {
    this.#channel = channel;
    this.#randomId = randomId;
    this.#timers = timers;
  }

  /** True if the guard waits for an answer with this id. */
  has(id: RequestId): boolean {
    return this.#waiting.has(id.key);
  }

  /**
   * Asks, and resolves with the result.
   * @throws {OwnRequestFailed} for an error, a malformed result, no answer in time, or a peer that is gone
   */
  async ask(method: string, params: JsonObject | undefined, milliseconds: number): Promise<OwnResult> {
    const id = `gatehouse-${this.#randomId()}`;
    const key = `s${id}`;
    const answer = await new Promise<OwnResult | OwnRequestFailed>((resolve) => {
      if (this.#channel.closed) {
        resolve(new OwnRequestFailed(`${method}: the connection is closed`));
        return;
      }
      const cancelTimer = this.#timers.after(milliseconds, () => {
        this.#waiting.delete(key);
        resolve(new OwnRequestFailed(`${method}: no answer within ${milliseconds / 1000} s`));
      });
      this.#waiting.set(key, (given) => {
        cancelTimer();
        this.#waiting.delete(key);
        resolve(given);
      });
      const request = { jsonrpc: '2.0', id, method, ...(params && { params }) };
      this.#channel.send(framed(Buffer.from(JSON.stringify(request))));
    });
    if (answer instanceof OwnRequestFailed) {
      throw answer;
    }
    return answer;
  }

  /** Takes an answer to a request of the guard's own; false if it is none. */
  take(message: ResponseMessage): boolean {
    const resolve = message.id && this.#waiting.get(message.id.key);
    if (!resolve) {
      return false;
    }
    const { error, result } = message.value;
    if (isJsonObject(result)) {
      resolve({ result, bytes: message.span.end - message.span.start });
    } else {
      const told =
        isJsonObject(error) && typeof error['message'] === 'string' ? error['message'] : 'no result';
      resolve(new OwnRequestFailed(told));
    }
    return true;
  }

  /** The answer to one of the guard's own requests could not be read. */
  fail(id: RequestId, reason: string): void {
    this.#waiting.get(id.key)?.(new OwnRequestFailed(`the answer is refused: ${reason}`));
  }

  /** Nothing will be answered any more. */
  close(): void {
    for (const resolve of [...this.#waiting.values()]) {
      resolve(new OwnRequestFailed('the connection is closed'));
    }
  }
}
