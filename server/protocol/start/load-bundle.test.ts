import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CodeCache } from './code-cache';
import { entryName, loadBundle } from './load-bundle';

let root: string;
let cache: CodeCache;
let file: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'));
  writeFileSync(join(root, 'key'), `${'5a'.repeat(32)}\n`, { mode: 0o600 });
  cache = new CodeCache(root);
  file = join(root, 'engine.js');
  writeFileSync(file, bundle(1));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Bundles of the same length, which is all that V8 compares. */
function bundle(digit: number): string {
  return `'use strict'; const { basename } = require('node:path'); exports.answer = () => ${digit};
    exports.place = [basename(__filename), basename(__dirname) === basename(require('path').dirname(__filename))];`;
}

function answer(exports: unknown): unknown {
  return (exports as { answer: () => unknown }).answer();
}

test('a bundle finds its exports, its place and what it requires, as with require', () => {
  const { exports } = loadBundle(file, undefined);
  expect(answer(exports)).toBe(1);
  expect(exports).toMatchObject({ place: ['engine.js', true] });
});

test('a bundle may replace its exports', () => {
  writeFileSync(file, 'module.exports = { answer: () => 3 };');
  expect(answer(loadBundle(file, undefined).exports)).toBe(3);
});

test('the second start takes the code that the first has kept', () => {
  const first = loadBundle(file, cache);
  expect([first.fromCache, answer(first.exports)]).toEqual([false, 1]);
  first.keep();
  const second = loadBundle(file, cache);
  expect([second.fromCache, answer(second.exports)]).toEqual([true, 1]);
  second.keep();
  expect(readdirSync(join(root, 'cache'))).toHaveLength(1);
});

test('the code of another build of the same length is not taken', () => {
  loadBundle(file, cache).keep();
  writeFileSync(file, bundle(2));
  const changed = loadBundle(file, cache);
  expect([changed.fromCache, answer(changed.exports)]).toEqual([false, 2]);
});

test('what V8 does not take is replaced', () => {
  const name = entryName(file, Buffer.from(bundle(1)));
  cache.write(name, Buffer.from('signed, but nothing that V8 knows'));
  const loaded = loadBundle(file, cache);
  expect([loaded.fromCache, answer(loaded.exports)]).toEqual([false, 1]);
  loaded.keep();
  expect(loadBundle(file, cache).fromCache).toBe(true);
});

test('an entry names the version of Node.js, the processor, and the text that it is for', () => {
  const name = entryName('/x/engine.js', Buffer.from('text'));
  expect(name.startsWith('engine-')).toBe(true);
  expect(name).toContain(`-${process.version}-${process.arch}-`);
  expect(entryName('/x/engine.js', Buffer.from('texT'))).not.toBe(name);
});

test('a bundle that is missing, or fails, is no matter of the cache', () => {
  writeFileSync(file, "throw new Error('broken bundle')");
  expect(() => loadBundle(file, cache)).toThrow('broken bundle');
  rmSync(file);
  expect(() => loadBundle(file, cache)).toThrow(/ENOENT/);
});
