import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { messageOf } from '../../server/protocol';
import type { ApprovalRequest, DecisionNotice, LaunchInfo, StateChange } from '../../server/protocol';
import type { Home } from '../home';
import type { Needs } from '../needs/needs';
import { RequestDetails } from './details';
import { Dialogs } from './dialogs';
import { GuardChannel } from './guard-channel';
import { Guards } from './guards';
import type { LateYes } from './guards';
import { agentName } from './question';
import { ApprovalQueue } from './queue';
import { socketAddress } from './socket-address';
import { named } from './visible-text';

/** The window's side of the guards it launches: where they connect, what they ask, who answers. */
export class Approvals implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #details: RequestDetails;
  readonly #queue: ApprovalQueue;
  readonly #guards: Guards;
  readonly #channel: Promise<GuardChannel<LaunchInfo>>;
  readonly #decision = new vscode.EventEmitter<DecisionNotice>();
  readonly #disposables: vscode.Disposable[];

  /** A guard has written a decision. */
  readonly onDecision = this.#decision.event;

  constructor(home: Home, needs: Needs, log: vscode.LogOutputChannel) {
    this.#details = new RequestDetails(needs);
    this.#log = log;
    this.#queue = new ApprovalQueue({
      ui: new Dialogs(this.#details, home.layout.policies),
      t: vscode.l10n.t,
      now: () => performance.now(),
      pause: (ms) => delay(ms),
      approver: home.user,
      onError: (error) => log.error(`A question could not be shown: ${messageOf(error)}`),
    });
    this.#guards = new Guards({
      queue: this.#queue,
      onDecision: (notice) => this.#decision.fire(notice),
      onLateYes: (request, became) => tellLateYes(request, became),
      onConnection: ({ server }, connected) =>
        log.info(`The guard of "${server.name}" ${connected ? 'connected' : 'is gone'}.`),
    });
    this.#channel = this.#listen(home);
    this.#channel.catch((error: unknown) => log.error(`Guards can't connect: ${messageOf(error)}`));
    this.#disposables = [
      this.#details,
      this.#decision,
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) {
          this.#queue.windowFocused();
        }
      }),
    ];
  }

  /** Where a guard finds this window, and a token with which it can connect once. */
  async issueLaunch(launch: LaunchInfo): Promise<{ readonly socketPath: string; readonly token: string }> {
    const channel = await this.#channel;
    return { socketPath: channel.path, token: channel.issueToken(launch) };
  }

  /** Resolves when guards can connect; rejects if they can't. */
  async ready(): Promise<void> {
    await this.#channel;
  }

  /** Tells this window's guards to read something in the state folder again. */
  stateChanged(what: StateChange): void {
    this.#guards.stateChanged(what);
  }

  /** Every open question is answered with a no. */
  dispose(): void {
    this.#queue.dispose();
    this.#channel.then(
      (channel) => channel.close(),
      () => undefined,
    );
    for (const disposable of this.#disposables) {
      disposable.dispose();
    }
  }

  async #listen({ key, layout }: Home): Promise<GuardChannel<LaunchInfo>> {
    const channel = await GuardChannel.listen<LaunchInfo>({
      address: await socketAddress(layout.run, process.platform),
      key,
      onGuard: (guard) => this.#guards.add(guard),
      onStranger: (why) => this.#log.warn(`A peer was dropped: ${why}`),
    });
    this.#log.info(`Guards can connect to ${channel.path}.`);
    return channel;
  }
}

function tellLateYes(request: ApprovalRequest, became: LateYes): void {
  const { t } = vscode.l10n;
  const call = t('{0} of {1}', named(request.tool.name), named(request.server.name));
  const agent = agentName(request.agent, t);
  void vscode.window.showInformationMessage(
    became === 'counts-for-a-retry'
      ? t(
          '{0} no longer waited for {1}. If it makes exactly this call again, your yes counts for it, once.',
          agent,
          call,
        )
      : t('{0} no longer waited for {1}: your yes did nothing.', agent, call),
  );
}
