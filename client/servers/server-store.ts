import * as vscode from 'vscode';
import { messageOf, readActiveLayer } from '../../server/protocol';
import type { LayerName } from '../../server/protocol';
import { diskFolders, workspaceLayer } from '../home';
import type { Home } from '../home';
import { guardedServers } from './guarded-servers';
import type { GuardedServers, PickedServer } from './guarded-servers';

const pickedKey = 'gatehouse.pickedServers';

/** Which servers are guarded in this window now. */
export class ServerStore implements vscode.Disposable {
  readonly #home: Home;
  readonly #memento: vscode.Memento;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #trust: vscode.Disposable[];
  #current: GuardedServers;

  readonly onDidChange = this.#changed.event;

  /** @param memento the workspace's, where picked servers are kept: out of reach of file tools */
  constructor(home: Home, memento: vscode.Memento, log: vscode.LogOutputChannel) {
    this.#home = home;
    this.#memento = memento;
    this.#log = log;
    this.#current = this.#read();
    this.#trust = [
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.refresh()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()),
    ];
  }

  get current(): GuardedServers {
    return this.#current;
  }

  /** The servers that were picked from `.vscode/mcp.json`; also while the workspace is not trusted. */
  get picked(): readonly PickedServer[] {
    return this.#memento.get<readonly PickedServer[]>(pickedKey, []);
  }

  async setPicked(picked: readonly PickedServer[]): Promise<void> {
    await this.#memento.update(pickedKey, picked);
    this.refresh();
  }

  /** Reads the active copies again; tells listeners only if something differs. */
  refresh(): void {
    const before = JSON.stringify(this.#current);
    this.#current = this.#read();
    if (JSON.stringify(this.#current) !== before) {
      this.#changed.fire();
    }
  }

  dispose(): void {
    this.#changed.dispose();
    for (const disposable of this.#trust) {
      disposable.dispose();
    }
  }

  #read(): GuardedServers {
    const { isTrusted } = vscode.workspace;
    const result = guardedServers({
      user: this.#activeText('servers:user'),
      workspace:
        isTrusted && diskFolders().length > 0 ? this.#activeText(workspaceLayer('servers')) : undefined,
      picked: isTrusted ? this.picked : undefined,
    });
    for (const problem of result.problems) {
      this.#log.error(`Guarded servers: ${problem}`);
    }
    for (const { name, source, why } of result.unsupported) {
      this.#log.warn(`Guarded servers: "${name}" (${source}) is not guarded and does not run. ${why}`);
    }
    return result;
  }

  #activeText(layer: LayerName): string | undefined {
    try {
      return readActiveLayer(this.#home.layout, layer)?.files.find(({ path }) => path === 'mcp.json')?.text;
    } catch (error) {
      this.#log.error(`Guarded servers: ${messageOf(error)}`);
      return undefined;
    }
  }
}
