import { join } from 'node:path';
import * as vscode from 'vscode';
import { messageOf, readActiveIndex } from '../server/protocol';
import { Approvals } from './approvals/approvals';
import { Anchors } from './audit/anchors';
import { Audit } from './audit/audit';
import { verifyAudit } from './audit/verify-command';
import { registerSessionCommands } from './audit/session-commands';
import { gatehouseCommand } from './command-line';
import { registerEditCommands } from './edit-commands';
import { registerChoosePrompts } from './choose-prompts';
import { openHome, workspaceLayer } from './home';
import type { Home } from './home';
import { showConditions } from './conditions';
import { Needs } from './needs/needs';
import { Activation } from './policies/activation';
import { startLanguageClient } from './policies/language-client';
import { Progress } from './progress';
import { Acceptance } from './servers/acceptance';
import { userConfigFile } from './servers/config-files';
import { EntryRemoval } from './servers/entry-removal';
import { fixTwins } from './servers/fix-twins';
import { guardServers } from './servers/guard-servers-command';
import { GuardedServerProvider } from './servers/provider';
import { ServerStore } from './servers/server-store';
import { TrustReminder } from './servers/trust-reminder';
import { TwinWatcher } from './servers/twin-watcher';
import { StatusItem } from './status';

/** Starts the extension: makes the parts and connects them. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Gatehouse', { log: true });
  const status = new StatusItem();
  context.subscriptions.push(
    log,
    status,
    vscode.commands.registerCommand('gatehouse.showLog', () => log.show()),
    startLanguageClient(context.asAbsolutePath(join('dist', 'language-server.js')), log),
  );
  let home: Home;
  try {
    home = openHome();
  } catch (error) {
    reportTrouble(status, log, messageOf(error));
    return;
  }
  start(context, home, status, log);
}

function start(
  context: vscode.ExtensionContext,
  home: Home,
  status: StatusItem,
  log: vscode.LogOutputChannel,
): void {
  const run = gatehouseCommand(process.execPath, context.asAbsolutePath(join('dist', 'cli.js')));
  const needs = new Needs();
  const progress = new Progress();
  const approvals = new Approvals(home, needs, log);
  const store = new ServerStore(home, context.workspaceState, log);
  const twins = new TwinWatcher(store, userConfigFile(context.globalStorageUri), context.workspaceState, log);
  const removal = new EntryRemoval(needs, twins);
  const trust = new TrustReminder(needs, store);
  const anchors = new Anchors(context.secrets);
  const audit = new Audit(home, progress, anchors, log);
  const acceptance = new Acceptance({
    home,
    run,
    store,
    needs,
    progress,
    log,
    onAccepted: () => approvals.stateChanged('accepted'),
  });
  const activation = new Activation({
    home,
    run,
    needs,
    log,
    onActivated: () => {
      store.refresh();
      tickPolicies(home, progress);
      approvals.stateChanged('policies');
    },
  });
  const provider = new GuardedServerProvider({
    store,
    guardScript: context.asAbsolutePath(join('dist', 'guard.js')),
    extensionVersion: (context.extension.packageJSON as { version: string }).version,
    homeFolder: home.homeFolder,
    issueLaunch: (launch) => approvals.issueLaunch(launch),
    onStart: (server) => void acceptance.remind(server),
    log,
  });
  let trouble: string | undefined;
  const showStatus = (): void => {
    const session = audit.current;
    const halted = session?.reduced.ended === false ? session.reduced.halt?.reason : undefined;
    showConditions(needs, { twins: twins.twins, halted });
    status.show({
      twins: [...new Set(twins.twins.map(({ guarded }) => guarded))],
      trouble,
      halted,
      changes: activation.pending,
      counts: session?.reduced.counts ?? { allowed: 0, asked: 0, denied: 0 },
    });
  };
  approvals.ready().catch((error: unknown) => {
    trouble = messageOf(error);
    showStatus();
  });
  context.subscriptions.push(
    needs,
    removal,
    trust,
    approvals,
    store,
    twins,
    audit,
    acceptance,
    activation,
    approvals.onDecision(() => audit.refreshSoon()),
    audit.onDidChange(showStatus),
    twins.onDidChange(showStatus),
    activation.onDidChange(showStatus),
    vscode.lm.registerMcpServerDefinitionProvider('gatehouse.servers', provider),
    vscode.commands.registerCommand('gatehouse.verifyAudit', () =>
      verifyAudit(run, anchors, home.homeFolder, log),
    ),
    vscode.commands.registerCommand('gatehouse.fixTwins', () => fixTwins(twins, removal)),
    vscode.commands.registerCommand('gatehouse.guardServers', () =>
      guardServers({ store, acceptance, twins, removal, trust }),
    ),
    registerChoosePrompts(context.globalState, progress),
    ...registerEditCommands(home),
    ...registerSessionCommands({ home, run, audit, log, onChange: () => approvals.stateChanged('session') }),
  );
  showStatus();
  tickPolicies(home, progress);
}

/** Policies of one's own are in force, in this workspace or everywhere. */
function tickPolicies({ layout }: Home, progress: Progress): void {
  try {
    const { layers } = readActiveIndex(layout);
    if ([workspaceLayer('policies'), 'policies:user'].some((layer) => Object.hasOwn(layers, layer))) {
      progress.done('policies');
    }
  } catch {
    // A damaged index is told by whatever needs it.
  }
}

function reportTrouble(status: StatusItem, log: vscode.LogOutputChannel, trouble: string): void {
  const { t } = vscode.l10n;
  log.error(trouble);
  status.show({ twins: [], trouble, changes: false, counts: { allowed: 0, asked: 0, denied: 0 } });
  const showLog = t('Show Log');
  void vscode.window.showErrorMessage(t('Gatehouse can not start: {0}', trouble), showLog).then((pressed) => {
    if (pressed === showLog) {
      log.show();
    }
  });
}
