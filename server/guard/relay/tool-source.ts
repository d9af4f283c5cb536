import type { JsonObject, JsonValue } from '../../protocol';
import { isObject } from './message';

/** A server that always names a next page must not keep the guard busy for ever. */
const maxPages = 1_000;

/** Fetches an upstream's whole tool list for the enforcer, once until it may have changed. */
export class ToolFetcher {
  readonly #ask: (params: JsonObject | undefined) => Promise<JsonObject>;
  #tools: Promise<readonly JsonObject[]> | undefined;

  /** @param ask sends one `tools/list` with these params and resolves with its result */
  constructor(ask: (params: JsonObject | undefined) => Promise<JsonObject>) {
    this.#ask = ask;
  }

  /**
   * All tools, from all pages.
   * @throws {Error} if the upstream answers with an error, in a wrong shape, without end, or not at all
   */
  tools(): Promise<readonly JsonObject[]> {
    if (this.#tools === undefined) {
      const tools = this.#fetch();
      this.#tools = tools;
      // A failure is not remembered: the next call tries again.
      tools.catch(() => {
        if (this.#tools === tools) {
          this.#tools = undefined;
        }
      });
    }
    return this.#tools;
  }

  /** The tools may have changed. */
  invalidate(): void {
    this.#tools = undefined;
  }

  async #fetch(): Promise<readonly JsonObject[]> {
    const tools: JsonObject[] = [];
    const cursors = new Set<string>();
    let cursor: string | undefined;
    do {
      const result = await this.#ask(cursor === undefined ? undefined : { cursor });
      tools.push(...toolsOf(result));
      const next: JsonValue | undefined = result['nextCursor'];
      cursor = typeof next === 'string' ? next : undefined;
      if (cursor !== undefined && (cursors.has(cursor) || cursors.size >= maxPages)) {
        throw new Error('the list of tools has no end');
      }
      cursors.add(cursor ?? '');
    } while (cursor !== undefined);
    return tools;
  }
}

function toolsOf(result: JsonObject): readonly JsonObject[] {
  const { tools } = result;
  if (!Array.isArray(tools)) {
    throw new Error('the list of tools is no array');
  }
  return (tools as readonly JsonValue[]).map((tool) => {
    if (!isObject(tool)) {
      throw new Error('a tool is no object');
    }
    return tool;
  });
}
