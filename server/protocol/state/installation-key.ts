import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { createHmac, randomBytes } from 'node:crypto';
import type { StateLayout } from './folder';
import { readPrivate } from './private';
import { errorCode, StateError } from './state-error';

/**
 * The installation key, with which guard and window prove themselves to each other: 32 random bytes, made on first
 * use, 0600. Two processes that start together get the same.
 * @throws {StateError} if the key file holds something else
 */
export function installationKey(layout: StateLayout): Buffer {
  const there = readPrivate(layout.key) ?? create(layout);
  const text = there.trim();
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new StateError(
      `The installation key ${layout.key} is damaged. Remove the file, then reload all VS Code windows.`,
    );
  }
  return Buffer.from(text, 'hex');
}

/** Names the installation without telling its key: 16 hexadecimal digits. */
export function installationId(key: Buffer): string {
  return createHmac('sha256', key).update('gatehouse installation').digest('hex').slice(0, 16);
}

/** Links a finished file into place, so that nobody can read half a key. */
function create(layout: StateLayout): string {
  const text = `${randomBytes(32).toString('hex')}\n`;
  const temporary = `${layout.key}.${randomBytes(6).toString('hex')}.tmp`;
  writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
  try {
    linkSync(temporary, layout.key);
    return text;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') {
      return readPrivate(layout.key) ?? text;
    }
    // File systems without hard links: exclusive creation, which is atomic but for the writing itself.
    writeFileSync(layout.key, text, { flag: 'wx', mode: 0o600 });
    return text;
  } finally {
    rmSync(temporary, { force: true });
  }
}
