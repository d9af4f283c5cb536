import * as vscode from 'vscode';
import { excerpt } from '../approvals/visible-text';
import type { GatehouseCommand } from '../command-line';
import { diskFolders } from '../home';
import type { Home } from '../home';
import type { Audit } from './audit';

interface SessionCommandParts {
  readonly home: Home;
  readonly run: GatehouseCommand;
  readonly audit: Audit;
  readonly log: vscode.LogOutputChannel;
  readonly onChange: () => void;
}

/** *Resume Session* and *Start New Session*: a person lifts a halt, or begins to count anew. */
export function registerSessionCommands(parts: SessionCommandParts): vscode.Disposable[] {
  const { t } = vscode.l10n;
  return [
    vscode.commands.registerCommand('gatehouse.resumeSession', async () => {
      const session = parts.audit.current;
      if (session?.reduced.halt === undefined || session.reduced.ended) {
        void vscode.window.showInformationMessage(t('The session is not halted.'));
        return;
      }
      const detail = t('It was halted: {0}', excerpt(session.reduced.halt.reason, 300));
      if (await confirmed(t('Let agents go on in this session?'), detail, t('Resume'))) {
        await runSession(parts, 'resume');
      }
    }),
    vscode.commands.registerCommand('gatehouse.newSession', async () => {
      const detail = t(
        'Counters begin at zero, and approvals for the session end. A halt of this session ends with it.',
      );
      if (await confirmed(t('Start a new agent session?'), detail, t('Start New Session'))) {
        await runSession(parts, 'new');
      }
    }),
  ];
}

/** The first button has the focus, so it is not the one that lifts or forgets anything. */
async function confirmed(question: string, detail: string, yes: string): Promise<boolean> {
  const decisions = vscode.l10n.t('Show Decisions');
  const pressed = await vscode.window.showWarningMessage(question, { modal: true, detail }, decisions, yes);
  if (pressed === decisions) {
    await vscode.commands.executeCommand('gatehouse.decisions.focus');
  }
  return pressed === yes;
}

async function runSession(parts: SessionCommandParts, command: 'resume' | 'new'): Promise<void> {
  const folders = diskFolders().flatMap(({ fsPath }) => ['--workspace', fsPath]);
  if (folders.length === 0) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('In a window without a folder this is not supported yet. Open a folder.'),
    );
    return;
  }
  const result = await parts.run(['session', command, ...folders], { cwd: parts.home.homeFolder });
  if (result.code !== 0) {
    const why = vscode.l10n.t('The session could not be changed: {0}', excerpt(result.stderr.trim(), 300));
    parts.log.error(why);
    void vscode.window.showErrorMessage(why);
  }
  parts.onChange();
  await parts.audit.refresh();
}
