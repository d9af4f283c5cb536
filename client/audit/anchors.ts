import type { Anchor, SessionLog } from './session-log';

/** Where anchors are kept: VS Code's secret storage, which is not in the state folder. */
export interface AnchorStorage {
  get(key: string): Thenable<string | undefined>;
  store(key: string, value: string): Thenable<void>;
}

const prefix = 'gatehouse.audit.';
const listKey = `${prefix}folders`;

/**
 * Remembers how far logs reached, outside the folder that they lie in: whoever removes or rewrites logs, heads and all,
 * would have to get at VS Code's secrets, too.
 */
export class Anchors {
  readonly #storage: AnchorStorage;
  readonly #stored = new Map<string, string>();
  /** Folders that were not as they had been: what was seen of them is not forgotten while this window is open. */
  readonly #broken = new Set<string>();

  constructor(storage: AnchorStorage) {
    this.#storage = storage;
  }

  /**
   * Compares a session folder with what was seen of it, once, and notes how far it reaches now.
   * @param folder the folder's name
   * @param logs its sessions, newest first, read to their end
   * @param holds whether a log has a line with this hash, or was removed on purpose
   * @returns false if it was found not to be as it had been
   */
  async see(
    folder: string,
    logs: readonly SessionLog[],
    holds: (anchor: Anchor) => Promise<boolean>,
  ): Promise<boolean> {
    if (this.#broken.has(folder)) {
      return true;
    }
    if (!this.#stored.has(folder)) {
      const seen = parseAnchor(await this.#storage.get(prefix + folder));
      if (seen !== undefined && !(await holds(seen))) {
        this.#broken.add(folder);
        return false;
      }
    }
    const reach = logs[0]?.reach;
    if (reach !== undefined) {
      await this.#store(folder, reach);
    }
    return true;
  }

  /** A person has seen that a folder is not as it had been: from now on what is there counts. */
  accept(folder: string): void {
    this.#broken.delete(folder);
    this.#stored.set(folder, '');
  }

  /** Everything that was seen, by the session folders' names: what `gatehouse audit verify --anchors` takes. */
  async all(): Promise<Readonly<Record<string, Anchor>>> {
    const anchors: Record<string, Anchor> = {};
    for (const folder of await this.#folders()) {
      const anchor = parseAnchor(await this.#storage.get(prefix + folder));
      if (anchor !== undefined) {
        anchors[folder] = anchor;
      }
    }
    return anchors;
  }

  async #store(folder: string, anchor: Anchor): Promise<void> {
    const text = JSON.stringify(anchor);
    if (this.#stored.get(folder) === text) {
      return;
    }
    const isNew = !this.#stored.has(folder);
    this.#stored.set(folder, text);
    await this.#storage.store(prefix + folder, text);
    if (isNew) {
      const folders = await this.#folders();
      if (!folders.includes(folder)) {
        await this.#storage.store(listKey, JSON.stringify([...folders, folder]));
      }
    }
  }

  async #folders(): Promise<readonly string[]> {
    const value = parsed(await this.#storage.get(listKey));
    return Array.isArray(value) ? value.filter((folder) => typeof folder === 'string') : [];
  }
}

function parseAnchor(text: string | undefined): Anchor | undefined {
  const value = parsed(text) as Partial<Record<keyof Anchor, unknown>> | null | undefined;
  const sound =
    typeof value?.log === 'string' && Number.isSafeInteger(value.lines) && typeof value.hash === 'string';
  return sound ? (value as Anchor) : undefined;
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}
