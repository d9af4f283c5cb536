import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../tools';
import { gatehouseVsix } from './host/pack';

// vsce brings yauzl to write what VS Code will unpack; this reads it back.
interface ZipEntry {
  readonly fileName: string;
  readonly uncompressedSize: number;
}

/** The files in the VSIX with their sizes in bytes. */
function entries(): ZipEntry[] {
  const script = `
    require('yauzl').open(process.argv[1], (error, zip) => {
      if (error) throw error;
      const found = [];
      zip.on('entry', ({ fileName, uncompressedSize }) => found.push({ fileName, uncompressedSize }));
      zip.on('end', () => console.log(JSON.stringify(found)));
    });`;
  const output = execFileSync(process.execPath, ['-e', script, gatehouseVsix], {
    cwd: root,
    encoding: 'utf8',
  });
  return JSON.parse(output) as ZipEntry[];
}

describe('the VSIX', () => {
  const files = entries();
  const names = files.map(({ fileName }) => fileName.replace(/^extension\//, ''));

  test('the VSIX has the bundles, the default policies and the documents', () => {
    const bundles = ['extension', 'guard', 'cli', 'engine', 'language-server'].map(
      (name) => `dist/${name}.js`,
    );
    expect(names).toEqual(expect.arrayContaining([...bundles, 'package.json', 'package.nls.json']));
    const documents = ['readme.md', 'changelog.md', 'license.txt'];
    expect(names.map((name) => name.toLowerCase())).toEqual(expect.arrayContaining(documents));
    expect(names.filter((name) => /^policies\/base\/.*\.yaml$/.test(name))).not.toEqual([]);
    expect(names.filter((name) => /^policies\/guardrails\/.*\.yaml$/.test(name))).not.toEqual([]);
  });

  test('the VSIX has no sources, tests, dependencies or other things', () => {
    const known =
      /^(dist\/[a-z-]+\.js|policies\/.*\.ya?ml|media\/.*\.(png|svg|md|gif)|l10n\/.*\.json|schemas\/.*\.json|syntaxes\/.*\.json|package(\.nls(\..+)?)?\.json|readme\.md|changelog\.md|license\.txt|\[Content_Types\]\.xml|extension\.vsixmanifest)$/i;
    expect(names.filter((name) => !known.test(name))).toEqual([]);
  });

  test('the VSIX is small', () => {
    const kilobytes = Math.ceil(statSync(gatehouseVsix).size / 1024);
    const listed = files.map(
      ({ fileName, uncompressedSize }) => `${String(uncompressedSize).padStart(9)}  ${fileName}`,
    );
    console.log([`${path.basename(gatehouseVsix)}: ${kilobytes} KB`, ...listed].join('\n'));
    expect(kilobytes).toBeLessThan(4_096);
  });
});
