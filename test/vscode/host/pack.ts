import { existsSync } from 'node:fs';
import { agentVsix, packAgent, vsixFile } from '../../../scripts/package.mjs';

export { agentVsix };

/** The packaged extension under test. */
export const gatehouseVsix = process.env['GATEHOUSE_VSIX'] ?? vsixFile();

/** Before all suites: the extension must be packed; the stand-in is packed here. */
export function setup(): void {
  if (!existsSync(gatehouseVsix)) {
    throw new Error(`${gatehouseVsix} is missing: run npm run package`);
  }
  packAgent();
}
