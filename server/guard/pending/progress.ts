import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import { framed } from '../wire/lines';
import type { Timers } from './timers';

const everyMilliseconds = 5_000;

/**
 * Tells a caller who gave a progress token that its request is still alive while a human is asked (MCP 2025-11-25,
 * "Progress"). The steps are tiny, since progress must only grow and the upstream's own starts later.
 * @param send takes one message with the end of its line
 * @returns what ends it
 */
export function tellProgress(
  params: JsonValue | undefined,
  timers: Timers,
  send: (line: Buffer) => void,
): () => void {
  const token = progressToken(params);
  if (token === undefined) {
    return () => undefined;
  }
  let step = 0;
  let cancel = (): void => undefined;
  const wait = (): void => {
    cancel = timers.after(everyMilliseconds, () => {
      step++;
      send(notification({ progressToken: token, progress: step / 1e6, message: 'Waiting for permission' }));
      wait();
    });
  };
  wait();
  return () => cancel();
}

function progressToken(params: JsonValue | undefined): string | number | undefined {
  const meta = isJsonObject(params) ? params['_meta'] : undefined;
  const token = isJsonObject(meta) ? meta['progressToken'] : undefined;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}

function notification(params: JsonObject): Buffer {
  return framed(Buffer.from(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params })));
}
