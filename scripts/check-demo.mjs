// Looks into the VS Code that `npm start --check` serves, as a browser does.
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { findChromium } from './tools.mjs';

const wanted = ['list_items', 'read_text_file'];
const timeout = 90_000;

/**
 * Opens the address in a headless Chromium and waits until VS Code offers the guarded servers' tools.
 * @param {string} address - of the demo workspace
 * @param {string} agentFile - where the extension that stands in for Copilot says how it is reached
 * @throws {Error} if a tool is missing in the end
 */
export async function checkDemo(address, agentFile) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    const deadline = Date.now() + timeout;
    let missing = wanted;
    while (missing.length > 0) {
      if (Date.now() > deadline)
        throw new Error(`The guarded servers' tools ${missing.join(', ')} did not appear.`);
      await delay(500);
      if (!existsSync(agentFile)) continue;
      const ask = (body) => askAgent(agentFile, body);
      const options = { waitForLiveTools: true, autoTrustChanges: true };
      await ask({ operation: 'command', id: 'workbench.mcp.startServer', args: ['*', options] });
      const names = (await ask({ operation: 'tools' }))
        .map(({ name }) => name)
        .filter((name) => name.startsWith('mcp_'));
      missing = wanted.filter((tool) => !names.some((name) => name.endsWith(tool)));
    }
    console.log(`The guarded servers' tools are there: ${wanted.join(', ')} among others.`);
  } finally {
    await browser.close();
  }
}

async function askAgent(file, body) {
  const { port, token } = JSON.parse(readFileSync(file, 'utf8'));
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { authorization: token },
    body: JSON.stringify(body),
  });
  const { value, error } = await response.json();
  if (error !== undefined) throw new Error(error);
  return value;
}
