import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../server/protocol';
import { holdsAnchor } from './anchored-logs';
import { Anchors } from './anchors';
import type { AnchorStorage } from './anchors';
import { newestLogs } from './session-log';

const name = '20261124T050000000Z-a.jsonl';
const line = (id: string): string =>
  JSON.stringify({ prev: '', time: '2026-11-24T05:00:00.000Z', type: 'outcome', id, status: 'ok' });
let folder: string;
let secrets: Map<string, string>;
let storage: AnchorStorage;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  secrets = new Map();
  storage = {
    get: (key) => Promise.resolve(secrets.get(key)),
    store: (key, value) => {
      secrets.set(key, value);
      return Promise.resolve();
    },
  };
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function mkdirIfGone(): Promise<string> {
  await mkdir(folder, { recursive: true });
  return folder;
}

/** A window that looks at the folder; each has its own memory, all have the same secrets. */
async function look(anchors = new Anchors(storage)): Promise<boolean> {
  const logs = await newestLogs(folder, 5, []);
  await Promise.all(logs.map((log) => log.refresh()));
  return anchors.see('key', logs, (anchor) => holdsAnchor(folder, anchor));
}

describe('what VS Code has seen of a log', () => {
  beforeEach(async () => {
    await writeFile(join(folder, name), `${line('1')}\n${line('2')}\n`);
    expect(await look()).toBe(true);
  });

  test('the anchor, the last finished line of a log, is kept outside the folder', async () => {
    await appendFile(join(folder, name), `${line('3')}\n{"unfinished`);
    expect(await look()).toBe(true);
    expect(await new Anchors(storage).all()).toEqual({
      key: { log: name, lines: 3, hash: sha256(line('3')) },
    });
  });

  test.each<[string, () => Promise<void>]>([
    ['its end is gone', () => writeFile(join(folder, name), `${line('1')}\n`)],
    ['its last line is another', () => writeFile(join(folder, name), `${line('1')}\n${line('x')}\n`)],
    ['it is gone', () => rm(join(folder, name))],
    ['its folder is gone', () => rm(folder, { recursive: true })],
    [
      'a later one stands alone',
      async () => {
        await rm(join(folder, name));
        await writeFile(join(folder, '20261125T050000000Z-b.jsonl'), `${line('1')}\n`);
      },
    ],
  ])('an anchor shows when %s, and is not forgotten then', async (_, tamper) => {
    await tamper();
    const anchors = new Anchors(storage);
    expect(await look(anchors)).toBe(false);
    expect(await look(anchors)).toBe(true);
    expect(await look()).toBe(false);
    // Until a person says that they know.
    anchors.accept('key');
    await writeFile(join(await mkdirIfGone(), '20261126T050000000Z-c.jsonl'), `${line('1')}\n`);
    expect(await look(anchors)).toBe(true);
    expect(await look()).toBe(true);
  });

  test('an anchor causes no complaint when the log is longer now, or was removed for its age', async () => {
    await appendFile(join(folder, name), `${line('3')}\n`);
    expect(await look()).toBe(true);
    await rm(join(folder, name));
    const header = {
      ...(JSON.parse(line('h')) as object),
      type: 'session',
      retired: { through: name, hash: '' },
    };
    await writeFile(join(folder, '20261125T050000000Z-b.jsonl'), `${JSON.stringify(header)}\n`);
    expect(await look()).toBe(true);
  });
});
