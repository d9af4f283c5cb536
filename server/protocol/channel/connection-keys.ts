import { createHmac } from 'node:crypto';

/** The keys of one connection; 32 bytes each. Both sides derive them from the installation key and the nonces. */
export interface ConnectionKeys {
  /** Shown by the window, which so proves that it knows the installation key; seals nothing. */
  readonly windowProof: Buffer;
  readonly guardToWindow: Buffer;
  readonly windowToGuard: Buffer;
}

/**
 * Derives the keys of one connection with HKDF-SHA-256 (RFC 5869): the installation key is the input, both nonces the
 * salt, protocol version and purpose the info. Written with HMAC because the Node.js in VS Code is built on BoringSSL.
 * @param nonces 32 bytes each
 */
export function connectionKeys(
  key: Buffer,
  nonces: { readonly guard: Buffer; readonly window: Buffer },
  version: number,
): ConnectionKeys {
  const extracted = hmac(Buffer.concat([nonces.guard, nonces.window]), key);
  // One block of output is as long as a key.
  const expand = (purpose: string): Buffer =>
    hmac(extracted, Buffer.from(`gatehouse/${version} ${purpose}\x01`));
  return {
    windowProof: expand('window proof'),
    guardToWindow: expand('guard to window'),
    windowToGuard: expand('window to guard'),
  };
}

function hmac(key: Buffer, data: Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
