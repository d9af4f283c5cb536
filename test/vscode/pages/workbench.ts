import type { Locator, Page } from 'playwright-core';
import { until } from '../host/until';
import type { QuickInput } from './quick-input';

/** A status bar item, as the page has it. */
interface StatusItem {
  readonly text: string;
  /** The accessible name, tooltip included. */
  readonly label: string;
  readonly kind: 'error' | 'warning' | 'plain';
}

/** The rest of VS Code's window: command palette, status bar, views, editors. */
export class Workbench {
  readonly #page: Page;
  readonly #quickInput: QuickInput;

  constructor(page: Page, quickInput: QuickInput) {
    this.#page = page;
    this.#quickInput = quickInput;
  }

  /** Runs a command from the palette by its whole title, such as `Gatehouse: Guard MCP Servers…`. */
  async runCommand(title: string): Promise<void> {
    // An editor or a view that still loads takes the focus when it is done, which closes the palette.
    await until(`"${title}" in the palette`, async () => {
      await this.#page.keyboard.press('F1');
      return await this.#quickInput.tryFind(`>${title}`, title);
    });
  }

  /** The status bar item of an extension; undefined if it is not there. */
  async statusItem(id: string): Promise<StatusItem | undefined> {
    const item = this.#page.locator(`.statusbar-item[id="${id}"]`);
    if (!(await item.isVisible())) {
      return undefined;
    }
    const [text, label, classes] = await Promise.all([
      item.innerText(),
      item.getAttribute('aria-label'),
      item.getAttribute('class'),
    ]);
    const kind = /\b(error|warning)-kind\b/.exec(classes ?? '')?.[1];
    return {
      text: text.trim(),
      label: label ?? '',
      kind: kind === 'error' || kind === 'warning' ? kind : 'plain',
    };
  }

  /** Clicks an extension's status bar item. */
  async clickStatusItem(id: string): Promise<void> {
    await this.#page.locator(`.statusbar-item[id="${id}"] a`).click();
  }

  /** The rows of a tree view that are on the screen, from the top: what a screen reader says of each. */
  async rows(view: string): Promise<string[]> {
    return await this.#pane(view)
      .locator('.monaco-list-row')
      .evaluateAll((rows) =>
        rows
          .map((row) => ({
            top: row.getBoundingClientRect().top,
            label: row.getAttribute('aria-label') ?? '',
          }))
          .sort((a, b) => a.top - b.top)
          .map(({ label }) => label),
      );
  }

  /** Drags the side bar's edge until the side bar is so many pixels wide. */
  async widenSideBar(width: number): Promise<void> {
    const box = await this.#page.locator('.part.sidebar').boundingBox();
    if (box === null) {
      throw new Error('The side bar is not there.');
    }
    const y = box.y + box.height / 2;
    await this.#page.mouse.move(box.x + box.width, y);
    await this.#page.mouse.down();
    await this.#page.mouse.move(box.x + width, y, { steps: 5 });
    await this.#page.mouse.up();
    // The edge is highlighted while the mouse is near.
    await this.#page.mouse.move(box.x + width / 2, y);
    const highlighted = this.#page.locator('.monaco-sash.hover, .monaco-sash.active');
    await until('the end of the highlight', async () => (await highlighted.count()) === 0);
  }

  /** Waits for a row of a tree view and clicks it. */
  async clickRow(view: string, text: string | RegExp): Promise<void> {
    await this.#pane(view).locator('.monaco-list-row').filter({ hasText: text }).first().click();
  }

  /** The labels of the buttons in the title of the editor before the person, from left to right. */
  async titleButtons(): Promise<string[]> {
    const labels = await this.#title()
      .locator('.action-label')
      .evaluateAll((found) => found.map((each) => each.getAttribute('aria-label') ?? each.textContent));
    return labels.map((label) => label.trim());
  }

  /** Clicks a button in the title of the editor before the person. */
  async clickTitle(label: string): Promise<void> {
    await this.#title().getByRole('button', { name: label, exact: true }).click();
  }

  /** The number on a view container's icon. */
  async badge(container: string): Promise<string> {
    return await this.#page
      .locator('.activitybar .action-item')
      .filter({ has: this.#page.locator(`.action-label[aria-label^="${container}"]`) })
      .locator('.badge-content')
      .innerText();
  }

  /** The steps of the open walkthrough, and whether each is ticked. */
  async steps(): Promise<Record<string, boolean>> {
    const steps = this.#page.locator('.getting-started-step');
    await steps.first().waitFor();
    const found = await steps.evaluateAll((each) =>
      each.map((step): [string, boolean] => [
        step.querySelector('.step-title')?.textContent ?? '',
        step.querySelector('.codicon-getting-started-step-checked') !== null,
      ]),
    );
    return Object.fromEntries(found);
  }

  /** The text of the open editor's lines that are on the screen. */
  async editorText(): Promise<string> {
    const lines = await this.#page.locator('.editor-instance .view-line').evaluateAll((found) =>
      found
        .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent }))
        .sort((a, b) => a.top - b.top)
        .map(({ text }) => text.replaceAll('\u00a0', ' ')),
    );
    return lines.join('\n');
  }

  /** How many squiggles of a severity the open editor shows. */
  async squiggles(severity: 'error' | 'warning' | 'info'): Promise<number> {
    return await this.#page.locator(`.editor-instance .squiggly-${severity}`).count();
  }

  /** Hovers over a word of the open editor and returns the text that appears. */
  async hover(word: string): Promise<string> {
    await this.#page.locator('.editor-instance .view-line span', { hasText: word }).last().hover();
    return await this.#page.locator('.monaco-hover:visible').first().innerText();
  }

  #title(): Locator {
    return this.#page.locator('.editor-group-container.active > .title .editor-actions');
  }

  #pane(view: string): Locator {
    return this.#page
      .locator('.pane')
      .filter({ has: this.#page.locator(`.pane-header[aria-label^="${view}"]`) });
  }
}
