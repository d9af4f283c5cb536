import * as vscode from 'vscode';
import { excerpt } from '../approvals/visible-text';
import type { GatehouseCommand } from '../command-line';
import type { Anchors } from './anchors';

/** *Verify Audit*: compares all logs with themselves, and with what VS Code has seen of them. */
export async function verifyAudit(
  run: GatehouseCommand,
  anchors: Anchors,
  cwd: string,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const { t } = vscode.l10n;
  const result = await run(['audit', 'verify', '--anchors', '-'], {
    stdin: JSON.stringify(await anchors.all()),
    cwd,
  });
  const lines = result.stdout.trim().split('\n');
  const summary = excerpt(lines.at(-1) ?? '', 300);
  if (result.code === 0) {
    void vscode.window.showInformationMessage(t('The audit: {0}', summary));
    return;
  }
  for (const line of lines.slice(0, 200)) {
    log.error(excerpt(line, 1_000));
  }
  log.error(excerpt(result.stderr.trim(), 1_000));
  const show = t('Show Log');
  const why = lines.length > 1 ? summary : excerpt(result.stderr.trim(), 300);
  if (
    (await vscode.window.showErrorMessage(t('The audit is not as it was written: {0}', why), show)) === show
  ) {
    log.show();
  }
}
