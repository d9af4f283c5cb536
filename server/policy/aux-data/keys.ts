import { createPublicKey } from 'node:crypto';
import type { JWK } from 'jose';
import { TokenError } from './types';
import type { KeySet } from './types';

/**
 * Reads a key set and checks that its keys say what they are for, as `cerbos 0.55` does. Private keys are good for
 * verifying too; only their public halves are kept.
 * @throws {@link TokenError}
 */
export function readKeys(text: string, { source, optionalAlg, optionalKid }: KeySet): readonly JWK[] {
  if (source.kind === 'pem') {
    return pemKeys(text);
  }
  const keys = jwksKeys(text);
  for (const [index, { alg, kid }] of keys.entries()) {
    const missing =
      optionalAlg !== true && !isText(alg)
        ? 'algorithm (alg)'
        : optionalKid !== true && !isText(kid)
          ? 'key ID (kid)'
          : undefined;
    if (missing) {
      throw new TokenError(`failed to validate key at idx ${index}: missing ${missing}`);
    }
  }
  return keys;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function jwksKeys(text: string): readonly JWK[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new TokenError('failed to parse key data');
  }
  const keys: unknown = isObject(parsed) && 'keys' in parsed ? parsed['keys'] : [parsed];
  if (!Array.isArray(keys) || !keys.every(isKey)) {
    throw new TokenError('failed to parse key data');
  }
  return keys.map(publicHalf);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKey(value: unknown): value is JWK {
  return isObject(value) && isText(value['kty']);
}

const privateParts: readonly string[] = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'];

function publicHalf(key: JWK): JWK {
  return Object.fromEntries(Object.entries(key).filter(([name]) => !privateParts.includes(name)));
}

function pemKeys(text: string): readonly JWK[] {
  const blocks = text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
  if (blocks.length === 0) {
    throw new TokenError('failed to parse key data');
  }
  return blocks.map((block) => {
    try {
      return createPublicKey(block).export({ format: 'jwk' });
    } catch {
      throw new TokenError('failed to parse key data');
    }
  });
}
