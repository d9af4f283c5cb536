import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../command';
import type { TokenArguments } from './options';
import type { KeySet, TokenVerification } from '../../policy/tokens';

/**
 * Reads the files of the key sets on the command line. Those at URLs are fetched when the first token comes.
 * @throws {UsageError} if a file cannot be read
 */
export async function readKeySets(
  { keySets, optionalAlg, optionalKid, ...verification }: TokenArguments,
  cwd: string,
): Promise<TokenVerification> {
  const sets = [...keySets].map(async ([id, source]): Promise<KeySet> => {
    return { id, source: await sourceOf(source, cwd), optionalAlg, optionalKid };
  });
  return { ...verification, keySets: await Promise.all(sets) };
}

async function sourceOf(source: string, cwd: string): Promise<KeySet['source']> {
  if (/^https?:\/\//.test(source)) {
    return { kind: 'remote', url: source };
  }
  let text: string;
  try {
    text = await readFile(path.resolve(cwd, source), 'utf8');
  } catch (error) {
    throw new UsageError(`The key set ${JSON.stringify(source)} cannot be read.`, { cause: error });
  }
  return { kind: text.includes('-----BEGIN ') ? 'pem' : 'jwks', text };
}
