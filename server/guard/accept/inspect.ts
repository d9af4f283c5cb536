import { isJsonObject } from '../../protocol';
import { pathToFileURL } from 'node:url';
import type { JsonObject, JsonValue } from '../../protocol';
import { parseStrict } from '../json/strict';
import { systemTimers } from '../pending/timers';
import { ToolFetcher } from '../forward/tool-source';
import type { ListPage } from '../forward/tool-source';
import { aboutOf } from './pinning';
import type { UpstreamTransport } from '../upstream/transport';
import { framed } from '../wire/lines';

/** A server's own description: its texts and its complete lists. */
export interface ServerClaims {
  /** Of {@link aboutOf}. */
  readonly about: JsonObject;
  /** All of them, from all pages; so are the others. */
  readonly tools: readonly JsonObject[];
  readonly prompts: readonly JsonObject[];
  readonly resourceTemplates: readonly JsonObject[];
}

/** The capabilities that agents commonly declare: some servers offer certain tools only to clients that have them. */
const capabilities = { roots: { listChanged: true }, sampling: {}, elicitation: { form: {}, url: {} } };
const protocolVersion = '2025-11-25';
/** Milliseconds; the first start of a server may download it. */
const wait = { initialize: 90_000, list: 30_000 };

/**
 * Starts a server, asks what tools it has, and ends it.
 * @param upstream not started yet
 * @param root the folder that the server is told, if it wants to know
 * @throws {CommandError} if it can't be started; Error if it does not answer as MCP says
 */
export async function inspectServer(upstream: UpstreamTransport, root: string): Promise<ServerClaims> {
  await upstream.start();
  const client = new Client(upstream, root);
  try {
    const { result } = await client.ask(
      'initialize',
      { protocolVersion, capabilities, clientInfo: { name: 'gatehouse', version: '1' } },
      wait.initialize,
    );
    client.notify('notifications/initialized');
    const { capabilities: offered } = result;
    const has = (name: string): boolean => isJsonObject(offered) && offered[name] !== undefined;
    const list = (method: string) => (params: JsonObject | undefined) =>
      client.ask(method, params, wait.list);
    const fetcher = new ToolFetcher(list('tools/list'), systemTimers);
    return {
      about: aboutOf(result),
      tools: has('tools') ? await fetcher.tools() : [],
      prompts: has('prompts') ? await allOf(list('prompts/list'), 'prompts') : [],
      resourceTemplates: has('resources')
        ? await optional(allOf(list('resources/templates/list'), 'resourceTemplates'))
        : [],
    };
  } finally {
    await upstream.close();
  }
}

/** More than this nobody would review. */
const mostItems = 2_000;
const mostPages = 100;

/** A whole list, from all pages. */
async function allOf(
  ask: (params: JsonObject | undefined) => Promise<ListPage>,
  member: string,
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const { result } = await ask(cursor === undefined ? undefined : { cursor });
    const listed = result[member];
    if (!Array.isArray(listed) || !listed.every((item) => isJsonObject(item as JsonValue))) {
      throw new Error(`The server's list of ${member} is no array of objects.`);
    }
    items.push(...(listed as readonly JsonObject[]));
    cursor = typeof result['nextCursor'] === 'string' ? result['nextCursor'] : undefined;
    if (cursor === undefined && items.length <= mostItems) {
      return items;
    }
    if (items.length > mostItems) {
      break;
    }
  }
  throw new Error(`The server's list of ${member} has no end, or more than ${mostItems} entries.`);
}

/** Many servers with resources have no templates, and answer that they do not know the method. */
async function optional(list: Promise<readonly JsonObject[]>): Promise<readonly JsonObject[]> {
  try {
    return await list;
  } catch (error) {
    if (error instanceof UnknownMethod) {
      return [];
    }
    throw error;
  }
}

/** The server does not know a method (JSON-RPC 2.0, section 5.1). */
class UnknownMethod extends Error {
  override readonly name = 'UnknownMethod';
}

/** The little of an MCP client that asking for tools takes. */
class Client {
  readonly #upstream: UpstreamTransport;
  readonly #root: string;
  readonly #waiting = new Map<
    number,
    { resolve: (answer: ListPage) => void; reject: (error: Error) => void }
  >();
  #lastId = 0;
  #ended: Error | undefined;

  constructor(upstream: UpstreamTransport, root: string) {
    this.#upstream = upstream;
    this.#root = root;
    void this.#receive();
    void upstream.end.then(({ description }) => this.#end(new Error(`The server ${description}.`)));
  }

  async ask(method: string, params: JsonObject | undefined, timeoutMs: number): Promise<ListPage> {
    this.#lastId += 1;
    const id = this.#lastId;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<ListPage>((resolve, reject) => {
        if (this.#ended !== undefined) {
          reject(this.#ended);
          return;
        }
        this.#waiting.set(id, { resolve, reject });
        const late = new Error(`The server did not answer ${method} within ${timeoutMs / 1000} s.`);
        timer = setTimeout(() => reject(late), timeoutMs);
        this.#send({ id, method, ...(params === undefined ? {} : { params }) });
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  notify(method: string): void {
    this.#send({ method });
  }

  #send(message: JsonObject): void {
    this.#upstream.send(framed(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }))));
  }

  async #receive(): Promise<void> {
    try {
      for await (const lines of this.#upstream.receive()) {
        for (const line of lines) {
          if (line.kind === 'line') {
            this.#take(line.bytes);
          } else if (line.kind === 'too-long') {
            this.#end(new Error('The server sent a message that is too long.'));
          }
        }
      }
    } catch (cause) {
      this.#end(new Error('What the server sends can not be read.', { cause }));
    }
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) {
      reject(this.#ended);
    }
  }

  /** Applies the relay's strict parser: a message that the guard would not forward is not accepted either. */
  #take(bytes: Buffer): void {
    const { problem, value } = parseStrict(bytes);
    if (problem !== undefined || !isJsonObject(value)) {
      this.#end(
        new Error(`The server sent what is no strict JSON object: ${problem?.message ?? 'not an object'}.`),
      );
      return;
    }
    const { error, id, method, result } = value;
    if (typeof method === 'string') {
      if (id !== undefined) {
        this.#answer(id, method);
      }
      return;
    }
    const waiting = typeof id === 'number' ? this.#waiting.get(id) : undefined;
    if (isJsonObject(result)) {
      waiting?.resolve({ result, bytes: bytes.length });
    } else {
      const message = isJsonObject(error) ? error['message'] : undefined;
      const text = `The server answered with an error: ${typeof message === 'string' ? message : 'none'}`;
      const unknown = isJsonObject(error) && error['code'] === -32601;
      waiting?.reject(unknown ? new UnknownMethod(text) : new Error(text));
    }
  }

  /** A server may want to know the folders before it says what it can do. */
  #answer(id: JsonValue, method: string): void {
    switch (method) {
      case 'ping':
        this.#send({ id, result: {} });
        break;
      case 'roots/list':
        this.#send({ id, result: { roots: [{ uri: pathToFileURL(this.#root).href }] } });
        break;
      default:
        this.#send({ id, error: { code: -32601, message: `gatehouse accept does not offer ${method}` } });
    }
  }
}
