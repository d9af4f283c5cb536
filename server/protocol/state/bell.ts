import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';

/**
 * Wakes whoever waits for something to change in a folder. Where the platform can't watch it, or for what it overlooks,
 * only the time wakes: nobody may rely on being woken earlier.
 */
export class Bell {
  readonly #watcher: FSWatcher | undefined;
  /** Something has changed since the last time that somebody waited. */
  #rang = false;
  #wake: (() => void) | undefined;

  /** @param folder absolute; one that is not there never wakes */
  constructor(folder: string) {
    try {
      this.#watcher = watch(folder, { persistent: false }, () => this.#ring());
      this.#watcher.on('error', () => undefined);
    } catch {
      // Missing, or the system watches too much already.
    }
  }

  /** Resolves when something in the folder changes, or has since it was waited for last; at the latest after `ms`. */
  async rings(ms: number): Promise<void> {
    if (!this.#rang) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#wake = undefined;
    this.#rang = false;
  }

  close(): void {
    this.#watcher?.close();
  }

  #ring(): void {
    this.#rang = true;
    this.#wake?.();
  }
}
