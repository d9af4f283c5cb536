// Which files of a folder are policies, and what a policy may be written in, on disk and beside `cerbos 0.55`.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compilePolicySet } from '../../../server/policy';
import { cerbosBinary } from '../../tools';
import { readPolicyDirectory } from '../../../server/policy/folder';

const policy = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: album
  version: default
  rules:
    - {actions: [view], effect: EFFECT_ALLOW, roles: [user]}
`;
const broken = policy.replace('rules', 'rulez').replace('album', 'broken');
const photo = policy.replace('album', 'photo');

let outside: string;
let directory: string;

beforeEach(async () => {
  outside = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-loading-'));
  directory = path.join(outside, 'policies');
  await put('album.yaml', policy);
});

afterEach(async () => {
  await rm(outside, { recursive: true, force: true });
});

async function put(name: string, text: string, below = directory): Promise<void> {
  const file = path.join(below, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

function binaryRefuses(): Promise<boolean> {
  return new Promise((resolve, reject) => {
    execFile(cerbosBinary(), ['compile', '--output=json', '--skip-tests', directory], (error) => {
      if (error === null) {
        resolve(false);
      } else if (error.code === 3 || error.code === 1) {
        resolve(true);
      } else {
        reject(new Error('cerbos compile ended in another way', { cause: error }));
      }
    });
  });
}

async function weRefuse(): Promise<boolean> {
  try {
    return compilePolicySet(await readPolicyDirectory(directory)).set === undefined;
  } catch {
    return true;
  }
}

describe('a file that is no valid policy', () => {
  test.each([
    ['broken.yaml', true],
    ['broken.yml', true],
    ['broken.json', true],
    ['BROKEN.YAML', true],
    ['a/b/broken.yaml', true],
    ['broken.txt', false],
    ['broken', false],
    ['.broken.yaml', false],
    ['.hidden/broken.yaml', false],
    ['a/.hidden/b/broken.yaml', false],
    ['testdata/broken.yaml', false],
    ['a/testdata/b/broken.yaml', false],
    ['_schemas/broken.yaml', false],
    ['broken_test.yaml', false],
  ])('a broken file named %s is refused: %s', async (name, refused) => {
    await put(name, broken);
    expect({ binary: await binaryRefuses(), ours: await weRefuse() }).toEqual({
      binary: refused,
      ours: refused,
    });
  });

  test.each([
    ['a link to a file counts', 'file', true],
    ['a link to a folder is not followed', 'folder', false],
  ])('a file that is no valid policy is treated as in cerbos 0.55: %s', async (_, kind, refused) => {
    await put('elsewhere/broken.yaml', broken, outside);
    if (kind === 'file') {
      await symlink(path.join(outside, 'elsewhere/broken.yaml'), path.join(directory, 'a.yaml'));
    } else {
      await symlink(path.join(outside, 'elsewhere'), path.join(directory, 'linked'));
    }
    expect({ binary: await binaryRefuses(), ours: await weRefuse() }).toEqual({
      binary: refused,
      ours: refused,
    });
  });
});

describe('notations of policies', () => {
  test.each([
    [
      'in JSON',
      'photo.json',
      JSON.stringify({
        apiVersion: 'api.cerbos.dev/v1',
        resourcePolicy: { resource: 'photo', version: 'default' },
      }),
    ],
    ['with lines that end as on Windows', 'photo.yaml', photo.replaceAll('\n', '\r\n')],
    ['after a document’s start', 'photo.yaml', `---\n${photo}`],
    [
      'with anchors',
      'photo.yaml',
      photo
        .replace('[view]', '&a [view]')
        .replace('[user]}', '[user]}\n    - {actions: *a, effect: EFFECT_DENY, roles: [guest]}'),
    ],
    [
      'with merge keys',
      'photo.yaml',
      photo
        .replace('- {actions', '- &a {actions')
        .replace('[user]}', '[user]}\n    - {<<: *a, effect: EFFECT_DENY}'),
    ],
  ])('a policy may be written %s', async (_, name, text) => {
    await put(name, text);
    expect({ binary: await binaryRefuses(), ours: await weRefuse() }).toEqual({ binary: false, ours: false });
  });

  test.each([
    ['several in one file', `${photo}---\n${photo.replace('photo', 'video')}`],
    ['with an alias of no anchor', photo.replace('[view]', '*nothing')],
    ['twice', policy],
  ])('a file is refused by both where a policy is written %s', async (_, text) => {
    await put('photo.yaml', text);
    expect({ binary: await binaryRefuses(), ours: await weRefuse() }).toEqual({ binary: true, ours: true });
  });
});
