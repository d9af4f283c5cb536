import { join } from 'node:path';
import { CodeCache, loadBundle, stateFolder } from '../protocol';
import type { Environment } from './upstream/environment';

/** Milliseconds after which a program that goes on has run most of what the next start needs. */
const settled = 5_000;

/**
 * Loads the bundle with the engine, with the code that an earlier start has left in the state folder.
 * @param folder absolute, with the bundles
 * @param home the user's home folder, absolute
 * @throws {StateError} if GATEHOUSE_HOME is no absolute path
 */
export function loadEngine(folder: string, env: Environment, home: string): unknown {
  const engine = loadBundle(join(folder, 'engine.js'), new CodeCache(stateFolder(env, home)));
  if (!engine.fromCache) {
    // Once: whichever comes first.
    const keep = (): void => {
      clearTimeout(timer);
      process.off('exit', keep);
      engine.keep();
    };
    const timer = setTimeout(keep, settled).unref();
    process.on('exit', keep);
  }
  return engine.exports;
}
