import type { JsonObject, JsonValue } from '../../protocol';
import { elementSpans, memberSpans } from '../json/spans';
import { isObject } from './message';
import type { AnswerMessage } from './message';
import { nameProblem } from './names';

const resultNames: ReadonlySet<string> = new Set(['tools', 'nextCursor', '_meta']);

/** Pages that are remembered, and how large each may be: clients ask for the same list again and again. */
const maxPages = 64;
const maxPageBytes = 4 * 2 ** 20;

interface Page {
  readonly result: Buffer;
  /** What goes to the client instead; `undefined` if the result passes as it is. */
  readonly shown: Buffer | undefined;
}

/** How a `tools/list` answer goes on: as it is, with another result, or not at all. */
export type ShownList =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly message: Buffer }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Shows clients an upstream's tools as the enforcer wants them shown (MCP 2025-11-25, "Listing Tools"). */
export class ToolListFilter {
  readonly #listTools: (tools: readonly JsonObject[]) => readonly JsonObject[];
  readonly #onNewTools: () => void;
  readonly #pages = new Map<string, Page>();

  /** @param onNewTools runs when a page is seen that is not the one last seen in its place */
  constructor(listTools: (tools: readonly JsonObject[]) => readonly JsonObject[], onNewTools: () => void) {
    this.#listTools = listTools;
    this.#onNewTools = onNewTools;
  }

  /**
   * @param line the bytes that hold the answer
   * @param cursor the cursor that was asked for; `undefined` for the first page
   */
  show(line: Buffer, answer: AnswerMessage, cursor: JsonValue | undefined): ShownList {
    const { span, value } = answer;
    const at = span.members.get('result');
    const result = value['result'];
    if (at === undefined || !isObject(result)) {
      return { kind: 'unchanged' };
    }
    const bytes = line.subarray(at.start, at.end);
    const place = JSON.stringify(cursor ?? null);
    let page = this.#pages.get(place);
    if (page?.result.equals(bytes) !== true) {
      const reason = malformed(result);
      if (reason !== undefined) {
        return { kind: 'malformed', reason };
      }
      this.#onNewTools();
      page = { result: Buffer.from(bytes), shown: this.#shown(bytes, result) };
      this.#remember(place, page);
    }
    if (page.shown === undefined) {
      return { kind: 'unchanged' };
    }
    const before = line.subarray(span.start, at.start);
    return { kind: 'changed', message: Buffer.concat([before, page.shown, line.subarray(at.end, span.end)]) };
  }

  /** Forgets what was shown: policy or tools may have changed. */
  clear(): void {
    this.#pages.clear();
  }

  #shown(bytes: Buffer, result: JsonObject): Buffer | undefined {
    const at = memberSpans(bytes, 0).get('tools');
    const tools = result['tools'] as readonly JsonObject[] | undefined;
    if (at === undefined || tools === undefined) {
      return undefined;
    }
    const listed = this.#listTools(tools);
    if (listed.length === tools.length && listed.every((tool, index) => tool === tools[index])) {
      return undefined;
    }
    // A tool that is shown as it came keeps its bytes.
    const spans = elementSpans(bytes, at.start);
    const original = new Map(tools.map((tool, index) => [tool, spans[index]]));
    const parts = listed.map((tool) => {
      const span = original.get(tool);
      return span ? bytes.toString('utf8', span.start, span.end) : JSON.stringify(tool);
    });
    const list = Buffer.from(`[${parts.join(',')}]`);
    return Buffer.concat([bytes.subarray(0, at.start), list, bytes.subarray(at.end)]);
  }

  #remember(place: string, page: Page): void {
    this.#pages.delete(place);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size >= maxPages && oldest !== undefined) {
      this.#pages.delete(oldest);
    }
    if (page.result.length <= maxPageBytes) {
      this.#pages.set(place, page);
    }
  }
}

function malformed(result: JsonObject): string | undefined {
  const { tools } = result;
  if (tools !== undefined && !(Array.isArray(tools) && tools.every((tool) => isObject(tool as JsonValue)))) {
    return 'tools that are no array of objects';
  }
  return nameProblem(result, resultNames);
}
