import { unwatchFile, watchFile } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { failedTests, messageOf } from '../../server/protocol';
import { excerpt } from '../approvals/visible-text';
import type { GatehouseCommand } from '../command-line';
import { diskFolders } from '../home';
import type { Home } from '../home';
import { closeTabs } from '../needs/needs';
import type { Needs } from '../needs/needs';
import { stateOf } from './folder-state';
import { ActivationDiff, isActivationDiff } from './activation-diff';
import { changeLines, errorLines, layerName, warningLines } from './activation-report';
import type { ActivationReport } from '../../server/protocol';

/** Milliseconds: several changed files make one look. */
const lookDelay = 1000;
const watchInterval = 2000;
const pollInterval = 3000;
const needId = 'changes';
/** Milliseconds between looks that only the window's focus gives reason for. */
const focusInterval = 60_000;

interface ActivationOptions {
  readonly home: Home;
  readonly run: GatehouseCommand;
  readonly log: vscode.LogOutputChannel;
  readonly needs: Needs;
  /** Other copies are in force, whoever activated them. */
  readonly onActivated: () => void;
}

/**
 * Notices when policies or guarded servers were edited, and lets a person put the edits into force. Nothing of a
 * workspace that is not trusted is looked at.
 */
export class Activation implements vscode.Disposable {
  readonly #options: ActivationOptions;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #diff = new ActivationDiff();
  readonly #disposables: vscode.Disposable[];
  #watchers: vscode.Disposable[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #poll: NodeJS.Timeout;
  #polling = false;
  #state: string | undefined;
  #lastLook = 0;
  #looking: Promise<unknown> = Promise.resolve();
  #pending: ActivationReport | undefined;
  /** Digests of changes that the person was told about. */
  readonly #told = new Set<string>();
  /** Digests of changes that the person does not want to be asked about any more. */
  readonly #putOff = new Set<string>();

  /** Fires when something begins or ceases to wait for activation. */
  readonly onDidChange = this.#changed.event;

  constructor(options: ActivationOptions) {
    this.#options = options;
    this.#disposables = [
      this.#changed,
      this.#diff,
      vscode.commands.registerCommand('gatehouse.activateChanges', () => this.review()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#lookSoon()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.#watch();
        this.#lookSoon();
      }),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused && performance.now() - this.#lastLook > focusInterval) {
          this.#lookSoon();
        }
      }),
    ];
    watchFile(options.home.layout.activeIndex, { interval: watchInterval, persistent: false }, this.#onIndex);
    this.#watch();
    this.#poll = setInterval(() => void this.#pollOnce(), pollInterval);
    this.#poll.unref();
    this.#lookSoon();
  }

  /** True if something was edited that is not in force. */
  get pending(): boolean {
    return this.#pending !== undefined;
  }

  /** Shows what differs from what is in force, and activates it if the person says so. */
  async review(): Promise<void> {
    const { t } = vscode.l10n;
    const report = await this.#look();
    if (report === undefined) {
      void vscode.window.showInformationMessage(t('What was edited is what is in force.'));
      return;
    }
    await this.#diff.show(report);
    const errors = errorLines(report, t);
    if (errors.length > 0) {
      this.#options.log.error(errors.join('\n'));
      void vscode.window.showErrorMessage(
        t('This can not be activated: {0}', errors.slice(0, 3).join(' · ')),
      );
      return;
    }
    this.#ask(report);
  }

  /**
   * Asks in the title of the diff editor and in the view if the changes shall be in force, until that is answered or
   * other changes are to be activated.
   */
  #ask(report: ActivationReport): void {
    const { needs } = this.#options;
    const { t } = vscode.l10n;
    needs.set({
      id: needId,
      kind: 'changes',
      label: t('Activate what was changed in {0}?', changedLayers(report)),
      detail: changeLines(report, t),
      open: () => this.review(),
      putOff: () => this.#later(report),
      question: {
        yes: async () => {
          const answer = await confirmed(report);
          if (answer === 'activate') {
            await this.#activate(report);
          } else if (answer === 'show') {
            await this.#diff.show(report);
          }
        },
        isAskedIn: isActivationDiff,
      },
    });
  }

  /** Keeps before the person that something was edited. */
  #remind(report: ActivationReport): void {
    const { t } = vscode.l10n;
    this.#options.needs.set({
      id: needId,
      kind: 'changes',
      label: t('Review what was changed in {0}', changedLayers(report)),
      detail: [t('It is not in force until you activate it.')],
      open: () => this.review(),
      putOff: () => this.#later(this.#pending ?? report),
    });
  }

  async #later({ digest }: ActivationReport): Promise<void> {
    this.#putOff.add(digest);
    this.#options.needs.remove(needId);
    await closeTabs(isActivationDiff);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#poll);
    unwatchFile(this.#options.home.layout.activeIndex, this.#onIndex);
    for (const disposable of [...this.#watchers, ...this.#disposables]) {
      disposable.dispose();
    }
  }

  readonly #onIndex = (): void => {
    this.#options.onActivated();
    this.#lookSoon();
  };

  #watch(): void {
    for (const watcher of this.#watchers.splice(0)) {
      watcher.dispose();
    }
    const { policies, root } = this.#options.home.layout;
    const patterns = [
      new vscode.RelativePattern(vscode.Uri.file(root), 'mcp.json'),
      new vscode.RelativePattern(vscode.Uri.file(policies), '**/*'),
      ...diskFolders().map(
        ({ fsPath }) => new vscode.RelativePattern(vscode.Uri.file(fsPath), '.gatehouse/**'),
      ),
    ];
    this.#watchers = patterns.map((pattern) => {
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      const soon = (): void => this.#lookSoon();
      watcher.onDidCreate(soon);
      watcher.onDidChange(soon);
      watcher.onDidDelete(soon);
      return watcher;
    });
  }

  /**
   * VS Code's watcher is told of nothing in a folder that was made in the same moment as the one around it (seen with
   * inotify on Linux), so that sizes and times are compared as well.
   */
  async #pollOnce(): Promise<void> {
    if (this.#polling) {
      return;
    }
    this.#polling = true;
    const { policies, root } = this.#options.home.layout;
    const folders = vscode.workspace.isTrusted ? diskFolders() : [];
    const state = await stateOf([
      path.join(root, 'mcp.json'),
      policies,
      ...folders.map(({ fsPath }) => path.join(fsPath, '.gatehouse')),
    ]);
    this.#polling = false;
    if (this.#state !== undefined && state !== this.#state) {
      this.#lookSoon();
    }
    this.#state = state;
  }

  #lookSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), lookDelay);
  }

  /** One look after the other: one that began before an edit never has the last word. */
  #look(): Promise<ActivationReport | undefined> {
    const look = this.#looking.then(() => this.#lookNow());
    this.#looking = look.catch(() => undefined);
    return look;
  }

  async #lookNow(): Promise<ActivationReport | undefined> {
    this.#lastLook = performance.now();
    let report: ActivationReport | undefined;
    try {
      const found = JSON.parse(await this.#run([])) as ActivationReport;
      report = found.changes.length > 0 ? found : undefined;
    } catch (error) {
      this.#options.log.error(`Changes can't be looked at: ${messageOf(error)}`);
      return undefined;
    }
    const differs = report?.digest !== this.#pending?.digest;
    this.#pending = report;
    if (differs) {
      this.#changed.fire();
      this.#tell();
    }
    return report;
  }

  #tell(): void {
    const report = this.#pending;
    if (report === undefined || this.#putOff.has(report.digest)) {
      this.#options.needs.remove(needId);
      return;
    }
    this.#remind(report);
    if (this.#told.has(report.digest)) {
      return;
    }
    this.#told.add(report.digest);
    const { t } = vscode.l10n;
    const what = changedLayers(report);
    const review = t('Review…');
    void vscode.window
      .showInformationMessage(
        t('Changed, but not in force until you activate it: {0}', what),
        review,
        t('Later'),
      )
      .then((pressed) => (pressed === review ? this.review() : undefined));
  }

  async #activate(report: ActivationReport): Promise<void> {
    const { t } = vscode.l10n;
    try {
      // The person has just said so, to a dialog that names the tests that fail.
      const anyway = failedTests(report) > 0 ? ['--despite-failing-tests'] : [];
      await this.#run(['--yes', '--expect', report.digest, ...anyway]);
      this.#options.log.info(`Activated:\n${changeLines(report, t).join('\n')}`);
      await closeTabs(isActivationDiff);
      void vscode.window.showInformationMessage(t('The changes are in force.'));
    } catch (error) {
      const why = t('The changes could not be activated: {0}', excerpt(messageOf(error), 400));
      this.#options.log.error(why);
      void vscode.window.showErrorMessage(why);
    }
    this.#options.onActivated();
    await this.#look();
  }

  async #run(more: readonly string[]): Promise<string> {
    const folders = vscode.workspace.isTrusted ? diskFolders() : [];
    const workspace = folders.flatMap(({ fsPath }) => ['--workspace', fsPath]);
    const args = ['activate', '--json', ...workspace, ...more];
    const result = await this.#options.run(args, { cwd: this.#options.home.homeFolder });
    if (result.code !== 0) {
      throw new Error(result.stderr.trim() || `gatehouse activate ended with ${result.code}`);
    }
    return result.stdout;
  }
}

function changedLayers({ changes }: ActivationReport): string {
  return [...new Set(changes.map(({ layer }) => layerName(layer, vscode.l10n.t)))].join(', ');
}

/** The first button has the focus, so it is not the one that puts anything into force. */
async function confirmed(report: ActivationReport): Promise<'activate' | 'show' | undefined> {
  const { t } = vscode.l10n;
  const activate = failedTests(report) > 0 ? t('Activate Despite Failing Tests') : t('Activate');
  const buttons = [
    { title: t('Show Changes'), answer: 'show' as const },
    { title: activate, answer: 'activate' as const },
  ];
  const pressed = await vscode.window.showWarningMessage(
    t('Put these changes into force?'),
    { modal: true, detail: [...warningLines(report, t), ...changeLines(report, t)].join('\n') },
    ...buttons,
  );
  return pressed?.answer;
}
