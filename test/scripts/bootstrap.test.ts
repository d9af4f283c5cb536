import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isInstalled } from '../../scripts/bootstrap.mjs';

interface LockedPackage {
  readonly version?: string;
  readonly optional?: boolean;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-bootstrap-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes what is wanted, and what npm says is installed. */
function lay(
  wanted: Readonly<Record<string, LockedPackage>>,
  installed?: Readonly<Record<string, LockedPackage>>,
): void {
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...wanted } }));
  if (installed === undefined) {
    return;
  }
  mkdirSync(path.join(folder, 'node_modules'));
  const file = path.join(folder, 'node_modules', '.package-lock.json');
  writeFileSync(file, JSON.stringify({ packages: installed }));
}

describe('dependencies', () => {
  test('dependencies are missing in a fresh clone', () => {
    lay({ 'node_modules/a': { version: '1.0.0' } });
    expect(isInstalled(folder)).toBe(false);
  });

  test('dependencies are current if each is there in its version', () => {
    lay({ 'node_modules/a': { version: '1.0.0' } }, { 'node_modules/a': { version: '1.0.0' } });
    expect(isInstalled(folder)).toBe(true);
  });

  test('dependencies are stale if one has another version or is missing', () => {
    lay({ 'node_modules/a': { version: '1.0.1' } }, { 'node_modules/a': { version: '1.0.0' } });
    expect(isInstalled(folder)).toBe(false);
    rmSync(path.join(folder, 'node_modules'), { recursive: true });
    lay({ 'node_modules/a': { version: '1.0.0' } }, {});
    expect(isInstalled(folder)).toBe(false);
  });

  test('packages for other platforms may be missing', () => {
    lay({ 'node_modules/elsewhere': { version: '1.0.0', optional: true } }, {});
    expect(isInstalled(folder)).toBe(true);
  });
});
