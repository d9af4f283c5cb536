import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stateOf } from './folder-state';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-state-of-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the state of a folder', () => {
  const file = (...names: string[]): string => path.join(folder, ...names);

  test('the state of a folder changes when a file in it is added, changed, or removed, however deep it lies', async () => {
    const states = [await stateOf([folder])];
    mkdirSync(file('policies', 'deep'), { recursive: true });
    states.push(await stateOf([folder]));
    writeFileSync(file('policies', 'deep', 'a.yaml'), 'a');
    states.push(await stateOf([folder]));
    writeFileSync(file('policies', 'deep', 'a.yaml'), 'ab');
    states.push(await stateOf([folder]));
    rmSync(file('policies', 'deep', 'a.yaml'));
    states.push(await stateOf([folder]));
    expect(new Set(states).size).toBe(states.length);
  });

  test('the state of a folder stays the same as long as nothing changes, and where there is nothing', async () => {
    writeFileSync(file('mcp.json'), '{}');
    expect(await stateOf([file('mcp.json'), folder])).toBe(await stateOf([file('mcp.json'), folder]));
    expect(await stateOf([file('missing')])).toBe('');
  });

  test('the state of a folder does not depend on what a link leads to', async () => {
    symlinkSync(path.dirname(folder), file('out'));
    expect((await stateOf([folder])).split('\n')).toHaveLength(2);
  });
});
