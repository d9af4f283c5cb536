import type { Locator, Page } from 'playwright-core';

/** VS Code's notifications in the corner of the window. */
export class Notifications {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Waits for a notification with this text, and returns its text. */
  async message(text: string | RegExp): Promise<string> {
    return await this.#toast(text).locator('.notification-list-item-message').innerText();
  }

  /** The labels of a notification's buttons. */
  async buttons(text: string | RegExp): Promise<string[]> {
    return await this.#toast(text).locator('.monaco-button').allInnerTexts();
  }

  /** Waits for a notification with this text and clicks a button of it. */
  async click(text: string | RegExp, button: string): Promise<void> {
    await this.#toast(text).getByRole('button', { name: button, exact: true }).click();
  }

  #toast(text: string | RegExp): Locator {
    return this.#page.locator('.notification-toast').filter({ hasText: text }).first();
  }
}
