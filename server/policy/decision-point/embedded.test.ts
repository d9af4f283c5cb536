import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { embeddedDecisionPoint } from './embedded';
import { standInBundle } from '../../../test/support/policy/stand-in-bundle';

// No bundle of Cerbos Hub can be had here: a stand-in with the same interface shows that requests and answers get through.

const principal = { id: 'ann', roles: ['user'] };
const resource = { kind: 'album', id: '1' };
const answer = (view: string): string =>
  JSON.stringify({ requestId: 'r', results: [{ resource, actions: { view, edit: 'EFFECT_DENY' } }] });
const bundle = {
  metadata: '{"version": "stand-in", "policies": ["resource.album.vdefault"]}',
  answer: answer('EFFECT_ALLOW'),
  lenientAnswer: answer('EFFECT_DENY'),
};

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-bundle-'));
  file = path.join(folder, 'bundle.wasm');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a bundle (stand-in WASM, not one of Cerbos Hub)', () => {
  test('a bundle answers requests', async () => {
    await writeFile(file, standInBundle(bundle));
    const point = embeddedDecisionPoint({ file });
    const result = await point.checkResource({ principal, resource, actions: ['view', 'edit', 'share'] });
    expect(result.actions).toEqual({ view: 'EFFECT_ALLOW', edit: 'EFFECT_DENY', share: 'EFFECT_DENY' });
    expect(await point.isAllowed({ principal, resource: { ...resource, id: 'other' }, action: 'view' })).toBe(
      false,
    );
  });

  test('a bundle is given its options', async () => {
    await writeFile(file, standInBundle(bundle));
    const options = { lenientScopeSearch: true, globals: { a: [1] }, defaultPolicyVersion: 'v1' };
    const point = embeddedDecisionPoint({ file }, options);
    expect(await point.isAllowed({ principal, resource, action: 'view' })).toBe(false);
  });

  test('a bundle that cannot be loaded denies, and the next request loads it again', async () => {
    const errors: unknown[] = [];
    const point = embeddedDecisionPoint({ file }, { onUnavailable: (error) => void errors.push(error) });
    const isAllowed = (): Promise<boolean> => point.isAllowed({ principal, resource, action: 'view' });
    expect(await isAllowed()).toBe(false);
    await writeFile(file, 'not WebAssembly');
    expect(await isAllowed()).toBe(false);
    await writeFile(file, standInBundle({ ...bundle, answer: 'not JSON' }));
    expect(await isAllowed()).toBe(false);
    expect(errors).toHaveLength(3);
    await writeFile(file, standInBundle(bundle));
    expect(await isAllowed()).toBe(true);
  });

  test('a bundle is fetched over TLS only', async () => {
    const errors: unknown[] = [];
    const source = { url: 'http://127.0.0.1:1/bundle.wasm' };
    const point = embeddedDecisionPoint(source, { onUnavailable: (error) => void errors.push(error) });
    expect(await point.isAllowed({ principal, resource, action: 'view' })).toBe(false);
    expect(String(errors[0])).toContain('must be an https URL');
  });

  test('a bundle denies a request with a token that nothing can verify', async () => {
    await writeFile(file, standInBundle(bundle));
    const point = embeddedDecisionPoint({ file });
    const auxData = { jwt: { token: 'a.b.c' } };
    expect(await point.isAllowed({ principal, resource, action: 'view', auxData })).toBe(false);
  });
});
