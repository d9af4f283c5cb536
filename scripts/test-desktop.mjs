// Runs the suite of test/vscode/inside/ in a desktop VS Code: the one that VSCODE_EXECUTABLE names, else the newest
// stable one, which @vscode/test-electron downloads into .vscode-test/. Needs a display; on Linux `xvfb-run` is one.
//   node scripts/test-desktop.mjs
import path from 'node:path';
import { bootstrap, root, run, toolEnvironment, toolsFolder } from './bootstrap.mjs';

bootstrap();
const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');

async function executable() {
  const named = process.env.VSCODE_EXECUTABLE;
  if (named !== undefined && named !== '') return named;
  try {
    return await downloadAndUnzipVSCode({ version: 'stable', cachePath: path.join(toolsFolder, 'desktop') });
  } catch (error) {
    console.error(`VS Code could not be downloaded: ${error.message}`);
    console.error('Name an installed one with VSCODE_EXECUTABLE=/path/to/code.');
    process.exit(1);
  }
}

const env = toolEnvironment({ VSCODE_EXECUTABLE: await executable() });
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
try {
  run(process.execPath, ['esbuild.js'], { env });
  run(
    process.execPath,
    [vitest, 'run', '--config', 'test/vscode/vitest.config.mts', 'test/vscode/inside.test.ts'],
    {
      env,
    },
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
