import type { FrameLocator, Locator } from 'playwright-core';
import type { VsCode } from '../host';
import { until } from '../host/until';

/** The text editor as an author of policies meets it. */
export class Editor {
  readonly #vscode: VsCode;

  constructor(vscode: VsCode) {
    this.#vscode = vscode;
  }

  /** Opens a file of the workspace by its name. */
  async open(name: string): Promise<void> {
    const { page, quickInput } = this.#vscode;
    const tab = page.locator('.tab.active', { hasText: name });
    // A click into a list of files that is just being filled may hit nothing: it is opened again.
    await until(`the tab of ${name}`, async () => {
      await page.keyboard.press('Control+p');
      await quickInput.appears();
      await quickInput.type(name);
      await quickInput.choose(name);
      return await appears(tab, 8_000);
    });
    await this.#lines().first().waitFor();
  }

  /** Puts the cursor at a line and column, counted from 1. */
  async goTo(line: number, column: number): Promise<void> {
    const { page, quickInput } = this.#vscode;
    await page.keyboard.press('Control+g');
    await quickInput.appears();
    await quickInput.type(`:${line},${column}`);
    await page.keyboard.press('Enter');
  }

  /** Selects so many characters after the cursor and puts a text in their place, in one stroke. */
  async replace(length: number, text: string): Promise<void> {
    const { page } = this.#vscode;
    for (let at = 0; at < length; at++) {
      await page.keyboard.press('Shift+ArrowRight');
    }
    if (text === '') {
      await page.keyboard.press('Delete');
    } else {
      await page.keyboard.insertText(text);
    }
  }

  /** Asks for completion and returns what is offered; `whileOpen` may look at it. */
  async suggestions(whileOpen?: () => Promise<void>): Promise<string[]> {
    const { page } = this.#vscode;
    const rows = page.locator('.suggest-widget.visible .monaco-list-row');
    // What is asked for while an edit is still on its way may be dropped: it is asked for again.
    await until('the suggestions', async () => {
      await page.keyboard.press('Control+Space');
      return await appears(rows.first(), 4_000);
    });
    const labels = await rows.locator('.label-name').allInnerTexts();
    await whileOpen?.();
    await page.keyboard.press('Escape');
    return labels;
  }

  /** How long it takes until the number of error squiggles is this, in milliseconds from now. */
  async untilSquiggles(count: number, timeout = 10_000): Promise<number> {
    return await this.#vscode.page.evaluate(
      async ({ wanted, limit }) => {
        const started = performance.now();
        for (;;) {
          const passed = performance.now() - started;
          // A line is one element per stretch that is visible: lines are counted, not elements.
          const tops = [...document.querySelectorAll('.editor-instance .squiggly-error')].map(
            (element) => element.parentElement?.style.top ?? '',
          );
          if (new Set(tops).size === wanted || passed > limit) {
            return passed;
          }
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      },
      { wanted: count, limit: timeout },
    );
  }

  /** The entries of the Problems view: message, code and place of each. */
  async problems(): Promise<string[]> {
    const { agent, page } = this.#vscode;
    await agent.command('workbench.actions.view.problems');
    const rows = page.locator('.markers-panel .monaco-list-row');
    return await until('the problems', async () => {
      const texts = await rows.allTextContents();
      return texts.some((text) => text.includes('[Ln')) && texts;
    });
  }

  /** Clicks a code lens. */
  async clickLens(title: string, nth = 0): Promise<void> {
    await this.#vscode.page.locator('.codelens-decoration a', { hasText: title }).nth(nth).click();
  }

  /** The Test Explorer's rows: name, and what a screen reader says of it. */
  async tests(): Promise<string[]> {
    return await this.#vscode.page
      .locator('.test-explorer .monaco-list-row')
      .evaluateAll((rows) =>
        rows.map((row) => `${row.textContent}: ${row.getAttribute('aria-label') ?? ''}`),
      );
  }

  /** The rows of the view of what tests exercised. */
  async coverage(): Promise<string[]> {
    return await this.#vscode.page.locator('.test-coverage-list-item').allInnerTexts();
  }

  /** Opens a file from the list of what tests cover, as a person does who looks at it. */
  async openCovered(name: string): Promise<void> {
    const { page } = this.#vscode;
    const tab = page.locator('.tab.active', { hasText: name });
    const row = page.locator('.test-coverage-list-item', { hasText: name });
    // The list is made anew while results arrive: a click may hit nothing.
    await until(`the tab of ${name}`, async () => {
      await row.click({ timeout: 5_000 });
      return await appears(tab, 5_000);
    });
  }

  /** How many lines of the editor are marked as exercised or not. */
  async coveredLines(): Promise<number> {
    return await this.#vscode.page.locator('.coverage-deco-gutter').count();
  }

  /** The page of a Markdown preview. */
  preview(): FrameLocator {
    return this.#vscode.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  #lines(): Locator {
    return this.#vscode.page.locator('.editor-instance .view-line');
  }
}

function appears(element: Locator, timeout: number): Promise<boolean> {
  return element.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}
