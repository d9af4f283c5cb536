import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../tools';
import { vsixFile } from '../../../scripts/package.mjs';

/** The VSIX of the extension that stands in for Copilot. */
export const agentVsix = path.join(root, 'out', 'copilot-stand-in.vsix');

/** The packaged extension under test. */
export const gatehouseVsix = process.env['GATEHOUSE_VSIX'] ?? vsixFile();

/** Before all suites: the extension must be packed; the stand-in is packed here. */
export function setup(): void {
  if (!existsSync(gatehouseVsix)) throw new Error(`${gatehouseVsix} is missing: run npm run package`);
  mkdirSync(path.dirname(agentVsix), { recursive: true });
  const packager = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const options = ['--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', agentVsix];
  const result = spawnSync(process.execPath, [packager, 'package', ...options], {
    cwd: path.join(root, 'test', 'vscode', 'agent'),
    encoding: 'utf8',
  });
  if (result.status !== 0)
    throw new Error(`The stand-in could not be packed:\n${result.stdout}${result.stderr}`);
}
