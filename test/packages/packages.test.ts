// Both packages as somebody uses them who has nothing else: their tarballs are installed into an empty folder.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-packages-'));

function run(
  command: string,
  args: readonly string[],
): { readonly status: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32' && command === 'npm',
  });
  return { status, text: `${stdout}${stderr}` };
}

beforeAll(() => {
  const packed = run(process.execPath, [path.join(root, 'scripts/packages.mjs'), folder]);
  expect(packed.status, packed.text).toBe(0);
  writeFileSync(path.join(folder, 'package.json'), '{"private": true}');
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  expect(tarballs).toHaveLength(2);
  const installed = run('npm', [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    ...tarballs.map((name) => `./${name}`),
  ]);
  expect(installed.status, installed.text).toBe(0);
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The JavaScript examples of a README, each with the heading above it. */
function examplesIn(name: string): readonly (readonly [heading: string, code: string])[] {
  const text = readFileSync(path.join(root, 'packages', name, 'README.md'), 'utf8');
  return [...text.matchAll(/^## (.+)\n(?:(?!## )[^\n]*\n)*?```js\n([\s\S]*?)```/gm)].map(
    ([, heading = '', code = '']) => [heading, code] as const,
  );
}

describe.each(['cel', 'cerbos'])('the README of @gatehouse/%s', (name) => {
  const examples = examplesIn(name);

  test('every heading with code has an example', () => {
    const text = readFileSync(path.join(root, 'packages', name, 'README.md'), 'utf8');
    expect(examples).toHaveLength(text.split('```js\n').length - 1);
    expect(examples.length).toBeGreaterThan(3);
  });

  test.each(examples)('the example under "%s" is true', (heading, code) => {
    const file = `${name}-${heading.replaceAll(/\W+/g, '-')}.mjs`;
    writeFileSync(path.join(folder, file), code);
    const { status, text } = run(process.execPath, [file]);
    expect(status, text).toBe(0);
    const printed = text.trimEnd().split('\n');
    // What an example says that it prints stands behind the line that prints it.
    const told = code.split('\n').filter((line) => line.startsWith('console.log('));
    expect(printed).toHaveLength(told.length);
    told.forEach((line, index) => {
      const [, comment] = / \/\/ (.*)$/.exec(line) ?? [];
      if (comment !== undefined) {
        expect(printed[index]).toBe(comment);
      }
    });
  });
});

describe('installed', () => {
  test('there is one copy of each package, whichever way it is loaded', () => {
    const code = `
      const cel = require('@gatehouse/cel');
      const cerbos = require('@gatehouse/cerbos');
      const tokens = require('@gatehouse/cerbos/tokens');
      (async () => {
        const same = [
          cel.CelObject === (await import('@gatehouse/cel')).CelObject,
          cerbos.cerbosEnvironment() instanceof cel.Environment,
          cerbos.compilePolicySet === (await import('@gatehouse/cerbos')).compilePolicySet,
          tokens.TokenVerifier === (await import('@gatehouse/cerbos/tokens')).TokenVerifier,
        ];
        console.log(same.join());
      })();`;
    writeFileSync(path.join(folder, 'copies.cjs'), code);
    expect(run(process.execPath, ['copies.cjs'])).toEqual({ status: 0, text: 'true,true,true,true\n' });
  });

  test('exactly the same version of @gatehouse/cel is what @gatehouse/cerbos depends on', () => {
    const manifest = (name: string): { version: string; dependencies: Readonly<Record<string, string>> } =>
      JSON.parse(
        readFileSync(path.join(folder, 'node_modules/@gatehouse', name, 'package.json'), 'utf8'),
      ) as never;
    expect(manifest('cerbos').dependencies['@gatehouse/cel']).toBe(manifest('cel').version);
  });

  test('the core of @gatehouse/cerbos, and all of @gatehouse/cel, load nothing that does I/O', () => {
    const code = `
      const { Module } = require('node:module');
      const load = Module._load;
      const seen = new Set();
      Module._load = function (name, ...rest) { seen.add(name); return load.call(this, name, ...rest); };
      require('@gatehouse/cerbos');
      console.log([...seen].filter((name) => require('node:module').isBuiltin(name)).join());
      console.log([...seen].some((name) => name.includes('jose') || name.includes('@cerbos/')));`;
    writeFileSync(path.join(folder, 'io.cjs'), code);
    const [builtins = '', lazy] = run(process.execPath, ['io.cjs']).text.split('\n');
    expect(builtins.split(',').filter((name) => /fs|net|http|tls|dns|child_process/.test(name))).toEqual([]);
    expect(lazy).toBe('false');
  });

  const consumer = `
import { compile, standardEnvironment, type EvalResult } from '@gatehouse/cel';
import { cerbosEnvironment, checkResource, compilePolicySet, type CheckOutput } from '@gatehouse/cerbos';
import { readPolicyDirectory } from '@gatehouse/cerbos/folder';
import { TokenVerifier } from '@gatehouse/cerbos/tokens';
const result: EvalResult | undefined = compile('1', standardEnvironment()).program?.evaluate({});
compile('1', cerbosEnvironment());
const { set } = compilePolicySet([{ path: 'a.yaml', text: '' }]);
const output: CheckOutput | undefined = set && checkResource(set, { principal: { id: '', roles: [] }, resource: { kind: '', id: '' }, actions: [] });
// @ts-expect-error A file has a text.
compilePolicySet([{ path: 'a.yaml' }]);
void [result, output, readPolicyDirectory, TokenVerifier];
`;

  test.each(['cts', 'mts'])('the declarations check, strictly, for an importer of kind .%s', (kind) => {
    writeFileSync(path.join(folder, `consumer.${kind}`), consumer);
    const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2023'];
    const modules = ['--module', 'node16', '--moduleResolution', 'node16'];
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const { status, text } = run(process.execPath, [tsc, ...options, ...modules, `consumer.${kind}`]);
    expect({ status, text }).toEqual({ status: 0, text: '' });
  });
});
