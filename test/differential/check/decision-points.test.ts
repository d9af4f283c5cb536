// The same questions to this engine and to a central policy decision point, a real `cerbos server`, through one interface.
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import type { CheckResourcesResult } from '@cerbos/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compilePolicySet } from '../../../server/policy';
import { removePolicies, startServer, writePolicies } from '../support/server';
import type { CerbosServer } from '../support/server';
import { engineDecisionPoint, httpDecisionPoint } from '../../../server/policy/decision-points';
import type { DecisionPoint } from '../../../server/policy/decision-points';

const files = [
  {
    path: 'album.yaml',
    text: `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: album
  version: default
  importDerivedRoles: [owners]
  schemas: {resourceSchema: {ref: "cerbos:///album.json"}}
  rules:
    - name: own
      actions: ["*"]
      effect: EFFECT_ALLOW
      derivedRoles: [owner]
      output: {when: {ruleActivated: '{"who": P.id, "list": [1, 2.5, null]}', conditionNotMet: "'not met'"}}
    - {name: locked, actions: [delete], effect: EFFECT_DENY, roles: ["*"], condition: {match: {expr: R.attr.locked}}}
`,
  },
  {
    path: 'owners.yaml',
    text: `apiVersion: api.cerbos.dev/v1
derivedRoles:
  name: owners
  definitions:
    - {name: owner, parentRoles: [user], condition: {match: {expr: R.attr.owner == P.id}}}
`,
  },
  { path: '_schemas/album.json', text: '{"properties": {"locked": {"type": "boolean"}}}' },
];

const ann = { id: 'ann', roles: ['user'], attr: { team: 'a' } };
const album = (id: string, attr: Record<string, string | boolean>) => ({ kind: 'album', id, attr });
const request = {
  principal: ann,
  requestId: 'r1',
  includeMetadata: true,
  resources: [
    { resource: album('1', { owner: 'ann' }), actions: ['view', 'delete'] },
    { resource: album('2', { owner: 'ann', locked: true }), actions: ['view', 'delete'] },
    { resource: album('3', { owner: 'bob', locked: 'yes' }), actions: ['view', 'constructor'] },
    { resource: { kind: 'photo', id: '4', policyVersion: 'v1' }, actions: ['view'] },
  ],
};

let directory: string;
let server: CerbosServer;
beforeAll(async () => {
  directory = await writePolicies(files);
  server = await startServer(directory, {
    name: 'decision points',
    strictEvaluation: false,
    lenientScopeSearch: false,
    globals: {},
    schemaEnforcement: 'warn',
  });
});
afterAll(async () => {
  await server.stop();
  await removePolicies(directory);
});

function plain({ resource, actions, validationErrors, metadata, outputs }: CheckResourcesResult): unknown {
  return {
    resource,
    actions: { ...actions },
    validationErrors,
    metadata: metadata && { ...metadata },
    outputs,
  };
}

async function answers(point: DecisionPoint): Promise<unknown> {
  const { requestId, results } = await point.checkResources(request);
  return { requestId, results: results.map(plain) };
}

test('a central decision point answers as this engine does, effects, metadata, outputs and validation errors', async () => {
  const { set } = compilePolicySet(files);
  const [central, own] = [
    httpDecisionPoint(server.url),
    engineDecisionPoint(set!, { schemaEnforcement: 'warn' }),
  ];
  expect(await answers(own)).toEqual(await answers(central));
  for (const action of ['view', 'delete']) {
    const asked = { principal: ann, resource: album('2', { owner: 'ann', locked: true }), action };
    expect(await central.isAllowed(asked)).toBe(action === 'view');
    expect(await own.isAllowed(asked)).toBe(action === 'view');
  }
});

test('a central decision point plans as this engine does', async () => {
  const { set } = compilePolicySet(files);
  const [central, own] = [
    httpDecisionPoint(server.url),
    engineDecisionPoint(set!, { schemaEnforcement: 'warn' }),
  ];
  const query = { principal: ann, requestId: 'r1', includeMetadata: true };
  for (const asked of [
    { ...query, resource: { kind: 'album' }, actions: ['view', 'delete'] },
    { ...query, resource: { kind: 'album', attr: { owner: 'ann', locked: 'yes' } }, actions: ['view'] },
    { ...query, resource: { kind: 'album', attr: { owner: 'bob' } }, action: 'view' },
    { principal: ann, resource: { kind: 'photo' }, actions: ['view'] },
  ]) {
    const { cerbosCallId, requestId, ...theirs } = await central.planResources(asked);
    expect(cerbosCallId).not.toBe('');
    const plan = await own.planResources(asked);
    expect(plan).toEqual({ cerbosCallId: '', requestId: 'requestId' in asked ? requestId : '', ...theirs });
  }
});

describe('a central decision point that does not answer', () => {
  let silent: Server;
  let silentUrl: string;
  beforeAll(async () => {
    silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  afterAll(() => void silent.close());

  const denied = request.resources.map(({ actions }) =>
    Object.fromEntries(actions.map((each) => [each, 'EFFECT_DENY'])),
  );

  async function asked(url: string, timeoutMs: number) {
    const errors: unknown[] = [];
    const point = httpDecisionPoint(url, { timeoutMs, onUnavailable: (error) => void errors.push(error) });
    const { results } = await point.checkResources(request);
    return { errors, actions: results.map(({ actions }) => ({ ...actions })) };
  }

  test('nothing is planned to be allowed', async () => {
    const errors: unknown[] = [];
    const point = httpDecisionPoint(silentUrl, {
      timeoutMs: 20,
      onUnavailable: (error) => void errors.push(error),
    });
    const plan = await point.planResources({
      principal: ann,
      resource: { kind: 'album' },
      actions: ['view'],
    });
    expect(plan.kind).toBe('KIND_ALWAYS_DENIED');
    expect(errors).toHaveLength(1);
  });

  test('a decision point denies because nothing is there', async () => {
    expect(await asked('http://127.0.0.1:1', 5000)).toMatchObject({
      actions: denied,
      errors: [{ name: 'NotOK' }],
    });
  });

  test('a decision point denies because it takes too long', async () => {
    expect(await asked(silentUrl, 20)).toMatchObject({ actions: denied, errors: [{}] });
  });

  test('a decision point denies because it is something else', async () => {
    expect(await asked(`${server.url}/elsewhere`, 5000)).toMatchObject({ actions: denied, errors: [{}] });
  });

  test('a decision point denies because it refuses the request', async () => {
    const point = httpDecisionPoint(server.url);
    const nameless = { principal: { id: '', roles: [] }, resource: album('1', {}), action: 'view' };
    expect(await point.isAllowed(nameless)).toBe(false);
  });
});

test('plain HTTP is for this machine only', () => {
  expect(() => httpDecisionPoint('http://pdp.example')).toThrow('must be an https URL');
  expect(() => httpDecisionPoint('ftp://localhost')).toThrow('must be an https URL');
});
