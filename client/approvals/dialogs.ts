import * as vscode from 'vscode';
import type { ApprovalRequest } from '../../server/protocol';
import type { RequestDetails } from './details';
import type { Choice, Question } from './question';
import type { ApprovalUi, Bound } from './queue';
import { ruleSnippet } from './rule-snippet';
import { named } from './visible-text';

/** The queue's questions as VS Code's own dialogs. */
export class Dialogs implements ApprovalUi {
  readonly #details: RequestDetails;
  readonly #userPolicies: string;

  constructor(details: RequestDetails, userPolicies: string) {
    this.#details = details;
    this.#userPolicies = userPolicies;
  }

  async ask({ buttons, detail, title }: Question): Promise<Choice | undefined> {
    // Plain items, none of them the close affordance: that one would move the focus to a granting button.
    const items = buttons.map(({ choice, label }) => ({ title: label, choice }));
    const pressed = await vscode.window.showWarningMessage(title, { modal: true, detail }, ...items);
    return pressed?.choice;
  }

  async pickBound(request: ApprovalRequest, bounds: readonly Bound[]): Promise<Bound | undefined> {
    const { t } = vscode.l10n;
    const tool = t('{0} of {1}', named(request.tool.name), named(request.server.name));
    const words: Record<Bound, vscode.QuickPickItem> = {
      once: { label: t('Just this once'), detail: t('Allows exactly this call.') },
      session: {
        label: t('For this session'),
        detail: t(
          'Allows further calls of {0} by this agent, whatever their arguments, until the session ends or the policies change.',
          tool,
        ),
      },
      'once-and-write-rule': {
        label: t('Just this once, and write a rule…'),
        detail: t('Allows exactly this call, and opens a rule for it that you can put into your policies.'),
      },
    };
    const items = bounds.map((bound) => ({ ...words[bound], bound }));
    const picked = await vscode.window.showQuickPick(items, {
      title: t('Allow {0}', tool),
      placeHolder: t('How far does your yes reach? Escape goes back to the question.'),
      ignoreFocusOut: true,
    });
    return picked?.bound;
  }

  showDetails(requests: readonly ApprovalRequest[]): Promise<void> {
    return this.#details.show(requests);
  }

  async writeRule(request: ApprovalRequest): Promise<void> {
    const content = ruleSnippet(request, this.#userPolicies);
    const document = await vscode.workspace.openTextDocument({ language: 'yaml', content });
    await vscode.window.showTextDocument(document);
  }

  done(): void {
    this.#details.close().then(undefined, () => undefined);
  }
}
