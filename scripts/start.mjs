// Builds, packs, and opens a real VS Code on demo/, whose MCP servers are guarded: the desktop `code` if there
// is one, otherwise the same VS Code served to a browser on this machine. Ctrl-C ends all of it.
//   node scripts/start.mjs [--browser] [--check]
//     --browser  serve to a browser even if there is a desktop VS Code
//     --check    look into it without a person, say whether the guarded servers' tools are there, and end
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bootstrap, root, run, toolEnvironment } from './bootstrap.mjs';
import { agentVsix, packAgent, packageExtension, vsixFile } from './package.mjs';

const demo = path.join(root, 'demo');
const whatToTry = `
demo/ is open, its servers "files" and "items" are guarded, activated and accepted. What to try:
  1. Ask the agent to read notes/plan.md.        Nothing asks; the status bar counts it.
  2. Ask it to add a line to notes/plan.md.      One dialog: who, what, where, why. Enter denies.
  3. Ask it to change data/orders.csv.           Refused by the repository's own policy.
  4. Ask it to delete an item, six times.        Five dialogs; the sixth is refused without one.
  5. Open the view Gatehouse: Decisions.         Each call with its rule and who approved it.
  6. Edit .gatehouse/policies/mcp_tool.yaml.     Nothing changes until you activate it.
No agent at hand? Command palette, "Stand-in for Copilot: Call a Tool…" calls one.
The state is in a temporary folder; your own ~/.gatehouse is not touched. Ctrl-C ends all of it.
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
    `--extensionDevelopmentPath=${path.join(root, 'test', 'vscode', 'agent')}`,
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
  await Promise.race([ended, interrupted]);
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
  packAgent();
  installExtensions(data, [vsixFile(), agentVsix], env);
  const server = await startServer({ data, env });
  const address = `http://127.0.0.1:${server.port}/?folder=${encodeURIComponent(demo)}`;
  try {
    console.log(`\nOpen ${address}`);
    if (check) {
      const { checkDemo } = await import('./check-demo.mjs');
      await checkDemo(address, env.GATEHOUSE_TEST_AGENT);
    } else {
      console.log(whatToTry);
      await interrupted;
    }
  } finally {
    await server.stop();
  }
}

/** Activates the demo's servers and policies and accepts the servers' tools, as a person would in the window. */
function activateDemo(env) {
  const gatehouse = (args, input) =>
    run(process.execPath, ['dist/cli.js', ...args], { env: toolEnvironment(env), quiet: true, input });
  gatehouse(['activate', '--workspace', demo, '--yes']);
  const { servers } = JSON.parse(readFileSync(path.join(demo, '.gatehouse', 'mcp.json'), 'utf8'));
  for (const [name, definition] of Object.entries(servers)) {
    const args = definition.args.map((text) => text.replaceAll('${workspaceFolder}', demo));
    const { command } = definition;
    const server = { name, origin: 'workspace', definition, command, args, cwd: demo };
    gatehouse(['accept', '--yes', '--definition', '-'], JSON.stringify(server));
  }
}

// From the beginning, so that Ctrl-C while VS Code starts ends it, too.
const interrupted = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
});

bootstrap();
packageExtension();
const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'gatehouse-demo-')));
const env = { GATEHOUSE_HOME: path.join(base, 'state'), GATEHOUSE_TEST_AGENT: path.join(base, 'agent.json') };
try {
  activateDemo(env);
  const check = process.argv.includes('--check');
  const code = check || process.argv.includes('--browser') ? undefined : desktopCode();
  await (code === undefined ? serve(base, env, check) : openDesktop(code, base, env));
} finally {
  rmSync(base, { recursive: true, force: true, maxRetries: 5 });
}
