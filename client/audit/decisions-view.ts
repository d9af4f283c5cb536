import * as vscode from 'vscode';
import { callState } from '../../server/protocol';
import type { CallEntry, CallState } from '../../server/protocol';
import { excerpt, named } from '../approvals/visible-text';
import { sentences } from '../sentences';
import { callDescription, callLabel, callTooltip, countsText } from './call-words';
import type { SessionLog } from './session-log';

/** A row: a session, or one of its calls. */
export type DecisionNode =
  | { readonly kind: 'session'; readonly log: SessionLog; readonly current: boolean }
  | { readonly kind: 'call'; readonly log: SessionLog; readonly call: CallEntry };

const icons: Record<CallState, vscode.ThemeIcon> = {
  allowed: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  denied: new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('testing.iconFailed')),
  waiting: new vscode.ThemeIcon('question', new vscode.ThemeColor('testing.iconQueued')),
};

/** The *Decisions* view: sessions, newest first, and in each its calls, newest first. */
export class DecisionsView implements vscode.TreeDataProvider<DecisionNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #logs: readonly SessionLog[] = [];

  /** @param logs newest first; the first is the current session's */
  show(logs: readonly SessionLog[]): void {
    this.#logs = logs;
    this.#changed.fire(undefined);
  }

  getChildren(node?: DecisionNode): DecisionNode[] {
    if (node === undefined) {
      return this.#logs.map((log, index) => ({ kind: 'session', log, current: index === 0 }));
    }
    return node.kind === 'call'
      ? []
      : node.log.reduced.calls.map((call) => ({ kind: 'call' as const, log: node.log, call })).reverse();
  }

  getTreeItem(node: DecisionNode): vscode.TreeItem {
    return node.kind === 'session' ? sessionItem(node.log, node.current) : callItem(node);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

function sessionItem({ name, reduced, unreadable }: SessionLog, current: boolean): vscode.TreeItem {
  const { t } = vscode.l10n;
  const started = reduced.startedAt === undefined ? name : localTime(reduced.startedAt);
  const item = new vscode.TreeItem(
    current && !reduced.ended ? t('This session, since {0}', started) : t('Session of {0}', started),
    current ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
  );
  const halted = reduced.halt !== undefined && !reduced.ended;
  const counts = countsText(reduced.counts, t);
  item.id = name;
  item.description = halted ? t('halted · {0}', counts) : counts;
  item.iconPath = new vscode.ThemeIcon(halted ? 'debug-pause' : 'history');
  item.contextValue = halted ? 'session.halted' : 'session';
  const notes = [
    ...(reduced.halt === undefined ? [] : [t('Halted: {0}', excerpt(reduced.halt.reason, 200))]),
    ...(unreadable > 0 ? [t('{0} lines of the log can not be read.', unreadable)] : []),
  ];
  item.tooltip = [`${item.label as string}: ${counts}`, ...notes].join('\n');
  item.accessibilityInformation = { label: sentences(item.tooltip.split('\n')) };
  return item;
}

function callItem(node: DecisionNode & { kind: 'call' }): vscode.TreeItem {
  const { call, log } = node;
  const { t } = vscode.l10n;
  const time = localTime(call.attempt.time);
  const item = new vscode.TreeItem(named(call.attempt.tool));
  item.id = `${log.name}/${call.id}`;
  item.description = `${callDescription(call, t)} · ${time}`;
  item.iconPath = icons[callState(call)];
  item.tooltip = callTooltip(call, time, t);
  item.accessibilityInformation = { label: callLabel(call, time, t) };
  item.contextValue = 'call';
  item.command = { command: 'gatehouse.showDecision', title: t('Show Decision'), arguments: [node] };
  return item;
}

function localTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) {
    return excerpt(iso, 32);
  }
  const today = time.toDateString() === new Date().toDateString();
  return today ? time.toLocaleTimeString(vscode.env.language) : time.toLocaleString(vscode.env.language);
}
