import * as vscode from 'vscode';
import { sentences } from '../sentences';
import { menuKey, NeedList } from './need-list';
import type { Need, NeedKind } from './need-list';

/** Something that waits for a person in this window. */
type WindowNeed = Need<vscode.Tab>;

/** True while anything waits: the view is there only then. */
const waitingContext = 'gatehouse.needs';
/** The kind of the question that is asked in the editor before the person. */
const askedContext = 'gatehouse.asked';

const icons: Record<NeedKind, string> = {
  request: 'question',
  halt: 'debug-pause',
  twins: 'warning',
  disable: 'circle-slash',
  changes: 'bell-dot',
  tools: 'checklist',
  trust: 'workspace-untrusted',
};

/** The buttons for yes, by what they answer. */
const yesCommands = {
  'gatehouse.acceptShownTools': 'tools',
  'gatehouse.activateShownChanges': 'changes',
  'gatehouse.disableShownServer': 'disable',
} as const;

/**
 * The *Needs You* view: what waits for a person, until it is answered. A question that is asked in a document has its
 * buttons in that document's title, too; closing the document leaves the question where it is.
 */
export class Needs implements vscode.TreeDataProvider<WindowNeed>, vscode.Disposable {
  readonly #list = new NeedList<vscode.Tab>();
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #tree: vscode.TreeView<WindowNeed>;
  readonly #disposables: vscode.Disposable[];

  constructor() {
    this.#tree = vscode.window.createTreeView('gatehouse.needs', { treeDataProvider: this });
    this.#disposables = [
      this.#changed,
      this.#tree,
      vscode.window.tabGroups.onDidChangeTabs(() => this.#showButtons()),
      vscode.window.tabGroups.onDidChangeTabGroups(() => this.#showButtons()),
      vscode.commands.registerCommand('gatehouse.openNeed', (need: WindowNeed) => need.open()),
      vscode.commands.registerCommand('gatehouse.notNow', (from?: unknown) =>
        (this.#chosen(from) ?? this.#list.askedIn(activeTab()))?.putOff?.(),
      ),
      ...Object.entries(yesCommands).map(([command, kind]) =>
        vscode.commands.registerCommand(command, (from?: unknown) =>
          this.#list.answeredBy(kind, this.#chosen(from), activeTab())?.question?.yes(),
        ),
      ),
    ];
    this.#show();
  }

  get(id: string): WindowNeed | undefined {
    return this.#list.get(id);
  }

  set(need: WindowNeed): void {
    const old = this.#list.get(need.id);
    if (old !== undefined && saysTheSame(old, need)) {
      return;
    }
    this.#list.set(need);
    this.#show();
  }

  remove(id: string): void {
    if (this.#list.remove(id)) {
      this.#show();
    }
  }

  getChildren(need?: WindowNeed): WindowNeed[] {
    return need === undefined ? [...this.#list.all] : [];
  }

  getTreeItem(need: WindowNeed): vscode.TreeItem {
    const item = new vscode.TreeItem(need.label);
    item.id = need.id;
    item.iconPath = new vscode.ThemeIcon(icons[need.kind]);
    item.tooltip = [need.label, ...need.detail].join('\n');
    item.accessibilityInformation = { label: sentences([need.label, ...need.detail]) };
    item.contextValue = menuKey(need);
    item.command = { command: 'gatehouse.openNeed', title: vscode.l10n.t('Open'), arguments: [need] };
    return item;
  }

  dispose(): void {
    for (const disposable of this.#disposables) {
      disposable.dispose();
    }
  }

  /** A menu of the view passes the entry, one of an editor's title the document's address. */
  #chosen(from: unknown): WindowNeed | undefined {
    return this.#list.all.find((need) => need === from);
  }

  #show(): void {
    const { all } = this.#list;
    void vscode.commands.executeCommand('setContext', waitingContext, all.length > 0);
    const waiting = vscode.l10n.t('{0} waiting for you', all.length);
    this.#tree.badge = all.length === 0 ? undefined : { value: all.length, tooltip: waiting };
    this.#changed.fire(undefined);
    this.#showButtons();
  }

  #showButtons(): void {
    void vscode.commands.executeCommand('setContext', askedContext, this.#list.askedIn(activeTab())?.kind);
  }
}

/** A reminder of the same thing; a question is another one each time. */
function saysTheSame(a: WindowNeed, b: WindowNeed): boolean {
  const words = ({ detail, kind, label }: WindowNeed): string => JSON.stringify([kind, label, detail]);
  return a.question === undefined && b.question === undefined && words(a) === words(b);
}

function activeTab(): vscode.Tab | undefined {
  return vscode.window.tabGroups.activeTabGroup.activeTab;
}

/** Closes the editors in which a question was asked. */
export async function closeTabs(isAskedIn: (tab: vscode.Tab) => boolean): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  await vscode.window.tabGroups.close(tabs.filter(isAskedIn));
}
