import { isJsonObject } from '../../protocol';
import type { JsonValue } from '../../protocol';
import { errorResponse, errorCodes } from '../pending/responses';
import { listMethods } from './list-filter';
import type { ResponseMessage } from '../receive/message';
import type { PendingRequest } from '../pending/pending-requests';
import { listLimits } from './tool-source';
import type { ListLimits } from './tool-source';

/** Entries of a list that is none of tools: each costs less, and resources may be many. */
const mostEntries = 50_000;

interface Total {
  pages: number;
  items: number;
  bytes: number;
}

/**
 * Sums of the pages of a list that a client requests one after the other: a server that always names a next page, or
 * very long ones, must not keep the guard busy for ever.
 */
export class ListTotals {
  readonly #limits: ListLimits;
  readonly #totals = new Map<string, Total>();

  constructor(limits: ListLimits = listLimits) {
    this.#limits = limits;
  }

  /** An error response in place of a page that makes its list too long; undefined for any other response. */
  refusal(message: ResponseMessage, request: PendingRequest): Buffer | undefined {
    const list = listMethods.get(request.method);
    const { result } = message.value;
    if (list === undefined || !isJsonObject(result)) {
      return undefined;
    }
    const items = result[list];
    const why = this.add(
      list,
      isJsonObject(request.params) ? request.params['cursor'] : undefined,
      Array.isArray(items) ? items.length : 0,
      message.span.end - message.span.start,
    );
    return why === undefined
      ? undefined
      : errorResponse(request.id.text, errorCodes.lost, `The server's list can't be passed on: ${why}`);
  }

  /**
   * Counts one more page of a list.
   * @param list which one, such as `tools`
   * @param cursor the cursor that was asked for; without one the list begins anew
   * @returns why the page is not passed on, if it isn't
   */
  add(list: string, cursor: JsonValue | undefined, items: number, bytes: number): string | undefined {
    const before = cursor === undefined ? undefined : this.#totals.get(list);
    const total = {
      pages: (before?.pages ?? 0) + 1,
      items: (before?.items ?? 0) + items,
      bytes: (before?.bytes ?? 0) + bytes,
    };
    this.#totals.set(list, total);
    const { bytes: mostBytes, pages: mostPages, tools } = this.#limits;
    const mostItems = list === 'tools' ? tools : mostEntries;
    if (total.pages > mostPages) {
      return `it has more than ${mostPages} pages`;
    }
    if (total.items > mostItems) {
      return `it has more than ${mostItems} entries`;
    }
    return total.bytes > mostBytes ? `it has more than ${mostBytes / 2 ** 20} MB` : undefined;
  }
}
