import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { Dialog } from '../pages/dialog';
import { findChromium } from '../../../scripts/tools.mjs';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing leaves this machine, whatever the page asks for.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** Starts a headless Chromium with one page that reaches only this machine. */
export async function openPage(onConsole: (line: string) => void): Promise<{ browser: Browser; page: Page }> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error('Chromium is missing: run node scripts/tools.mjs vscode');
  }
  const browser = await chromium.launch({ executablePath, args, headless: true });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  await Dialog.watch(page);
  page.setDefaultTimeout(120_000);
  page.on('console', (message) => onConsole(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => onConsole(`error: ${error.stack ?? error.message}`));
  return { browser, page };
}
