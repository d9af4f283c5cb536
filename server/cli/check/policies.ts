import { compilePolicySet } from '../../policy';
import type { PolicySet } from '../../policy';
import { readPolicyDirectory } from '../../policy/folder';
import type { CommandContext } from '../command';

/** The exit code where the policies do not compile. */
export const doesNotCompile = 3;

/**
 * Reads and compiles a folder of policies; what is wrong with them goes to standard error.
 * @returns undefined if they do not compile
 */
export async function loadPolicies(
  directory: string,
  ignoreSchemas: boolean,
  { stderr }: CommandContext,
): Promise<PolicySet | undefined> {
  const files = await readPolicyDirectory(directory);
  const { set, issues } = compilePolicySet(files, undefined, { ignoreSchemas });
  for (const { severity, stage, file, line, column, message } of issues) {
    if (severity === 'error' && stage !== 'test') stderr.write(`${file}:${line}:${column} ${message}\n`);
  }
  return set;
}
