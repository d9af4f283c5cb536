import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { installExtensions, startServer, writeSettings } from '../../scripts/vscode-server.mjs';
import type { RunningServer } from '../../scripts/vscode-server.mjs';
import { root } from '../tools';
import { afterEach } from 'vitest';
import { Agent } from './host/agent';
import { openPage } from './host/browser';
import { agentVsix, gatehouseVsix } from './host/pack';
import { expectNoSurvivors } from './host/survivors';
import { Dialog } from './pages/dialog';
import { Notifications } from './pages/notifications';
import { QuickInput } from './pages/quick-input';
import { Workbench } from './pages/workbench';

/** The VS Code that a suite needs. */
export interface HostOptions {
  /** Names the folder under test-results/ that gets the logs and pictures. */
  readonly name: string;
  /** The opened folder's files: relative path to text. */
  readonly workspace?: Readonly<Record<string, string>>;
  /** The files of Gatehouse's state folder: relative path to text. */
  readonly state?: (folders: Folders) => Readonly<Record<string, string>>;
  /** Called before VS Code starts. */
  readonly prepare?: (folders: Folders) => void;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** True, the default: every folder counts as trusted, so that nobody is asked. */
  readonly trustWorkspaces?: boolean;
}

/** Where one VS Code keeps its things. */
export interface Folders {
  /** The home folder of everything that runs. */
  readonly home: string;
  /** The opened folder. */
  readonly workspace: string;
  /** Gatehouse's state folder. */
  readonly state: string;
}

const defaultSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'chat.commandCenter.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.startupPrompt': 'never',
};

const payload = JSON.stringify([
  ['skipWelcome', 'true'],
  ['skipReleaseNotes', 'true'],
]);

/**
 * A real VS Code with the packaged extension, and with an extension that stands in for Copilot, as a person
 * sees it: in a browser. Its home, state, settings and workspace are its own and temporary.
 */
export class VsCode {
  readonly page: Page;
  readonly agent: Agent;
  readonly dialog: Dialog;
  readonly workbench: Workbench;
  readonly quickInput: QuickInput;
  readonly notifications: Notifications;
  /** The opened folder. */
  readonly workspace: string;
  /** Gatehouse's state folder. */
  readonly state: string;
  /** The home folder of everything that runs. */
  readonly home: string;
  readonly #browser: Browser;
  readonly #server: RunningServer;
  readonly #place: WindowFolders;

  private constructor(
    place: WindowFolders,
    server: RunningServer,
    browser: Browser,
    page: Page,
    agent: Agent,
  ) {
    this.#place = place;
    this.#server = server;
    this.#browser = browser;
    this.page = page;
    this.agent = agent;
    this.dialog = new Dialog(page);
    this.quickInput = new QuickInput(page);
    this.workbench = new Workbench(page, this.quickInput);
    this.notifications = new Notifications(page);
    this.workspace = place.workspace;
    this.state = place.state;
    this.home = place.home;
  }

  /** Starts VS Code and waits until its workbench stands and the stand-in answers. */
  static async open(options: HostOptions): Promise<VsCode> {
    const place = preparePlace(options);
    let server: RunningServer | undefined;
    let browser: Browser | undefined;
    try {
      options.prepare?.(place);
      const env = {
        HOME: place.home,
        GATEHOUSE_HOME: place.state,
        GATEHOUSE_TEST_AGENT: place.agentFile,
        // No marketplace: nothing leaves this machine.
        EXTENSIONS_GALLERY: '{}',
      };
      writeSettings(place.data, { ...defaultSettings, ...options.settings });
      installExtensions(place.data, [gatehouseVsix, agentVsix], env);
      server = await startServer({
        data: place.data,
        env,
        trustWorkspaces: options.trustWorkspaces ?? true,
        onOutput: (text) => place.log('server', text),
      });
      const opened = await openPage((line) => place.log('browser', `${line}\n`));
      browser = opened.browser;
      const query = new URLSearchParams({ folder: place.workspace, payload });
      await opened.page.goto(`http://127.0.0.1:${server.port}/?${query.toString()}`);
      await opened.page.locator('.monaco-workbench .part.statusbar').waitFor();
      const agent = await Agent.connect(place.agentFile);
      return new VsCode(place, server, opened.browser, opened.page, agent);
    } catch (error) {
      await browser?.close();
      await server?.stop();
      place.keepLogs();
      place.remove();
      throw error;
    }
  }

  /**
   * Takes a picture of the window into test-results/. With GATEHOUSE_PICTURES=1 a picture that README.md shows
   * is renewed in media/readme/ too.
   */
  async screenshot(name: string): Promise<void> {
    const file = path.join(this.#place.results, `${name}.png`);
    await this.page.screenshot({ path: file, animations: 'disabled' });
    if (process.env['GATEHOUSE_PICTURES'] !== '1') {
      return;
    }
    if (!readFileSync(path.join(root, 'README.md'), 'utf8').includes(`media/readme/${name}.png`)) {
      return;
    }
    const pictures = path.join(root, 'media', 'readme');
    await mkdir(pictures, { recursive: true });
    await copyFile(file, path.join(pictures, `${name}.png`));
  }

  /**
   * Ends browser, server and all they started, and keeps the logs in test-results/.
   * @throws if anything lives on: a guard or an upstream must end with its window
   */
  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    this.#place.keepLogs();
    try {
      await expectNoSurvivors('GATEHOUSE_HOME', this.state);
    } finally {
      this.#place.remove();
    }
  }
}

/** After each failed test of a suite, takes a picture of the window into test-results/. */
export function pictureFailures(vscode: () => VsCode): void {
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') {
      return;
    }
    await vscode().screenshot(`failed ${task.name.replaceAll(/[^a-z0-9]+/gi, ' ').slice(0, 60)}`);
  });
}

interface WindowFolders extends Folders {
  readonly data: string;
  readonly agentFile: string;
  readonly results: string;
  log(name: string, text: string): void;
  keepLogs(): void;
  remove(): void;
}

/** Lays out the temporary folders of one VS Code. */
function preparePlace({ name, workspace = {}, state = () => ({}) }: HostOptions): WindowFolders {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'gatehouse-vscode-')));
  const folder = (inside: string, mode = 0o755): string => {
    const created = path.join(base, inside);
    mkdirSync(created, { recursive: true, mode });
    return created;
  };
  const results = path.join(root, 'test-results', name);
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const place = {
    home: folder('home'),
    data: folder('server'),
    workspace: folder('project'),
    state: folder('state', 0o700),
    agentFile: path.join(base, 'agent.json'),
    results,
  };
  writeFiles(place.workspace, workspace);
  writeFiles(place.state, state(place), 0o600);
  const logs = new Map<string, string>();
  return {
    ...place,
    log: (log, text) => void logs.set(log, (logs.get(log) ?? '') + text),
    keepLogs: () => {
      for (const [log, text] of logs) {
        writeFileSync(path.join(results, `${log}.log`), text);
      }
      const written = path.join(place.data, 'data', 'logs');
      // Without any, VS Code did not start: then the reason for that is to be told, not this.
      if (!existsSync(written)) {
        return;
      }
      cpSync(written, path.join(results, 'logs'), {
        recursive: true,
        force: true,
      });
    },
    remove: () => {
      rmSync(base, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Writes files, given as relative path to text, into a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>, mode = 0o644): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true, mode: mode === 0o600 ? 0o700 : 0o755 });
    writeFileSync(file, text, { mode });
  }
}
