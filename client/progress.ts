import * as vscode from 'vscode';

/** A step of the walkthrough that a person has really taken. */
type Step = 'guarded' | 'prompts' | 'policies' | 'decisions';

/**
 * Ticks the steps of the walkthrough when what they say is done: a command that was run, cancelled or refused does not
 * tick anything. VS Code remembers a tick.
 */
export class Progress {
  readonly #done = new Set<Step>();

  done(step: Step): void {
    if (!this.#done.has(step)) {
      this.#done.add(step);
      void vscode.commands.executeCommand('setContext', `gatehouse.done.${step}`, true);
    }
  }
}
