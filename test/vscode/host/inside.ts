import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { startServer, writeSettings } from '../../../scripts/vscode-server.mjs';
import { root } from '../../tools';
import type { InsideResult } from '../inside/runner';
import { openPage } from './browser';

const timeout = 180_000;

/**
 * Runs the suite of test/vscode/inside/ in an extension host: in the desktop VS Code that VSCODE_EXECUTABLE
 * names, else in a browser's. The extension is this repository as F5 would run it.
 */
export async function runInside(): Promise<InsideResult[]> {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'gatehouse-inside-')));
  try {
    const place = {
      workspace: path.join(base, 'project'),
      data: path.join(base, 'data'),
      suite: path.join(root, 'out', 'inside', 'index.js'),
      results: path.join(base, 'results.json'),
    };
    mkdirSync(place.workspace);
    await bundle(place.suite);
    const env = {
      HOME: base,
      GATEHOUSE_HOME: path.join(base, 'state'),
      GATEHOUSE_TEST_RESULTS: place.results,
    };
    const desktop = process.env['VSCODE_EXECUTABLE'];
    await (desktop === undefined ? runInBrowser(place, env) : runOnDesktop(desktop, place, env));
    return JSON.parse(readFileSync(place.results, 'utf8')) as InsideResult[];
  } finally {
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface SuiteFolders {
  readonly workspace: string;
  readonly data: string;
  readonly suite: string;
}

async function bundle(outfile: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['test/vscode/inside/index.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
  });
}

async function runInBrowser(place: SuiteFolders, env: Readonly<Record<string, string>>): Promise<void> {
  const output: string[] = [];
  writeSettings(place.data, { 'telemetry.telemetryLevel': 'off' });
  const server = await startServer({
    data: place.data,
    env,
    smokeTest: true,
    onOutput: (text) => output.push(text),
  });
  try {
    const { browser, page } = await openPage((line) => output.push(`${line}\n`));
    try {
      // What VS Code's page calls when a suite logs and ends.
      await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
        output.push(`${type}: ${args.map(String).join(' ')}\n`);
      });
      const ended = new Promise<number>((resolve) => {
        void page.exposeFunction('codeAutomationExit', resolve);
      });
      const authority = `vscode-remote://127.0.0.1:${server.port}`;
      const query = new URLSearchParams({
        folder: place.workspace,
        payload: JSON.stringify([
          ['skipWelcome', 'true'],
          ['extensionDevelopmentPath', `${authority}${root}`],
          ['extensionTestsPath', `${authority}${place.suite}`],
        ]),
      });
      await page.goto(`http://127.0.0.1:${server.port}/?${query.toString()}`);
      const code = await Promise.race([ended, late()]);
      if (code !== 0) {
        throw new Error(`The suite ended with code ${code}:\n${output.join('')}`);
      }
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

async function late(): Promise<never> {
  return await new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`The suite did not end within ${timeout} ms.`)), timeout).unref();
  });
}

async function runOnDesktop(
  executable: string,
  { workspace, data, suite }: SuiteFolders,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  await runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: root,
    extensionTestsPath: suite,
    extensionTestsEnv: env,
    launchArgs: [
      workspace,
      `--user-data-dir=${data}`,
      `--extensions-dir=${path.join(data, 'extensions')}`,
      ...['--disable-workspace-trust', '--skip-welcome', '--skip-release-notes', '--disable-updates'],
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
}
