// Builds, packs, and opens a real VS Code on demo/, whose MCP servers are guarded: the desktop `code` if there
// is one, otherwise the same VS Code served to a browser on this machine. Ctrl-C ends all of it.
//   node scripts/start.mjs [--browser] [--check]
//     --browser  serve to a browser even if there is a desktop VS Code
//     --check    look into it without a person, say whether the guarded servers' tools are there, and end
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bootstrap, root, run, toolEnvironment } from './bootstrap.mjs';
import { packageExtension, vsixFile } from './package.mjs';

const demo = path.join(root, 'demo');
const whatToTry = `
What to try, in the demo workspace (its servers "files" and "items" are guarded, activated and accepted):
  1. Ask the agent to read a note.            Nothing asks you; the status bar counts it as allowed.
  2. Ask it to write notes/today.md.          One dialog: who, what, which path, and why. Enter denies.
  3. Ask it to delete items 1 to 6.           Five are asked, the sixth is denied without a dialog.
  4. Open the view "Decisions".               Each call with its rule and who approved it.
  5. Edit .gatehouse/policies/mcp_tool.yaml.  Nothing changes until you activate it.
No agent at hand? Command palette, "MCP: List Servers" shows the guarded servers and their logs.
Everything is kept in a temporary state folder; your own ~/.gatehouse is not touched.
`;

/** The desktop VS Code's command, if it can show a window here. */
function desktopCode() {
  const hasScreen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasScreen) return undefined;
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  const onPath = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, name));
  const usual = '/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code';
  return [...onPath, usual].find((file) => path.isAbsolute(file) && existsSync(file));
}

/** Opens the desktop VS Code with everything of its own in `base`, and waits until it is closed. */
async function openDesktop(code, base, env) {
  const args = [
    demo,
    '--wait',
    '--new-window',
    `--extensionDevelopmentPath=${root}`,
    ...['--user-data-dir', path.join(base, 'data'), '--extensions-dir', path.join(base, 'extensions')],
    ...['--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'],
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  const child = spawn(code, args, {
    env: toolEnvironment(env),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const ended = new Promise((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
  console.log(whatToTry);
  await Promise.race([ended, interrupted()]);
  child.kill();
  await ended;
}

/** Serves VS Code to a browser until Ctrl-C. */
async function serve(base, env, check) {
  const { vscode } = await import('./tools.mjs');
  vscode();
  const { installExtensions, startServer, writeSettings } = await import('./vscode-server.mjs');
  const data = path.join(base, 'server');
  writeSettings(data, { 'telemetry.telemetryLevel': 'off', 'security.workspace.trust.enabled': false });
  const { agentVsix, packAgent } = await import('./package.mjs');
  if (check) packAgent();
  installExtensions(data, [vsixFile(), ...(check ? [agentVsix] : [])], env);
  const server = await startServer({ data, env });
  const address = `http://127.0.0.1:${server.port}/?folder=${encodeURIComponent(demo)}`;
  try {
    console.log(`\nOpen ${address}`);
    if (check) {
      const { checkDemo } = await import('./check-demo.mjs');
      await checkDemo(address, env.GATEHOUSE_TEST_AGENT);
    } else {
      console.log(whatToTry);
      await interrupted();
    }
  } finally {
    await server.stop();
  }
}

function interrupted() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
  });
}

bootstrap();
packageExtension();
const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'gatehouse-demo-')));
const env = { GATEHOUSE_HOME: path.join(base, 'state'), GATEHOUSE_TEST_AGENT: path.join(base, 'agent.json') };
try {
  run(process.execPath, ['dist/cli.js', 'activate', '--workspace', demo, '--yes'], {
    env: toolEnvironment(env),
  });
  const check = process.argv.includes('--check');
  const code = check || process.argv.includes('--browser') ? undefined : desktopCode();
  await (code === undefined ? serve(base, env, check) : openDesktop(code, base, env));
} finally {
  rmSync(base, { recursive: true, force: true, maxRetries: 5 });
}
