import { DidChangeWatchedFilesNotification, WatchKind } from 'vscode-languageserver';
import type { Connection, Disposable, FileSystemWatcher, InitializeParams } from 'vscode-languageserver';
import { namedBy } from './workspace/layout';
import { uriOfPath } from './texts/paths';

const files = '*.{yaml,yml,json}';
const comeAndGo = WatchKind.Create | WatchKind.Delete;

/**
 * Has the client watch what may be part of a policy set. Folders that come and go are watched, too: of one that is
 * renamed or deleted some clients tell once, and not of each file in it.
 */
export class Watchers {
  readonly #connection: Connection;
  readonly #loose = new Map<string, Promise<Disposable>>();
  #capabilities: InitializeParams['capabilities'] = {};

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Watches the workspace. */
  async start(capabilities: InitializeParams['capabilities']): Promise<void> {
    this.#capabilities = capabilities;
    if (!this.#watches) {
      return;
    }
    await this.#register([{ globPattern: `**/${files}` }, { globPattern: '**/*', kind: comeAndGo }]);
  }

  /**
   * Watches exactly these folders outside the workspace, where the client can. One that is a set of policies by its
   * name is watched with all that is in it; of any other only the files right in it: it may be a home folder.
   */
  watch(folders: readonly string[], globs: readonly string[]): void {
    if (!this.#watches || !this.#capabilities.workspace?.didChangeWatchedFiles?.relativePatternSupport) {
      return;
    }
    for (const [folder, registered] of this.#loose) {
      if (folders.includes(folder)) {
        continue;
      }
      this.#loose.delete(folder);
      void registered.then((each) => each.dispose());
    }
    const isNamed = namedBy(globs);
    for (const folder of folders) {
      if (this.#loose.has(folder)) {
        continue;
      }
      const baseUri = uriOfPath(folder);
      const isSet = isNamed(folder);
      const registered = this.#register([
        { globPattern: { baseUri, pattern: isSet ? `**/${files}` : files } },
        { globPattern: { baseUri, pattern: isSet ? '**/*' : '*' }, kind: comeAndGo },
      ]);
      this.#loose.set(folder, registered);
      // Without it, files are looked at when they are opened, saved and closed.
      registered.catch((error: unknown) => this.#connection.console.error(String(error)));
    }
  }

  get #watches(): boolean {
    return this.#capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false;
  }

  #register(watchers: FileSystemWatcher[]): Promise<Disposable> {
    return this.#connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
  }
}
