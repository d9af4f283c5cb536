import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import type { ListKind } from '../enforcer';
import { elementSpans, memberSpans, withMembers } from '../json/spans';
import type { ResponseMessage } from '../receive/message';
import { nameProblem } from '../receive/names';

/** Where the lists of a server are, by the method that asks for them (MCP 2025-11-25 and 2026-07-28). */
export const listMethods: ReadonlyMap<string, ListKind> = new Map([
  ['tools/list', 'tools'],
  ['prompts/list', 'prompts'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resourceTemplates'],
]);

/** Members of a list result, besides the list, that carry no free text. All others are removed. */
const plainMembers: ReadonlyMap<string, (value: JsonValue) => boolean> = new Map([
  ['nextCursor', (value) => typeof value === 'string'],
  ['resultType', (value) => value === 'complete'],
  ['ttlMs', (value) => typeof value === 'number'],
  ['cacheScope', (value) => value === 'public' || value === 'private'],
  ['_meta', (value) => isJsonObject(value) && Object.keys(value).length === 0],
]);

/** Pages that are remembered, and how large each may be: clients ask for the same list again and again. */
const maxPages = 64;
const maxPageBytes = 4 * 2 ** 20;

interface Page {
  readonly result: Buffer;
  /** The result that the client gets instead; `undefined` if it passes as it is. */
  readonly shown: Buffer | undefined;
}

/** How an answer with a list goes on: as it is, with another result, or not at all. */
type ShownList =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly message: Buffer }
  | { readonly kind: 'malformed'; readonly reason: string };

type Show = (kind: ListKind, items: readonly JsonObject[]) => readonly JsonObject[];

/** Shows clients an upstream's lists as the enforcer wants them shown. */
export class ListFilter {
  readonly #show: Show;
  readonly #onNewTools: () => void;
  readonly #pages = new Map<string, Page>();

  /** @param onNewTools runs when a page of tools is seen that is not the one last seen in its place */
  constructor(show: Show, onNewTools: () => void) {
    this.#show = show;
    this.#onNewTools = onNewTools;
  }

  /**
   * @param line the bytes that hold the answer
   * @param cursor the cursor that was asked for; `undefined` for the first page
   */
  show(kind: ListKind, line: Buffer, answer: ResponseMessage, cursor: JsonValue | undefined): ShownList {
    const { span, value } = answer;
    const at = span.members.get('result');
    const result = value['result'];
    if (at === undefined || !isJsonObject(result)) {
      return { kind: 'unchanged' };
    }
    const bytes = line.subarray(at.start, at.end);
    const place = JSON.stringify([kind, cursor ?? null]);
    let page = this.#pages.get(place);
    if (page?.result.equals(bytes) !== true) {
      const reason = malformed(kind, result);
      if (reason !== undefined) {
        return { kind: 'malformed', reason };
      }
      if (kind === 'tools') {
        this.#onNewTools();
      }
      page = { result: Buffer.from(bytes), shown: this.#shown(kind, bytes, result) };
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

  #shown(kind: ListKind, bytes: Buffer, result: JsonObject): Buffer | undefined {
    const members = memberSpans(bytes, 0);
    const at = members.get(kind);
    const items = (result[kind] ?? []) as readonly JsonObject[];
    const listed = this.#show(kind, items);
    const replaced = new Map<string, string | undefined>(
      Object.entries(result).flatMap(([name, value]): [string, undefined][] =>
        name === kind || plainMembers.get(name)?.(value) === true ? [] : [[name, undefined]],
      ),
    );
    const same = listed.length === items.length && listed.every((item, index) => item === items[index]);
    if (at !== undefined && !same) {
      // What is shown as it came keeps its bytes.
      const spans = elementSpans(bytes, at.start);
      const original = new Map(items.map((item, index) => [item, spans[index]]));
      const parts = listed.map((item) => {
        const span = original.get(item);
        return span ? bytes.toString('utf8', span.start, span.end) : JSON.stringify(item);
      });
      replaced.set(kind, `[${parts.join(',')}]`);
    }
    return replaced.size === 0 ? undefined : withMembers(bytes, replaced);
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

function malformed(kind: ListKind, result: JsonObject): string | undefined {
  const items = result[kind];
  if (
    items !== undefined &&
    !(Array.isArray(items) && items.every((item) => isJsonObject(item as JsonValue)))
  ) {
    return `${kind} that are no array of objects`;
  }
  return nameProblem(result, new Set([kind, ...plainMembers.keys()]));
}
