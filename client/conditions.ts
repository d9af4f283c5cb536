import * as vscode from 'vscode';
import { excerpt, named } from './approvals/visible-text';
import type { FoundTwin } from './servers/twin-watcher';
import type { Needs } from './needs/needs';

/** How things stand that a person can put right. */
interface Conditions {
  readonly twins: readonly FoundTwin[];
  /** Why the session is halted, if it is. */
  readonly halted: string | undefined;
}

/** Keeps before the person what stays so until they do something about it. */
export function showConditions(needs: Needs, { halted, twins }: Conditions): void {
  const { t } = vscode.l10n;
  if (halted === undefined) {
    needs.remove('halt');
  } else {
    needs.set({
      id: 'halt',
      kind: 'halt',
      label: t('The session is halted: resume it?'),
      detail: [excerpt(halted, 300)],
      open: () => vscode.commands.executeCommand('gatehouse.resumeSession'),
    });
  }
  if (twins.length === 0) {
    needs.remove('twins');
  } else {
    const names = [...new Set(twins.map(({ guarded }) => named(guarded)))].join(', ');
    needs.set({
      id: 'twins',
      kind: 'twins',
      label: t('Agents can use {0} without a guard: fix it', names),
      detail: twins.map(({ file, name }) => t('{0} in {1}', named(name), file.shown)),
      open: () => vscode.commands.executeCommand('gatehouse.fixTwins'),
    });
  }
}
