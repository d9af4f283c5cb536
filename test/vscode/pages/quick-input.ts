import { errors } from 'playwright-core';
import type { Locator, Page } from 'playwright-core';

/** VS Code's quick pick and input box. */
export class QuickInput {
  readonly #page: Page;
  readonly #widget: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#widget = page.locator('.quick-input-widget');
  }

  async appears(): Promise<void> {
    await this.#widget.waitFor({ state: 'visible' });
  }

  /** The title above the input, if there is one. */
  async title(): Promise<string> {
    return await this.#widget.locator('.quick-input-title').innerText();
  }

  /** The labels of the entries on the screen. */
  async items(): Promise<string[]> {
    await this.#rows().first().waitFor();
    return await this.#rows().locator('.quick-input-list-rows > :first-child .label-name').allInnerTexts();
  }

  /** The accessible name of the entry that Enter would choose. */
  async focused(): Promise<string> {
    return (
      (await this.#widget.locator('.quick-input-list .monaco-list-row.focused').getAttribute('aria-label')) ??
      ''
    );
  }

  /** Waits for an entry with this text and chooses it. */
  async choose(text: string | RegExp): Promise<void> {
    await this.#rows().filter({ hasText: text }).first().click();
  }

  /**
   * Chooses an entry that could mean yes, as a person does who has read it: see `Dialog.read`.
   */
  async read(text: string | RegExp): Promise<void> {
    await this.#rows().filter({ hasText: text }).first().waitFor();
    await this.#page.waitForTimeout(1_000);
    await this.choose(text);
  }

  /** Ticks an entry of a picker of several. */
  async tick(text: string | RegExp): Promise<void> {
    const row = this.#rows().filter({ hasText: text }).first();
    const box = row.locator('.quick-input-list-checkbox, .monaco-checkbox').first();
    await box.waitFor();
    if ((await box.getAttribute('aria-checked')) !== 'true') {
      await row.click();
    }
  }

  async type(text: string): Promise<void> {
    await this.#widget.locator('input[type=text]').first().fill(text);
  }

  /**
   * Types a text and chooses the entry that it leads to.
   * @returns false if the input was closed before that was done: whatever takes the focus closes it
   */
  async tryFind(text: string, entry: string): Promise<boolean> {
    try {
      await this.#widget.locator('input[type=text]').first().fill(text, { timeout: 5_000 });
      await this.#rows().filter({ hasText: entry }).first().click({ timeout: 10_000 });
      return true;
    } catch (error) {
      if (error instanceof errors.TimeoutError) {
        return false;
      }
      throw error;
    }
  }

  async accept(): Promise<void> {
    await this.#page.keyboard.press('Enter');
  }

  async dismiss(): Promise<void> {
    await this.#page.keyboard.press('Escape');
  }

  #rows(): Locator {
    return this.#widget.locator('.quick-input-list .monaco-list-row');
  }
}
