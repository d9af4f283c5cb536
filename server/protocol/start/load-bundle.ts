import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import type { CodeCache } from './code-cache';

/** A bundle that was loaded. */
export interface LoadedBundle {
  readonly exports: unknown;
  /** True if V8 took the compiled code of an earlier start. */
  readonly fromCache: boolean;
  /**
   * Keeps the compiled code for the next start, with that of all functions that have run until now; does nothing if it
   * came from the cache. Takes some tens of milliseconds.
   */
  readonly keep: () => void;
}

/**
 * Loads a CommonJS bundle, as `require` does, with the code that V8 has compiled at an earlier start. The entry's name
 * says for which text, V8, flags and processor it is; any other does not fit.
 * @param file absolute path of a bundle of this installation
 * @param cache missing: nothing is read or kept
 * @throws whatever the bundle throws; file system errors if it can't be read
 */
export function loadBundle(file: string, cache: CodeCache | undefined): LoadedBundle {
  const source = readFileSync(file);
  const name = entryName(file, source);
  const cachedData = cache?.read(name);
  const script = new Script(wrapped(source.toString('utf8')), {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  const fromCache = cachedData !== undefined && script.cachedDataRejected === false;
  const module = { exports: {} as unknown };
  const run = script.runInThisContext() as (
    exports: unknown,
    require: NodeJS.Require,
    module: { exports: unknown },
    filename: string,
    folder: string,
  ) => void;
  run(module.exports, createRequire(file), module, file, dirname(file));
  return {
    exports: module.exports,
    fromCache,
    keep: () => {
      if (!fromCache) {
        cache?.write(name, script.createCachedData());
      }
    },
  };
}

/** As Node.js wraps its CommonJS modules. */
function wrapped(source: string): string {
  return `(function (exports, require, module, __filename, __dirname) { ${source}\n})`;
}

/** Names what compiled code is for: V8 itself compares no more of the text than its length. */
export function entryName(file: string, source: Buffer): string {
  const text = createHash('sha256').update(source).digest('hex').slice(0, 32);
  const tag = cachedDataVersionTag().toString(16);
  return `${basename(file, '.js')}-${text}-${process.version}-${process.arch}-${tag}`;
}
