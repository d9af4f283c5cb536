import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CodeCache } from './code-cache';

const data = Buffer.from('compiled code');
const posix = process.platform !== 'win32';
let root: string;
let cache: CodeCache;
let entry: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-cache-'));
  writeFileSync(join(root, 'key'), `${'5a'.repeat(32)}\n`, { mode: 0o600 });
  cache = new CodeCache(root);
  entry = join(root, 'cache', 'engine');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('what was kept under a name is found under it, and nowhere else', () => {
  cache.write('engine', data);
  expect(new CodeCache(root).read('engine')).toEqual(data);
  expect(cache.read('engine-of-another-build')).toBeUndefined();
});

test('what is kept last counts, and nothing is left beside it', () => {
  cache.write('engine', Buffer.from('before'));
  cache.write('engine', data);
  expect(cache.read('engine')).toEqual(data);
  expect(readdirSync(join(root, 'cache'))).toEqual(['engine']);
});

test.runIf(posix)('what is kept is closed to others', () => {
  cache.write('engine', data);
  expect([entry, join(root, 'cache')].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o700]);
});

test('where nothing was ever set up, nothing is made', () => {
  rmSync(join(root, 'key'));
  cache.write('engine', data);
  expect(readdirSync(root)).toEqual([]);
  const missing = new CodeCache(join(root, 'missing'));
  missing.write('engine', data);
  expect(missing.read('engine')).toBeUndefined();
  expect(existsSync(join(root, 'missing'))).toBe(false);
});

test('entries of builds that are gone make place', () => {
  for (let build = 0; build < 12; build++) {
    cache.write(`engine-${build}`, data);
    utimesSync(join(root, 'cache', `engine-${build}`), build, build);
  }
  expect(readdirSync(join(root, 'cache')).sort()).toEqual(
    [4, 5, 6, 7, 8, 9, 10, 11].map((build) => `engine-${build}`).sort(),
  );
});

describe('an entry is as if it were not there', () => {
  beforeEach(() => {
    cache.write('engine', data);
    expect(cache.read('engine')).toEqual(data);
  });

  test('if it is truncated', () => {
    for (const size of [statSync(entry).size - 1, 32, 31, 0]) {
      truncateSync(entry, size);
      expect(cache.read('engine')).toBeUndefined();
    }
  });

  test.each([0, 31, 32, 32 + data.length - 1])('if its byte %i is another', (at) => {
    const bytes = readFileSync(entry);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(entry, bytes);
    expect(cache.read('engine')).toBeUndefined();
  });

  test('if it was kept under another name, such as that of another build', () => {
    renameSync(entry, `${entry}2`);
    expect(cache.read('engine2')).toBeUndefined();
  });

  test('if it was signed with the key of another installation', () => {
    writeFileSync(join(root, 'key'), `${'a5'.repeat(32)}\n`);
    expect(cache.read('engine')).toBeUndefined();
  });

  test('if the key is damaged', () => {
    writeFileSync(join(root, 'key'), '');
    expect(cache.read('engine')).toBeUndefined();
  });

  test('if it is no file', () => {
    rmSync(entry);
    mkdirSync(entry);
    expect(cache.read('engine')).toBeUndefined();
  });
});

describe.runIf(posix)('an entry is as if it were not there, though its signature is right,', () => {
  beforeEach(() => cache.write('engine', data));
  afterEach(() => expect(cache.read('engine')).toBeUndefined());

  test('if others can write it', () => {
    chmodSync(entry, 0o620);
  });

  test('if others can write its folder', () => {
    chmodSync(join(root, 'cache'), 0o702);
  });

  test('if others can write the state folder', () => {
    chmodSync(root, 0o770);
  });

  test('if others can read the key', () => {
    chmodSync(join(root, 'key'), 0o640);
  });

  test('if it is a symbolic link', () => {
    renameSync(entry, join(root, 'elsewhere'));
    symlinkSync(join(root, 'elsewhere'), entry);
  });

  test('if its folder is a symbolic link', () => {
    renameSync(join(root, 'cache'), join(root, 'elsewhere'));
    symlinkSync(join(root, 'elsewhere'), join(root, 'cache'));
  });

  test('if it belongs to another user', () => {
    cache = new CodeCache(root, (process.getuid?.() ?? 0) + 1);
  });
});

describe.runIf(posix)('nothing is written', () => {
  test('into a folder that others can write', () => {
    mkdirSync(join(root, 'cache'));
    chmodSync(join(root, 'cache'), 0o777);
    cache.write('engine', data);
    expect(readdirSync(join(root, 'cache'))).toEqual([]);
  });

  test('through a link: it is replaced', () => {
    const target = join(root, 'target');
    writeFileSync(target, 'kept');
    mkdirSync(join(root, 'cache'), { mode: 0o700 });
    symlinkSync(target, entry);
    cache.write('engine', data);
    expect(readFileSync(target, 'utf8')).toBe('kept');
    expect(cache.read('engine')).toEqual(data);
  });

  test('into a file that has another name, too: it is replaced', () => {
    cache.write('engine', Buffer.from('before'));
    linkSync(entry, join(root, 'other'));
    const before = readFileSync(join(root, 'other'));
    cache.write('engine', data);
    expect(readFileSync(join(root, 'other'))).toEqual(before);
  });
});
