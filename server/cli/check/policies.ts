import path from 'node:path';
import { compilePolicySet } from '../../policy';
import type { PolicySet } from '../../policy';
import { readPolicyDirectory } from '../../policy/folder';
import { TokenVerifier } from '../../policy/tokens';
import type { CommandContext } from '../command';
import { readKeySets } from './key-sets';
import type { CheckArguments } from './options';

/** The exit code where the policies do not compile. */
export const doesNotCompile = 3;

/**
 * Reads a folder of policies and compiles it; what is wrong with them goes to standard error.
 * @returns undefined if they do not compile
 */
export async function loadPolicies(
  { decider, schemaEnforcement }: CheckArguments,
  { cwd, stderr }: CommandContext,
): Promise<PolicySet | undefined> {
  const files = await readPolicyDirectory(path.resolve(cwd, decider.where));
  // As in a Cerbos server, schemas that are not enforced may be missing or wrong.
  const ignoreSchemas = schemaEnforcement === 'none';
  const { set, issues } = compilePolicySet(files, undefined, { ignoreSchemas });
  for (const { severity, stage, file, line, column, message } of issues) {
    if (severity === 'error' && stage !== 'test') {
      stderr.write(`${file}:${line}:${column} ${message}\n`);
    }
  }
  return set;
}

/** The time that tokens are held against, in milliseconds since 1970: `--now`, or the present. */
export function clockOf({ now }: CheckArguments): () => number {
  return () => (now ? now.seconds * 1000 : Date.now());
}

/** @throws UsageError if a file of keys cannot be read */
export async function tokenVerifierOf(
  options: CheckArguments,
  { cwd }: CommandContext,
): Promise<TokenVerifier> {
  return new TokenVerifier(await readKeySets(options.tokens, cwd), clockOf(options));
}
