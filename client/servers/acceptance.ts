import * as vscode from 'vscode';
import { messageOf, readAccepted, serverFingerprint, serverIdentity } from '../../server/protocol';
import { excerpt, named } from '../approvals/visible-text';
import type { GatehouseCommand } from '../command-line';
import type { Home } from '../home';
import { closeTabs } from '../needs/needs';
import type { Needs } from '../needs/needs';
import type { Progress } from '../progress';
import type { GuardedServer } from './guarded-servers';
import { resolveServer } from './resolve-server';
import type { ServerStore } from './server-store';
import { claims, toolReport, warnings } from './tool-report';
import type { ClaimedPart, ClaimedServer } from './tool-report';

const scheme = 'gatehouse-tools';

interface AcceptanceOptions {
  readonly home: Home;
  readonly run: GatehouseCommand;
  readonly store: ServerStore;
  readonly log: vscode.LogOutputChannel;
  readonly needs: Needs;
  readonly progress: Progress;
  readonly onAccepted: () => void;
}

/** The output of `gatehouse accept --json` about one server. */
interface AcceptReport extends ClaimedServer {
  /** Of everything that is accepted; what is recorded must have the same. */
  readonly digest: string;
}

/** Lets a person see a server's tools and claims, and records that they are accepted. */
export class Acceptance implements vscode.Disposable {
  readonly #options: AcceptanceOptions;
  readonly #texts = new Map<string, string>();
  readonly #reminded = new Set<string>();
  /** Labels of the servers that the person is asked about. */
  readonly #expected = new Set<string>();
  /** Who waits for the answers that are given in documents, by the needs' ids. */
  readonly #waiting = new Map<string, (accepted: boolean) => void>();
  readonly #disposables: vscode.Disposable[];

  constructor(options: AcceptanceOptions) {
    this.#options = options;
    this.#disposables = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: (uri) => this.#texts.get(uri.toString()) ?? '',
      }),
      vscode.commands.registerCommand('gatehouse.acceptTools', () => this.#pick()),
      options.store.onDidChange(() => this.#forgetGone()),
    ];
  }

  /** Tells the person, once, that nobody has accepted the tools of a server that starts. */
  async remind(server: GuardedServer): Promise<void> {
    if (await this.#isAccepted(server)) {
      this.#options.progress.done('guarded');
      // If a document still asks, it asks for what is accepted already.
      this.#answer(server, false);
      return;
    }
    const which = JSON.stringify([server.name, server.origin, serverFingerprint(server.definition)]);
    if (this.#reminded.has(which)) {
      return;
    }
    this.#reminded.add(which);
    this.expect(server);
    const { t } = vscode.l10n;
    const review = t('Review Tools…');
    void vscode.window
      .showInformationMessage(
        t(
          'Nobody has accepted the tools of {0} yet, so what they claim counts for nothing.',
          named(server.name),
        ),
        review,
      )
      .then((pressed) => (pressed === review ? this.review(server) : undefined));
  }

  /** Keeps before the person that the server's tools are to be accepted, until they have answered. */
  expect(server: GuardedServer): void {
    const { t } = vscode.l10n;
    const id = needOf(server);
    if (this.#waiting.has(id)) {
      return;
    }
    this.#expected.add(server.label);
    this.#options.needs.set({
      id,
      kind: 'tools',
      label: t('Review the tools of {0}', named(server.name)),
      detail: [t('Nobody has accepted them yet, so every call is denied.')],
      open: () => this.review(server),
      putOff: () => this.#answer(server, false),
    });
  }

  /** Shows what the server offers, and asks whether it is accepted; resolves with the answer. */
  async review(server: GuardedServer): Promise<boolean> {
    const { t } = vscode.l10n;
    try {
      const report = await vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: t('Asking {0} for its tools…', named(server.name)),
        },
        () => this.#report(server),
      );
      if (!(await this.#confirm(server, report))) {
        return false;
      }
      await this.#accept(server, report.digest);
      this.#answer(server, false);
      this.#options.progress.done('guarded');
      void vscode.window.showInformationMessage(
        t('The {0} tools of {1} are accepted.', report.tools.length, named(server.name)),
      );
      this.#options.onAccepted();
      return true;
    } catch (error) {
      const why = t(
        'The tools of {0} can not be accepted: {1}',
        named(server.name),
        excerpt(messageOf(error), 400),
      );
      this.#options.log.error(why);
      void vscode.window.showErrorMessage(why);
      this.expect(server);
      return false;
    }
  }

  dispose(): void {
    for (const disposable of this.#disposables) {
      disposable.dispose();
    }
  }

  /** True if the server that the definition starts in this window is accepted. */
  async #isAccepted(server: GuardedServer): Promise<boolean> {
    const { homeFolder, key, layout } = this.#options.home;
    try {
      const resolved = await resolveServer(server, homeFolder);
      const environment = { ...process.env, ...resolved.env };
      const { acceptance } = serverIdentity({ ...server, ...resolved, environment }, key);
      return readAccepted(layout, acceptance) !== undefined;
    } catch (error) {
      this.#options.log.warn(messageOf(error));
      return false;
    }
  }

  async #pick(): Promise<void> {
    const { t } = vscode.l10n;
    const { servers } = this.#options.store.current;
    if (servers.length === 0) {
      void vscode.window.showInformationMessage(t('No server is guarded yet.'));
      return;
    }
    const items = await Promise.all(
      servers.map(async (server) => ({
        label: named(server.name),
        description: (await this.#isAccepted(server)) ? t('accepted') : t('not accepted yet'),
        server,
      })),
    );
    const picked = await vscode.window.showQuickPick(items, { title: t('The tools of which server?') });
    if (picked !== undefined) {
      await this.review(picked.server);
    }
  }

  /** The tools as a list to read. What grants does not have the focus. */
  async #confirm(server: GuardedServer, report: AcceptReport): Promise<boolean> {
    const { t } = vscode.l10n;
    const changed = changedParts(report);
    const answers = [
      {
        label: t('$(go-to-file) Read everything in a document'),
        ...(changed > 0 && {
          description: t('{0} say something else than you accepted: old and new', changed),
        }),
        answer: 'read' as const,
      },
      { label: t('$(check) Accept these {0} tools', report.tools.length), answer: 'accept' as const },
      { label: t('$(circle-slash) Not now'), answer: 'no' as const },
    ];
    const tools = report.tools.map((tool) => {
      const twice = warnings(tool, t);
      return {
        label: twice.length > 0 ? `$(warning) ${named(tool.name)}` : named(tool.name),
        description: claims(tool, t),
        detail: excerpt([...twice, ...changesOf(tool), tool.description ?? ''].join(' · '), 300),
        answer: 'read' as const,
      };
    });
    const picked = await vscode.window.showQuickPick(
      [
        ...answers,
        {
          label: t('what they say of themselves'),
          kind: vscode.QuickPickItemKind.Separator,
          answer: 'no' as const,
        },
        ...tools,
      ],
      {
        title: t(
          'Do you accept the tools of {0}? Their claims then count; policies still decide.',
          named(server.name),
        ),
        ignoreFocusOut: true,
        matchOnDescription: true,
        matchOnDetail: true,
      },
    );
    switch (picked?.answer) {
      case 'read':
        return this.#confirmInDocument(server, report);
      case 'accept':
        return true;
      case 'no':
        this.#answer(server, false);
        return false;
      case undefined:
        // Escape is no answer: it can still be given from the view.
        this.expect(server);
        return false;
    }
  }

  /** The question stays in the document's title and in the view until it is answered, however long that takes. */
  async #confirmInDocument(server: GuardedServer, report: AcceptReport): Promise<boolean> {
    const { t } = vscode.l10n;
    const id = needOf(server);
    const uri = this.#document(server, report);
    const isAskedIn = ({ input }: vscode.Tab): boolean =>
      input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
    this.#answer(server, false);
    const answer = new Promise<boolean>((resolve) => this.#waiting.set(id, resolve));
    this.#expected.add(server.label);
    this.#options.needs.set({
      id,
      kind: 'tools',
      label: t('Accept the {0} tools of {1}?', report.tools.length, named(server.name)),
      detail: [t('Their claims then count; policies still decide.')],
      open: () => show(uri),
      putOff: () => this.#answer(server, false),
      question: { yes: () => this.#answer(server, true), isAskedIn },
    });
    await show(uri);
    const given = await answer;
    await closeTabs(isAskedIn);
    return given;
  }

  /** Whatever waits for an answer about the server has it. */
  #answer(server: Pick<GuardedServer, 'label'>, accepted: boolean): void {
    const id = needOf(server);
    this.#expected.delete(server.label);
    this.#options.needs.remove(id);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.(accepted);
  }

  /** Nobody needs to accept the tools of a server that is not guarded any more. */
  #forgetGone(): void {
    const labels = this.#options.store.current.servers.map(({ label }) => label);
    for (const label of this.#expected) {
      if (!labels.includes(label)) {
        this.#answer({ label }, false);
      }
    }
  }

  #document(server: GuardedServer, report: AcceptReport): vscode.Uri {
    const uri = vscode.Uri.from({
      scheme,
      path: `/${server.name.replaceAll('/', '_')}.txt`,
      query: report.digest,
    });
    this.#texts.set(uri.toString(), toolReport({ ...report, name: server.name }, vscode.l10n.t));
    return uri;
  }

  async #report(server: GuardedServer): Promise<AcceptReport> {
    return JSON.parse(await this.#run(server, [])) as AcceptReport;
  }

  async #accept(server: GuardedServer, digest: string): Promise<void> {
    await this.#run(server, ['--yes', '--expect', digest]);
  }

  async #run(server: GuardedServer, more: readonly string[]): Promise<string> {
    const { name, definition, origin } = server;
    const launch = {
      name,
      definition,
      origin,
      ...(await resolveServer(server, this.#options.home.homeFolder)),
    };
    const args = ['accept', '--json', '--definition', '-', ...more];
    const result = await this.#options.run(args, { stdin: JSON.stringify(launch), cwd: launch.cwd });
    if (result.code !== 0) {
      throw new Error(result.stderr.trim() || `gatehouse accept ended with ${result.code}`);
    }
    return result.stdout;
  }
}

function needOf({ label }: Pick<GuardedServer, 'label'>): string {
  return `tools ${label}`;
}

async function show(uri: vscode.Uri): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}

/** The changes of a tool in one line: old and new. */
function changesOf({ changes = [] }: ClaimedPart): string[] {
  return changes.map(
    ({ after, before, place }) => `${place}: "${excerpt(before ?? '', 80)}" → "${excerpt(after ?? '', 80)}"`,
  );
}

function changedParts({ about, prompts = [], resourceTemplates = [], tools }: AcceptReport): number {
  const parts = [...(about === undefined ? [] : [about]), ...tools, ...prompts, ...resourceTemplates];
  return parts.filter(({ changes = [] }) => changes.length > 0).length;
}
