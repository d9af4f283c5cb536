import type { Locator, Page } from 'playwright-core';

/** The notes of a watched page. */
interface Seen {
  readonly seenDialogs: string[];
  readonly seenKeys: { readonly button: string | undefined }[];
}

/** The modal dialog of VS Code's window, as a person meets it. */
export class Dialog {
  readonly #page: Page;
  readonly #box: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#box = page.locator('.monaco-dialog-box');
  }

  /** Makes a page, before it loads, note every dialog that it shows, and what every key reaches. */
  static async watch(page: Page): Promise<void> {
    await page.addInitScript(() => {
      const seenDialogs: string[] = [];
      const known = new WeakSet<Element>();
      const seenKeys: { button: string | undefined }[] = [];
      Object.assign(window, { seenDialogs, seenKeys });
      const noteKey = ({ target }: Event): void => {
        const inDialog = target instanceof HTMLElement && target.closest('.monaco-dialog-box') !== null;
        seenKeys.push({ button: inDialog ? target.innerText : undefined });
      };
      window.addEventListener('keydown', noteKey, { capture: true });
      new MutationObserver(() => {
        for (const text of document.querySelectorAll('.monaco-dialog-box .dialog-message-text')) {
          if (known.has(text)) {
            continue;
          }
          known.add(text);
          seenDialogs.push(text.textContent);
        }
      }).observe(document, { childList: true, subtree: true });
    });
  }

  /** Waits until a dialog is on the screen. */
  async appears(): Promise<void> {
    await this.#box.waitFor({ state: 'visible' });
  }

  /** Waits until no dialog is on the screen. */
  async disappears(): Promise<void> {
    await this.#box.waitFor({ state: 'detached' });
  }

  async isThere(): Promise<boolean> {
    return await this.#box.isVisible();
  }

  /** The headline. */
  async message(): Promise<string> {
    return await this.#box.locator('.dialog-message-text').innerText();
  }

  /** The text below the headline. */
  async detail(): Promise<string> {
    return await this.#box.locator('.dialog-message-detail').innerText();
  }

  /** The buttons' labels from left to right: VS Code shows the extension's first button last, beside its own Cancel. */
  async buttons(): Promise<string[]> {
    return await this.#box.locator('.dialog-buttons .monaco-button').allInnerTexts();
  }

  /** The label of the button that has the keyboard's focus. */
  async focused(): Promise<string> {
    return await this.#box.locator('.monaco-button:focus').innerText();
  }

  /** Clicks a button, at once. */
  async click(button: string): Promise<void> {
    await this.#button(button).click({ noWaitAfter: true });
  }

  /**
   * Clicks a button that could mean yes, as a person does who has read the dialog: Gatehouse takes an answer
   * within 700 ms for a stray key, so this waits until the dialog has been seen for longer.
   */
  async read(button: string): Promise<void> {
    await this.appears();
    await this.#page.waitForTimeout(1_000);
    await this.click(button);
  }

  /**
   * Presses a key, once a button of the dialog has the keyboard's focus.
   * @returns the label of the dialog's button that the key reached; undefined if it went past the dialog
   */
  async press(key: string): Promise<string | undefined> {
    await this.#box.locator('.monaco-button:focus').waitFor();
    await this.#page.keyboard.press(key);
    return await this.#page.evaluate(() => (window as unknown as Seen).seenKeys.at(-1)?.button);
  }

  /** The headlines of all dialogs since the window opened, VS Code's own included, in order of appearance. */
  async seen(): Promise<string[]> {
    return await this.#page.evaluate(() => (window as unknown as Seen).seenDialogs);
  }

  #button(label: string): Locator {
    return this.#box.locator('.dialog-buttons .monaco-button', {
      hasText: new RegExp(`^${escaped(label)}$`),
    });
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
