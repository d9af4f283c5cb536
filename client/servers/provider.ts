import * as vscode from 'vscode';
import { messageOf, serverFingerprint } from '../../server/protocol';
import type { LaunchInfo } from '../../server/protocol';
import { diskFolders } from '../home';
import { chosenDecisionPoint } from './decision-point-settings';
import type { GuardedServer } from './guarded-servers';
import { resolveServer } from './resolve-server';
import type { ServerStore } from './server-store';

interface ProviderOptions {
  readonly store: ServerStore;
  /** Absolute path of `dist/guard.js`. */
  readonly guardScript: string;
  readonly extensionVersion: string;
  readonly homeFolder: string;
  /** Where the guard finds this window, and a token for one launch; rejects if there is no channel. */
  readonly issueLaunch: (
    launch: LaunchInfo,
  ) => Promise<{ readonly socketPath: string; readonly token: string }>;
  /** A server is about to start. */
  readonly onStart: (server: GuardedServer) => void;
  readonly log: vscode.LogOutputChannel;
}

/** Offers each guarded server to VS Code, as a guard that VS Code's own Node.js runs. */
export class GuardedServerProvider implements vscode.McpServerDefinitionProvider<vscode.McpStdioServerDefinition> {
  readonly #options: ProviderOptions;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeMcpServerDefinitions: vscode.Event<void> = this.#changed.event;

  constructor(options: ProviderOptions) {
    this.#options = options;
    options.store.onDidChange(() => this.#changed.fire());
  }

  /**
   * VS Code stores what this returns: no secret and nothing of this window is in it, so that it stays the same from
   * one start to the next.
   */
  provideMcpServerDefinitions(): vscode.McpStdioServerDefinition[] {
    return this.#options.store.current.servers.map((server) => {
      const { definition, label, name } = server;
      const version = `${this.#options.extensionVersion}+${serverFingerprint(definition).slice(0, 16)}`;
      const environment = {
        ELECTRON_RUN_AS_NODE: '1',
        // Nothing that was set for other programs changes how the guard runs.
        NODE_OPTIONS: null,
      };
      const args = [this.#options.guardScript, '--server', name];
      return new vscode.McpStdioServerDefinition(label, process.execPath, args, environment, version);
    });
  }

  /** At every start: checks that the server may still run, and adds what the guard needs to reach this window. */
  async resolveMcpServerDefinition(
    definition: vscode.McpStdioServerDefinition,
  ): Promise<vscode.McpStdioServerDefinition> {
    const server = this.#options.store.current.servers.find(({ label }) => label === definition.label);
    if (server === undefined) {
      throw new Error(vscode.l10n.t('{0} is not among the active guarded servers.', definition.label));
    }
    try {
      const { socketPath, token } = await this.#options.issueLaunch(await this.#launch(server));
      definition.args = [...definition.args, '--window', socketPath];
      definition.env = { ...definition.env, GATEHOUSE_LAUNCH_TOKEN: token };
      this.#options.onStart(server);
      return definition;
    } catch (error) {
      const why = vscode.l10n.t('{0} can not start: {1}', definition.label, messageOf(error));
      this.#options.log.error(why);
      void vscode.window.showErrorMessage(why);
      throw new Error(why, { cause: error });
    }
  }

  async #launch(server: GuardedServer): Promise<LaunchInfo> {
    const folders = diskFolders();
    const resolved = await resolveServer(server, this.#options.homeFolder);
    const settings = vscode.workspace.getConfiguration('gatehouse');
    const decisionPoint = chosenDecisionPoint(settings);
    return {
      server: { name: server.name, origin: server.origin, definition: server.definition, ...resolved },
      workspace: {
        name: vscode.workspace.name ?? '',
        folders: folders.map(({ fsPath }) => fsPath),
        trusted: vscode.workspace.isTrusted,
      },
      agent: { name: vscode.env.appName, version: vscode.version, verified: true },
      vscodePrompts: settings.get<string>('vscodePrompts') === 'keep' ? 'keep' : 'replace',
      session: {
        idleMinutes: Math.max(1, settings.get<number>('session.idleMinutes', 30)),
        keepDays: Math.max(0, settings.get<number>('audit.keepDays', 0)),
      },
      ...(decisionPoint && { decisionPoint }),
      forwardResolvedPaths: settings.get<boolean>('forwardResolvedPaths') === true,
    };
  }
}
