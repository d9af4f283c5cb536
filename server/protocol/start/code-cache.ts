import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';

/** Entries that are kept: of two versions of VS Code and of Node.js, with a few builds between. */
const mostEntries = 8;
const signatureBytes = 32;
const keyForm = /^[0-9a-f]{64}$/;

/**
 * V8's compiled code of Gatehouse's own bundles, kept from one start to the next in `cache/` of the state folder.
 *
 * What is read from it runs as code, and V8 believes nearly any bytes. So an entry counts only if it is signed with the
 * installation key under its own name, and lies in a folder and a file that are this user's, closed to others and no
 * links. Every other one is as if it were not there. Nothing here throws: without the cache a start takes longer.
 */
export class CodeCache {
  readonly #root: string;
  readonly #folder: string;
  readonly #user: number | undefined;

  /**
   * @param root the state folder; one that was never set up is left alone
   * @param user the user's id; undefined where the platform has none
   */
  constructor(root: string, user = process.getuid?.()) {
    this.#root = root;
    this.#folder = join(root, 'cache');
    this.#user = user;
  }

  /**
   * The data that {@link write} has kept under a name; undefined if there is none that can be trusted.
   * @param name letters, digits, `.` and `-`
   */
  read(name: string): Buffer | undefined {
    try {
      const key = this.#key();
      if (key === undefined || !this.#isPrivateFolder(this.#folder)) {
        return undefined;
      }
      const bytes = this.#readPrivate(join(this.#folder, name));
      if (bytes === undefined || bytes.length <= signatureBytes) {
        return undefined;
      }
      const data = bytes.subarray(signatureBytes);
      return timingSafeEqual(signatureOf(key, name, data), bytes.subarray(0, signatureBytes))
        ? data
        : undefined;
    } catch {
      return undefined;
    }
  }

  /** Keeps data under a name, whatever was there. Writes nothing where nothing was set up, or others could write. */
  write(name: string, data: Buffer): void {
    try {
      const key = this.#key();
      if (key === undefined) {
        return;
      }
      makeFolder(this.#folder);
      if (!this.#isPrivateFolder(this.#folder)) {
        return;
      }
      const path = join(this.#folder, name);
      const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
      try {
        const bytes = Buffer.concat([signatureOf(key, name, data), data]);
        writeFileSync(temporary, bytes, { flag: 'wx', mode: 0o600 });
        renameSync(temporary, path);
      } finally {
        rmSync(temporary, { force: true });
      }
      this.#prune(name);
    } catch {
      // The next start tries again.
    }
  }

  /** The installation key, if it is there and nobody else can have read it. It is never made, nor repaired, here. */
  #key(): Buffer | undefined {
    if (!this.#isPrivateFolder(this.#root)) {
      return undefined;
    }
    const text = this.#readPrivate(join(this.#root, 'key'))?.toString('latin1').trim() ?? '';
    return keyForm.test(text) ? Buffer.from(text, 'hex') : undefined;
  }

  #isPrivateFolder(path: string): boolean {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found?.isDirectory() === true && this.#isPrivate(found);
  }

  /** A regular file's bytes, never through a link. */
  #readPrivate(path: string): Buffer | undefined {
    // Windows has no such flag.
    const noFollow = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW | constants.O_NONBLOCK;
    if (process.platform === 'win32' && lstatSync(path).isSymbolicLink()) {
      return undefined;
    }
    const file = openSync(path, constants.O_RDONLY | noFollow);
    try {
      const found = fstatSync(file);
      return found.isFile() && this.#isPrivate(found) ? readFileSync(file) : undefined;
    } finally {
      closeSync(file);
    }
  }

  /** Windows keeps a profile's files to their owner by inherited access lists. */
  #isPrivate({ mode, uid }: Stats): boolean {
    return this.#user === undefined || (uid === this.#user && (mode & 0o077) === 0);
  }

  /** Removes what was not written for longest: of builds that are gone. */
  #prune(kept: string): void {
    const entries = readdirSync(this.#folder)
      .filter((name) => name !== kept)
      .map((name) => ({ name, written: statSync(join(this.#folder, name)).mtimeMs }))
      .sort((a, b) => b.written - a.written);
    for (const { name } of entries.slice(mostEntries - 1)) {
      rmSync(join(this.#folder, name), { force: true });
    }
  }
}

function makeFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
    mkdirSync(path, { mode: 0o700 });
  }
}

function signatureOf(key: Buffer, name: string, data: Buffer): Buffer {
  return createHmac('sha256', key).update(`gatehouse code cache\n${name}\n`).update(data).digest();
}
