import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import type { Timers } from '../pending/timers';

/**
 * Limits for a server's whole list of tools. They are far more than agents can use; each tool costs work whenever the
 * list is looked at, and a server that always names a next page must not keep the guard busy, or fill its memory.
 */
export interface ListLimits {
  readonly pages: number;
  readonly tools: number;
  /** Of all results together. */
  readonly bytes: number;
  /** From the first question on; checked when a page has come. */
  readonly milliseconds: number;
}

export const listLimits: ListLimits = {
  pages: 1_000,
  tools: 5_000,
  bytes: 32 * 2 ** 20,
  milliseconds: 60_000,
};

/** The list goes beyond what it may come to; asking again would be no use. */
export class ListTooLong extends Error {
  override readonly name = 'ListTooLong';

  constructor(what: string) {
    super(`the server's list of tools is too long: ${what}`);
  }
}

/** One `tools/list` result. */
export interface ListPage {
  readonly result: JsonObject;
  /** Of the message that brought it. */
  readonly bytes: number;
}

/**
 * Fetches an upstream's whole tool list for the enforcer, once until it may have changed. One fetch runs at a time,
 * however often the server says that its tools have changed.
 */
export class ToolFetcher {
  readonly #ask: (params: JsonObject | undefined) => Promise<ListPage>;
  readonly #timers: Timers;
  readonly #limits: ListLimits;
  #tools: Promise<readonly JsonObject[]> | undefined;
  /** Resolves when the fetch that runs has ended. */
  #running: Promise<void> | undefined;
  /** A fetch waits for the one that runs, and so will see whatever changes meanwhile. */
  #isQueued = false;

  /** @param ask sends one `tools/list` with these params */
  constructor(
    ask: (params: JsonObject | undefined) => Promise<ListPage>,
    timers: Timers,
    limits: ListLimits = listLimits,
  ) {
    this.#ask = ask;
    this.#timers = timers;
    this.#limits = limits;
  }

  /**
   * All tools, from all pages.
   * @throws {ListTooLong} if there are too many, again and again until they may have changed
   * @throws {Error} if the upstream answers with an error, in a wrong shape, without end, or not at all
   */
  tools(): Promise<readonly JsonObject[]> {
    if (this.#tools === undefined) {
      const tools = this.#start();
      this.#tools = tools;
      tools.catch((error: unknown) => {
        // Other failures are not remembered: the next call tries again.
        if (this.#tools === tools && !(error instanceof ListTooLong)) {
          this.#tools = undefined;
        }
      });
    }
    return this.#tools;
  }

  /** The tools may have changed. */
  invalidate(): void {
    if (!this.#isQueued) {
      this.#tools = undefined;
    }
  }

  #start(): Promise<readonly JsonObject[]> {
    if (this.#running === undefined) {
      return this.#run();
    }
    this.#isQueued = true;
    return this.#running.then(() => {
      this.#isQueued = false;
      return this.#run();
    });
  }

  #run(): Promise<readonly JsonObject[]> {
    const fetch = this.#fetch();
    const ended = (): void => {
      this.#running = undefined;
    };
    this.#running = fetch.then(ended, ended);
    return fetch;
  }

  async #fetch(): Promise<readonly JsonObject[]> {
    const { bytes: mostBytes, milliseconds, pages: mostPages, tools: mostTools } = this.#limits;
    const tools: JsonObject[] = [];
    const cursors = new Set<string>();
    const deadline = new AbortController();
    const cancel = this.#timers.after(milliseconds, () => deadline.abort());
    try {
      let bytes = 0;
      let cursor: string | undefined;
      for (;;) {
        const page = await this.#ask(cursor === undefined ? undefined : { cursor });
        bytes += page.bytes;
        if (bytes > mostBytes) {
          throw new ListTooLong(`more than ${mostBytes / 2 ** 20} MB`);
        }
        for (const tool of toolsOf(page.result)) {
          if (tools.length === mostTools) {
            throw new ListTooLong(`more than ${mostTools} tools`);
          }
          tools.push(tool);
        }
        const next: JsonValue | undefined = page.result['nextCursor'];
        if (typeof next !== 'string') {
          return tools;
        }
        if (cursors.has(next)) {
          throw new Error('the list of tools has no end: the server names a page again that it has given');
        }
        cursors.add(next);
        cursor = next;
        if (cursors.size >= mostPages) {
          throw new ListTooLong(`more than ${mostPages} pages`);
        }
        if (deadline.signal.aborted) {
          throw new ListTooLong(`not all there after ${milliseconds / 1000} s`);
        }
      }
    } finally {
      cancel();
    }
  }
}

function* toolsOf(result: JsonObject): Generator<JsonObject> {
  const { tools } = result;
  if (!Array.isArray(tools)) {
    throw new Error('the list of tools is no array');
  }
  for (const tool of tools as readonly JsonValue[]) {
    if (!isJsonObject(tool)) {
      throw new Error('a tool is no object');
    }
    yield tool;
  }
}
