import { basename } from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../server/protocol';
import { visibleJson } from '../approvals/visible-text';
import { sessionFolder } from '../home';
import type { Home } from '../home';
import type { Progress } from '../progress';
import { holdsAnchor } from './anchored-logs';
import type { Anchors } from './anchors';
import { DecisionsView } from './decisions-view';
import type { DecisionNode } from './decisions-view';
import { newestLogs } from './session-log';
import type { SessionLog } from './session-log';

const mostSessions = 20;
const scheme = 'gatehouse-decision';
/** Several decisions in a row make one refresh. */
const refreshDelay = 100;

/** The agent sessions of this workspace: reads their logs, and shows them. */
export class Audit implements vscode.Disposable {
  readonly #home: Home;
  readonly #anchors: Anchors;
  readonly #log: vscode.LogOutputChannel;
  readonly #view = new DecisionsView();
  readonly #progress: Progress;
  readonly #tree: vscode.TreeView<DecisionNode>;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #texts = new Map<string, string>();
  readonly #disposables: vscode.Disposable[];
  #watcher: vscode.Disposable | undefined;
  #logs: readonly SessionLog[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** The current session, or what is known of it, changed. */
  readonly onDidChange = this.#changed.event;

  constructor(home: Home, progress: Progress, anchors: Anchors, log: vscode.LogOutputChannel) {
    this.#progress = progress;
    this.#home = home;
    this.#anchors = anchors;
    this.#log = log;
    const tree = vscode.window.createTreeView('gatehouse.decisions', { treeDataProvider: this.#view });
    this.#tree = tree;
    this.#disposables = [
      this.#view,
      this.#changed,
      tree,
      tree.onDidChangeVisibility(() => this.refreshSoon()),
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: (uri) => this.#texts.get(uri.toString()) ?? '',
      }),
      vscode.commands.registerCommand('gatehouse.showDecision', (node?: DecisionNode) =>
        this.#showDecision(node),
      ),
      vscode.commands.registerCommand('gatehouse.refreshDecisions', () => this.refresh()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.#watch();
        this.refreshSoon();
      }),
    ];
    this.#watch();
    this.refreshSoon();
  }

  /** The newest session, ended or not; undefined if there never was one here. */
  get current(): SessionLog | undefined {
    return this.#logs[0];
  }

  /** Reads what is new, in a moment. */
  refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.refresh();
    }, refreshDelay);
  }

  async refresh(): Promise<void> {
    try {
      const folder = sessionFolder(this.#home);
      const logs = await newestLogs(folder, mostSessions, this.#logs);
      await Promise.all(logs.map((log) => log.refresh()));
      this.#logs = logs;
      this.#view.show(logs);
      if (this.#tree.visible && logs.some(({ reduced }) => reduced.calls.length > 0)) {
        this.#progress.done('decisions');
      }
      this.#changed.fire();
      await this.#compare(folder, logs);
    } catch (error) {
      this.#log.error(`The audit can't be read: ${messageOf(error)}`);
    }
  }

  /** A log that was removed or cut, head and all, shows by what VS Code has seen of it. */
  async #compare(folder: string, logs: readonly SessionLog[]): Promise<void> {
    const { t } = vscode.l10n;
    if (!(await this.#anchors.see(basename(folder), logs, (anchor) => holdsAnchor(folder, anchor)))) {
      const why = t(
        'Records of agent sessions in this workspace that VS Code has seen are missing or changed.',
      );
      this.#log.error(why);
      const verify = t('Verify Audit');
      const accept = t('Go On from Here');
      void vscode.window.showErrorMessage(why, verify, accept).then((pressed) => {
        if (pressed === verify) {
          void vscode.commands.executeCommand('gatehouse.verifyAudit');
        } else if (pressed === accept) {
          this.#anchors.accept(basename(folder));
          this.refreshSoon();
        }
      });
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watcher?.dispose();
    for (const disposable of this.#disposables) {
      disposable.dispose();
    }
  }

  /** Guards that this window launched report what they write; this is for all others. */
  #watch(): void {
    this.#watcher?.dispose();
    const folder = sessionFolder(this.#home);
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.file(folder), '*.jsonl'),
    );
    watcher.onDidCreate(() => this.refreshSoon());
    watcher.onDidChange(() => this.refreshSoon());
    this.#watcher = watcher;
  }

  async #showDecision(node: DecisionNode | undefined): Promise<void> {
    if (node?.kind !== 'call') {
      return;
    }
    const uri = vscode.Uri.from({ scheme, path: `/decision-${node.call.id}.json` });
    this.#texts.set(uri.toString(), visibleJson(node.log.reduced.call(node.call.id)?.records ?? []));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  }
}
