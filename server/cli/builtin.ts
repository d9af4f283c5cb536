import { join } from 'node:path';

/** The folder of the built-in policies. The bundle is dist/cli.js; they lie beside dist. */
export function builtinPolicies(): string {
  return join(__dirname, '..', 'policies');
}
