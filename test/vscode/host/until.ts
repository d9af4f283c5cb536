import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until a condition holds: asks again every 100 ms until there is an answer other than undefined, null
 * or false.
 * @throws if there is none within `timeout` milliseconds
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  timeout = 120_000,
): Promise<T> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) {
      return answer;
    }
    if (performance.now() > deadline) {
      throw new Error(`Waited ${timeout} ms in vain for ${what}.`);
    }
    await delay(100);
  }
}
