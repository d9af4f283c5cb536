// Cerbos drops what constants decide before it looks for undefined names, and evaluates what is left.
import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compilePolicySet } from '../../../server/policy';
import { cerbosBinary } from '../../tools';
import { compileGenerated, ours, theirs } from '../support/compare';
import { foldedExpressions, foldedValues } from './folded-expressions';
import { withExpression } from '../support/policy-text';
import { removePolicies, startServer, writePolicies } from '../support/server';
import type { CerbosServer, Mode } from '../support/server';
import { filesOf } from '../support/generate/written';
import type { GeneratedPolicy } from '../support/generate/written';

describe('undefined names where constants decide', () => {
  test.concurrent.each(foldedExpressions)(
    'an undefined name where a constant decides is treated as in cerbos 0.55: %s',
    async (expression) => {
      const text = withExpression(JSON.stringify(expression), '  variables: {local: {yes: "true"}}\n');
      const files = [{ path: 'a.yaml', text }];
      const directory = await writePolicies(files);
      try {
        expect(compilePolicySet(files).set !== undefined).toBe(await compiles(directory));
      } finally {
        await removePolicies(directory);
      }
    },
  );
});

function compiles(directory: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(cerbosBinary(), ['compile', '--skip-tests', directory], (error) => {
      resolve(error === null);
    });
  });
}

describe('values where constants decide', () => {
  const mode: Mode = { name: 'default', strictEvaluation: false, lenientScopeSearch: false, globals: {} };
  const actions = foldedValues.map((_, index) => `a${index}`);
  const policies: readonly GeneratedPolicy[] = [
    {
      path: 'a',
      form: 'block',
      policy: {
        apiVersion: 'api.cerbos.dev/v1',
        resourcePolicy: {
          resource: 'album',
          version: 'default',
          rules: foldedValues.map((expression, index) => ({
            actions: [`a${index}`],
            effect: 'EFFECT_ALLOW',
            roles: ['user'],
            output: { when: { ruleActivated: expression } },
          })),
        },
      },
    },
  ];
  let directory: string;
  let server: CerbosServer;

  beforeAll(async () => {
    directory = await writePolicies(filesOf(policies));
    server = await startServer(directory, mode);
  });

  afterAll(async () => {
    await server.stop();
    await removePolicies(directory);
  });

  test('values where constants decide are those of cerbos 0.55', async () => {
    const request = {
      principal: { id: 'alice', roles: ['user'], attr: {} },
      resource: { kind: 'album', id: 'x', attr: { owner: 'alice', n: 1, tags: ['a', 'b'] } },
    };
    const requests = Array.from({ length: Math.ceil(actions.length / 10) }, (_, page) => ({
      ...request,
      actions: actions.slice(page * 10, page * 10 + 10),
    }));
    const own = requests.map((each) => ours(compileGenerated(policies), each, mode).answer);
    expect(own.map(({ outputs }) => outputs)).toEqual(
      (await theirs(server, requests)).map(({ outputs }) => outputs),
    );
  });
});
