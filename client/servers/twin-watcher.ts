import { unwatchFile, watchFile } from 'node:fs';
import type { StatsListener } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { errorCode, messageOf, serverFingerprint } from '../../server/protocol';
import { diskFolders } from '../home';
import { configFiles } from './config-files';
import type { ConfigFile } from './config-files';
import { parseMcpConfig } from './mcp-config';
import type { ServerStore } from './server-store';
import { findTwins } from './twins';
import type { Likeness } from './twins';

/** An unguarded way to a guarded server, with where it is configured. */
export interface FoundTwin {
  readonly guarded: string;
  readonly name: string;
  readonly likeness: Likeness;
  readonly file: ConfigFile;
  /** UTF-16 offset of the entry in the file. */
  readonly offset: number;
  /** An entry, as its file has it now, that a person reports as disabled. */
  readonly key: string;
}

const disabledKey = 'gatehouse.disabledTwins';

/**
 * Milliseconds. Files are compared by their times instead of by the system's notifications, which neither come for
 * folders that don't exist yet nor on every file system; there are a handful of files.
 */
const interval = 2000;

/** Looks for unguarded twins of guarded servers, also ones that appear while this window is open. */
export class TwinWatcher implements vscode.Disposable {
  readonly #store: ServerStore;
  readonly #userConfig: ConfigFile | undefined;
  readonly #memento: vscode.Memento;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[];
  readonly #watched = new Map<string, StatsListener>();
  #twins: readonly FoundTwin[] = [];
  #scan: Promise<void> = Promise.resolve();

  readonly onDidChange = this.#changed.event;

  /** @param memento the workspace's, where it is kept what a person says to have disabled */
  constructor(
    store: ServerStore,
    userConfig: ConfigFile | undefined,
    memento: vscode.Memento,
    log: vscode.LogOutputChannel,
  ) {
    this.#store = store;
    this.#memento = memento;
    this.#userConfig = userConfig;
    this.#log = log;
    this.#disposables = [
      this.#changed,
      store.onDidChange(() => void this.refresh()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.#watch();
        void this.refresh();
      }),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (this.#watched.has(uri.fsPath)) {
          void this.refresh();
        }
      }),
    ];
    this.#watch();
    void this.refresh();
  }

  get twins(): readonly FoundTwin[] {
    return this.#twins;
  }

  /** A person says that they disabled this twin in VS Code, which does not let an extension see that. */
  async trustDisabled({ key }: FoundTwin): Promise<void> {
    await this.#memento.update(disabledKey, [...this.#disabled, key]);
    await this.refresh();
  }

  /** Looks again. */
  refresh(): Promise<void> {
    this.#scan = this.#scan.then(async () => {
      const before = JSON.stringify(this.#twins);
      this.#twins = await this.#find();
      if (JSON.stringify(this.#twins) !== before) {
        for (const { file, guarded, likeness, name } of this.#twins) {
          this.#log.warn(
            `Unguarded twin: "${name}" in ${file.path} is the guarded server "${guarded}" (same ${likeness}).`,
          );
        }
        this.#changed.fire();
      }
    });
    return this.#scan;
  }

  dispose(): void {
    this.#unwatch();
    for (const disposable of this.#disposables) {
      disposable.dispose();
    }
  }

  get #disabled(): readonly string[] {
    return this.#memento.get<readonly string[]>(disabledKey, []);
  }

  get #files(): readonly ConfigFile[] {
    return configFiles(diskFolders(), this.#userConfig);
  }

  #watch(): void {
    this.#unwatch();
    for (const { path } of this.#files) {
      const listener: StatsListener = () => void this.refresh();
      this.#watched.set(path, listener);
      watchFile(path, { interval, persistent: false }, listener);
    }
  }

  #unwatch(): void {
    for (const [path, listener] of this.#watched) {
      unwatchFile(path, listener);
    }
    this.#watched.clear();
  }

  async #find(): Promise<readonly FoundTwin[]> {
    const found = await Promise.all(this.#files.map((file) => this.#entries(file)));
    const disabled = this.#disabled;
    return findTwins(this.#store.current.servers, found.flat())
      .map(({ configured: { definition, file, name, offset }, guarded, likeness }) => ({
        guarded,
        likeness,
        name,
        file,
        offset,
        key: `${serverFingerprint(definition)} ${file.serverId(name)}`,
      }))
      .filter(({ key }) => !disabled.includes(key));
  }

  async #entries(file: ConfigFile) {
    let text: string;
    try {
      text = await readFile(file.path, 'utf8');
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') {
        this.#log.warn(`${file.path} can't be searched for unguarded twins: ${messageOf(error)}`);
      }
      return [];
    }
    return parseMcpConfig(text, ['servers', 'mcpServers']).servers.map((server) => ({ ...server, file }));
  }
}
