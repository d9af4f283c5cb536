import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decode } from './decode';
import type { FileText } from './decode';
import { disk } from './disk';
import type { Disk } from './disk';
import { FileTexts } from './file-texts';
import { normalPath } from './paths';

// What the editor believes about files, beside what is on a real disk.

let base: string;
beforeAll(() => (base = normalPath(realpathSync(mkdtempSync(path.join(tmpdir(), 'gatehouse-texts-'))))));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Folders that are looked into, or come and go as such; one lies in another. */
const roots = ['ws', 'other', 'ws/sub/nested'];
const places = [
  'ws',
  'ws/sub',
  'ws/sub/nested',
  'ws/.git',
  'ws/.gatehouse',
  'ws/node_modules',
  'other',
  'far',
];
const names = ['a.yaml', 'b_test.yml', 'C.YAML', 'policy.json', 'notes.txt'];
const files = places.flatMap((place) => names.map((name) => `${place}/${name}`));

type Encoding = 'utf8' | 'bom' | 'utf16le' | 'utf16be' | 'utf16le without mark' | 'latin1';

type Step =
  /** Another program, or the editor itself, changes the disk. */
  | { do: 'write'; file: string; text: string; encoding: Encoding }
  | { do: 'delete'; what: string }
  | { do: 'rename'; from: string; to: string }
  | { do: 'link'; from: string; to: string }
  /** A person in the editor. */
  | { do: 'open'; file: string }
  | { do: 'edit'; file: string; text: string }
  | { do: 'save'; file: string; encoding: Encoding }
  | { do: 'close'; file: string }
  /** Events of watchers arrive, so many of them, in either order. */
  | { do: 'hear'; count: number; backwards: boolean }
  | { do: 'folders'; folders: string[] }
  /** Time passes, in turns of the event loop. */
  | { do: 'turn'; count: number }
  | { do: 'wait' };

const anyFile = fc.constantFrom(...files);
const anyPlace = fc.constantFrom(...places);
const anyText = fc
  .tuple(
    fc.constantFrom('x: 1\n', 'apiVersion: api.cerbos.dev/v1\n', '{"a": "api.cerbos.dev/v1"}', '# ü\r\n', ''),
    fc.nat(9),
  )
  .map(([text, number]) => (text === '' ? '' : `${text}# ${number}\n`));
const anyEncoding = fc.constantFrom<Encoding>(
  'utf8',
  'utf8',
  'bom',
  'utf16le',
  'utf16be',
  'utf16le without mark',
  'latin1',
);

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('write' as const), file: anyFile, text: anyText, encoding: anyEncoding }),
  fc.record({ do: fc.constant('delete' as const), what: fc.oneof(anyFile, anyPlace) }),
  fc.record({ do: fc.constant('rename' as const), from: anyFile, to: anyFile }),
  fc.record({ do: fc.constant('rename' as const), from: anyPlace, to: anyPlace }),
  fc.record({ do: fc.constant('link' as const), from: anyFile, to: anyFile }),
  fc.record({ do: fc.constant('link' as const), from: fc.constantFrom('ws/link', 'other'), to: anyPlace }),
  fc.record({ do: fc.constant('open' as const), file: anyFile }),
  fc.record({ do: fc.constant('edit' as const), file: anyFile, text: anyText }),
  fc.record({ do: fc.constant('save' as const), file: anyFile, encoding: anyEncoding }),
  fc.record({ do: fc.constant('close' as const), file: anyFile }),
  fc.record({ do: fc.constant('hear' as const), count: fc.nat(4), backwards: fc.boolean() }),
  fc.record({ do: fc.constant('folders' as const), folders: fc.subarray(roots) }),
  fc.record({ do: fc.constant('turn' as const), count: fc.nat(6) }),
  fc.record({ do: fc.constant('wait' as const) }),
);

const history = fc.array(anyStep, { maxLength: 40, size: 'max' });
const delays = fc.array(fc.oneof(fc.constant(0), fc.nat(2_000)), { maxLength: 8 });

function bytesOf(text: string, encoding: Encoding): Buffer {
  switch (encoding) {
    case 'utf8':
      return Buffer.from(text, 'utf8');
    case 'bom':
      return Buffer.from(`\ufeff${text}`, 'utf8');
    case 'utf16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'utf16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    case 'utf16le without mark':
      return Buffer.from(text.replaceAll('ü', 'u'), 'utf16le');
    case 'latin1':
      return Buffer.from(text, 'latin1');
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await nextTurn();
  }
}

/** Takes the steps of a history on a disk of its own, and keeps the books that an outsider could keep. */
class World {
  /** Undefined for files that the editor shows, and that are no part of any policy set. */
  readonly open = new Map<string, string | undefined>();
  /** The texts that listeners were given. */
  readonly told = new Map<string, FileText>();
  readonly texts: FileTexts;
  folders: readonly string[] = [];
  /** How often the disk was looked at, answers that are still on their way included. */
  seen = 0;
  readonly #home: string;
  readonly #unheard: string[] = [];

  /** @param late delays the answer to a look at the disk, of which it gets the number, 1-based */
  constructor(home: string, late: (look: number) => Promise<void> = () => Promise.resolve()) {
    this.#home = home;
    const slow: Disk = {
      look: async (...where) => {
        const found = await disk.look(...where);
        await late(++this.seen);
        return found;
      },
    };
    this.texts = new FileTexts(slow, {
      changed: (file, now) => {
        if (now === undefined) {
          this.told.delete(file);
        } else {
          this.told.set(file, now);
        }
      },
      settled: () => undefined,
    });
    for (const place of places) {
      mkdirSync(this.at(place), { recursive: true });
    }
  }

  at(name: string): string {
    return `${this.#home}/${name}`;
  }

  setFolders(folders: readonly string[]): void {
    this.folders = folders.map((each) => this.at(each));
    this.texts.setFolders(this.folders);
  }

  async take(step: Step): Promise<void> {
    try {
      switch (step.do) {
        case 'write':
          mkdirSync(path.dirname(this.at(step.file)), { recursive: true });
          writeFileSync(this.at(step.file), bytesOf(step.text, step.encoding));
          // Written through a link, only the file that it leads to is told of.
          {
            this.#happened(normalPath(realpathSync(this.at(step.file))).slice(this.#home.length + 1));
            return;
          }
        case 'delete':
          rmSync(this.at(step.what), { recursive: true, force: true });
          {
            this.#happened(step.what);
            return;
          }
        case 'rename':
          renameSync(this.at(step.from), this.at(step.to));
          // Of a folder nothing is told of what is in it.
          {
            this.#happened(step.from, step.to);
            return;
          }
        case 'link':
          symlinkSync(this.at(step.to), this.at(step.from));
          {
            this.#happened(step.from);
            return;
          }
        case 'open': {
          this.#edit(step.file, decode(readFileSync(this.at(step.file))).text);
          return;
        }
        case 'edit':
          if (this.open.has(step.file)) {
            this.#edit(step.file, step.text);
          }
          return;
        case 'save': {
          const text = this.open.get(step.file);
          if (text === undefined) {
            return;
          }
          await this.take({ do: 'write', file: step.file, text, encoding: step.encoding });
          // The editor's text is what can be stored.
          this.#edit(step.file, decode(readFileSync(this.at(step.file))).text);
          this.texts.refresh(this.at(step.file));
          return;
        }
        case 'close':
          this.open.delete(step.file);
          this.texts.close(this.at(step.file));
          return;
        case 'hear': {
          this.hear(step.count, step.backwards);
          return;
        }
        case 'folders': {
          this.setFolders(step.folders);
          return;
        }
        case 'turn': {
          await turns(step.count);
          return;
        }
        case 'wait': {
          await this.texts.settled();
          return;
        }
      }
    } catch (error) {
      // What cannot be done, such as renaming what is not there, did not happen.
      if (!(error instanceof Error && 'code' in error)) {
        throw error;
      }
    }
  }

  hear(count: number, backwards = false): void {
    const heard = this.#unheard.splice(0, count);
    for (const each of backwards ? heard.reverse() : heard) {
      this.texts.refresh(this.at(each));
    }
  }

  async end(): Promise<void> {
    this.hear(this.#unheard.length);
    await this.texts.settled();
  }

  /** The text that every file must have, from the disk and the editor. */
  expected(): Map<string, FileText> {
    const found = new Map<string, Buffer>();
    for (const folder of this.folders) {
      gather(folder, found);
    }
    const all = new Map<string, FileText>();
    for (const [file, bytes] of found) {
      const text = decode(bytes);
      if (!file.endsWith('.json') || text.text.includes('api.cerbos.dev/')) {
        all.set(file, text);
      }
    }
    for (const [name, text] of this.open) {
      const file = this.at(name);
      const stored = all.get(file);
      if (text === undefined) {
        all.delete(file);
      } else {
        all.set(file, { text, encoding: stored?.encoding });
      }
    }
    return all;
  }

  #happened(...what: string[]): void {
    this.#unheard.push(...what);
  }

  #edit(name: string, text: string): void {
    this.texts.edit(this.at(name), text);
    // Whether JSON goes on counting while it is typed depends on what was known before; that is not the question here.
    if (!name.endsWith('.txt')) {
      this.open.set(name, this.texts.text(this.at(name))?.text);
    }
  }
}

/** Gathers the files of a folder in the plainest way. */
function gather(folder: string, found: Map<string, Buffer>): void {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!['.git', 'node_modules'].includes(entry.name)) {
        gather(file, found);
      }
    } else if (/\.(ya?ml|json)$/i.test(entry.name)) {
      try {
        found.set(file, readFileSync(file));
      } catch {
        // A link to nowhere, or to a folder.
      }
    }
  }
}

function sorted(texts: Map<string, FileText>): [string, FileText][] {
  return [...texts].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('after any history', () => {
  const seed = Number(process.env['GATEHOUSE_SEED'] ?? 20_260);
  const numRuns = Number(process.env['GATEHOUSE_RUNS'] ?? 300);
  test(`texts are the editor's, else the disk's, with seed ${seed}`, { timeout: 600_000 }, async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(history, delays, async (steps, late) => {
        const home = `${base}/${number++}`;
        const world = new World(home, (look) => turns(late[look % late.length] ?? 0));
        world.setFolders(['ws', 'other']);
        for (const step of steps) {
          await world.take(step);
        }
        await world.end();
        const known = new Map(world.texts.paths().map((file) => [file, world.texts.text(file)!]));
        expect(sorted(known)).toEqual(sorted(world.expected()));
        expect(sorted(world.told), 'what was told').toEqual(sorted(known));
        rmSync(home, { recursive: true, force: true });
      }),
      { seed, numRuns },
    );
  });
});

/** A world in which the answer to one look at the disk comes when it is let go. */
function worldWithHeld(name: string, held: number): { world: World; letGo: () => void } {
  let letGo = (): void => undefined;
  const free = new Promise<void>((resolve) => (letGo = resolve));
  const world = new World(`${base}/${name}`, (look) => (look === held ? free : Promise.resolve()));
  return { world, letGo };
}

describe('a file on disk', () => {
  test('a file on disk has its last text, though an older read of it takes longer', async () => {
    // The third look, after those at the folder and at the file, sees the first edit.
    const { world, letGo } = worldWithHeld('slow', 3);
    await world.take({ do: 'write', file: 'other/a.yaml', text: 'old: 1\n', encoding: 'utf8' });
    world.setFolders(['other']);
    await world.texts.settled();
    const file = world.at('other/a.yaml');
    writeFileSync(file, 'first: 1\n');
    world.texts.refresh(file);
    while (world.seen < 3) {
      await nextTurn();
    }
    writeFileSync(file, 'second: 1\n');
    world.texts.refresh(file);
    // A look at another file ends after one that had begun with it.
    await world.take({ do: 'write', file: 'other/b_test.yml', text: 'x: 1\n', encoding: 'utf8' });
    world.texts.refresh(world.at('other/b_test.yml'));
    while (world.texts.text(world.at('other/b_test.yml')) === undefined) {
      await nextTurn();
    }
    letGo();
    await world.texts.settled();
    await turns(100);
    expect(world.texts.text(file)?.text).toBe('second: 1\n');
  });
});

describe('a closed file', () => {
  test('a closed file keeps the text that was saved, though an older one is just being read', async () => {
    const { world, letGo } = worldWithHeld('closing', 3);
    await world.take({ do: 'write', file: 'other/a.yaml', text: 'old: 1\n', encoding: 'utf8' });
    world.setFolders(['other']);
    await world.texts.settled();
    const file = world.at('other/a.yaml');
    const text = (): string | undefined => world.texts.text(file)?.text;
    world.texts.refresh(file);
    while (world.seen < 3) {
      await nextTurn();
    }
    world.texts.edit(file, 'new: 1\n');
    writeFileSync(file, 'new: 1\n');
    world.texts.close(file);
    letGo();
    const seen = new Set<string | undefined>();
    while (!world.texts.isSettled) {
      seen.add(text());
      await nextTurn();
    }
    expect([...seen, text()]).toEqual(['new: 1\n', 'new: 1\n']);
  });

  test('a closed file keeps the text that was saved, though no watcher reports it', async () => {
    const world = new World(`${base}/closed`);
    await world.take({ do: 'write', file: 'ws/a.yaml', text: 'old: 1\n', encoding: 'utf8' });
    world.setFolders(['ws']);
    await world.texts.settled();
    const seen: (string | undefined)[] = [];
    const look = (): unknown => seen.push(world.texts.text(world.at('ws/a.yaml'))?.text);
    await world.take({ do: 'open', file: 'ws/a.yaml' });
    world.texts.edit(world.at('ws/a.yaml'), 'new: 1\n');
    writeFileSync(world.at('ws/a.yaml'), 'new: 1\n');
    look();
    world.texts.close(world.at('ws/a.yaml'));
    look();
    await world.texts.settled();
    look();
    expect(seen).toEqual(['new: 1\n', 'new: 1\n', 'new: 1\n']);
  });
});

describe('encodings', () => {
  test.each([
    ['utf8', undefined],
    ['bom', 'UTF-8 with a byte order mark'],
    ['utf16le', 'UTF-16'],
    ['utf16be', 'UTF-16'],
    ['utf16le without mark', 'UTF-16'],
  ] as const)('a file in %s has the text that an editor shows', (encoding, name) => {
    const text = 'name: "a"\r\n# 漢\n';
    const ascii = encoding === 'utf16le without mark' ? 'name: "a"\r\n' : text;
    expect(decode(bytesOf(ascii, encoding))).toEqual({ text: ascii, encoding: name });
  });

  test('the empty file, and one with a NUL, are UTF-8', () => {
    expect(decode(Buffer.from(''))).toEqual({ text: '', encoding: undefined });
    expect(decode(Buffer.from('a\u0000b: c\n'))).toEqual({ text: 'a\u0000b: c\n', encoding: undefined });
  });
});
