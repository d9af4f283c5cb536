import { describe, expect, test } from 'vitest';
import { TokenVerifier } from '../aux-data/token-verifier';
import { compilePolicySet } from '../compile-set';
import { engineDecisionPoint } from './engine';

const policy = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: album
  version: default
  schemas: {resourceSchema: {ref: "cerbos:///album.json"}}
  rules:
    - name: open
      actions: [view]
      effect: EFFECT_ALLOW
      roles: [user]
      condition: {match: {expr: 'R.attr.open || request.auxData.jwt.sub == "ann"'}}
      output: {when: {ruleActivated: '"seen in " + string(now().getFullYear())'}}
`;
const set = compilePolicySet([
  { path: 'album.yaml', text: policy },
  { path: '_schemas/album.json', text: '{"properties": {"open": {"type": "boolean"}}}' },
]).set!;
const principal = { id: 'ann', roles: ['user'] };
const album = (attr: Record<string, boolean | string>) => ({ kind: 'album', id: '1', attr });

describe('this engine as a decision point', () => {
  const point = engineDecisionPoint(set, {
    schemaEnforcement: 'warn',
    now: () => new Date('2026-01-31T12:00:00Z'),
    tokens: new TokenVerifier({ disableVerification: true }),
  });

  test('this engine answers with the types of Cerbos’ clients', async () => {
    const resource = album({ open: true });
    const result = await point.checkResource({
      principal,
      resource,
      actions: ['view', 'edit'],
      includeMetadata: true,
    });
    expect(result.isAllowed('view')).toBe(true);
    expect(result.isAllowed('edit')).toBe(false);
    expect(result.isAllowed('other')).toBeUndefined();
    expect(result.allAllowed()).toBe(false);
    expect(result.allowedActions()).toEqual(['view']);
    expect(result.output('resource.album.vdefault#open')).toBe('seen in 2026');
    expect(result.metadata?.actions).toEqual({
      view: { matchedPolicy: 'resource.album.vdefault', matchedScope: '' },
      edit: { matchedPolicy: 'resource.album.vdefault', matchedScope: '' },
    });
    expect(await point.isAllowed({ principal, resource, action: 'view' })).toBe(true);
  });

  test('the engine’s response finds results by resource, and gathers validation errors', async () => {
    const response = await point.checkResources({
      principal,
      requestId: 'r',
      resources: [
        { resource: album({ open: 'yes' }), actions: ['view'] },
        { resource: { ...album({ open: false }), id: '2' }, actions: ['view'] },
        { resource: { ...album({ open: 'yes' }), id: '3' }, actions: ['view'] },
      ],
    });
    expect(response.requestId).toBe('r');
    expect(response.isAllowed({ resource: { kind: 'album', id: '2' }, action: 'view' })).toBe(false);
    expect(response.allowedActions({ kind: 'album', id: '4' })).toBeUndefined();
    expect(response.validationErrors).toEqual([
      { path: '/open', message: 'expected boolean, but got string', source: 'SOURCE_RESOURCE' },
    ]);
  });

  test('the engine verifies tokens, and refuses a request whose token is malformed', async () => {
    const token = `${encoded({ alg: 'none' })}.${encoded({ sub: 'ann' })}.`;
    const resource = album({ open: false });
    const request = { principal, resource, action: 'view' };
    expect(await point.isAllowed({ ...request, auxData: { jwt: { token } } })).toBe(true);
    expect(await point.isAllowed(request)).toBe(false);
    await expect(point.isAllowed({ ...request, auxData: { jwt: { token: 'x' } } })).rejects.toThrow(
      'failed to parse JWT',
    );
  });

  test('the engine reads attributes under their older name too', async () => {
    const resource = { kind: 'album', id: '1', attributes: { open: true } };
    expect(await point.isAllowed({ principal, resource, action: 'view' })).toBe(true);
  });
});

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
