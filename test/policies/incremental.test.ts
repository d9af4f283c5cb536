import { describe, expect, test } from 'vitest';
import { checkResource, compilePolicySet, runSuites } from '../../server/policy';
import type { CheckInput, CompiledPolicies, PolicyFile } from '../../server/policy';
import { Random } from '../random';
import { edit, sound } from './edits';
import { readPolicyDirectory } from '../../server/policy/folder';

const inputs: readonly CheckInput[] = ['album', 'photo'].flatMap((kind) =>
  ['', 'acme', 'acme.eu'].flatMap((scope) =>
    ['user', 'editor'].map((role) => ({
      principal: { id: role === 'user' ? 'ann' : 'eve', roles: [role] },
      resource: { kind, id: '1', scope, attr: { owner: 'ann', open: kind === 'album' } },
      actions: ['view', 'edit'],
    })),
  ),
);

/** All that can be seen of a compilation from outside. */
function observe(
  { set, issues, suites, files, names }: CompiledPolicies,
  asked: readonly CheckInput[] = inputs,
) {
  return {
    issues,
    kinds: set?.kinds,
    decisions: set && asked.map((input) => checkResource(set, input)),
    results: set && runSuites(set, suites),
    suites: suites.map(({ file, issues: problems, tests, error }) => ({
      file: file.path,
      problems,
      tests,
      error,
    })),
    files: files.map(({ path }) => path),
    names: Object.values(names).map((byName: CompiledPolicies['names']['policies']) =>
      [...byName].map(([name, definitions]) => [name, definitions.map(({ location }) => location)]),
    ),
  };
}

const filesOf = (files: ReadonlyMap<string, string>): PolicyFile[] =>
  [...files].map(([path, text]) => ({ path, text }));

describe('compiling with an earlier compilation at hand', () => {
  test.each(Array.from({ length: 8 }, (_, seed) => seed))(
    'compiling with an earlier compilation gives what compiling afresh gives, edit after edit (seed %i)',
    (seed) => {
      const random = new Random(seed);
      let files = sound();
      let compiled = compilePolicySet(filesOf(files));
      for (let step = 0; step < 20; step++) {
        const before = compiled;
        const [earlier, old] = [files, step % 10 === 0 ? observe(before) : undefined];
        files = edit(files, random);
        compiled = compilePolicySet(filesOf(files), before);
        const place = `step ${step} from ${JSON.stringify([...earlier])} to ${JSON.stringify([...files])}`;
        expect(observe(compiled), place).toEqual(observe(compilePolicySet(filesOf(files))));
        if (old) {
          expect(observe(before), place).toEqual(old);
        }
      }
    },
  );

  test('the edits reach usable and broken sets, allowed and denied requests, passing and failing suites', () => {
    const random = new Random(1);
    const seen = new Set<string>();
    let files = sound();
    let compiled: CompiledPolicies | undefined;
    for (let step = 0; step < 400; step++) {
      files = edit(files, random);
      compiled = compilePolicySet(filesOf(files), compiled);
      const { set, suites, issues } = compiled;
      for (const { code } of issues) {
        seen.add(code);
      }
      seen.add(set ? 'usable' : 'broken');
      if (!set) {
        continue;
      }
      seen.add(runSuites(set, suites).summary.result);
      for (const input of inputs) {
        seen.add(checkResource(set, input).actions['view']?.effect ?? '');
      }
    }
    expect([...seen]).toEqual(
      expect.arrayContaining([
        ...['usable', 'broken', 'EFFECT_ALLOW', 'EFFECT_DENY', 'passed', 'failed', 'errored'],
        ...['missing-import', 'missing-scope', 'duplicate-policy', 'scope-permissions-conflict', 'disabled'],
        ...[
          'invalid-expression',
          'undefined-variable',
          'variable-cycle',
          'ambiguous-derived-role',
          'missing-fixture',
        ],
      ]),
    );
  });

  test('compiling the guardrails, line by line, with an earlier compilation gives the same', async () => {
    const random = new Random(7);
    const original = await readPolicyDirectory('policies/guardrails');
    const asked = inputs.map((input) => ({ ...input, resource: { ...input.resource, kind: 'filesystem' } }));
    let files = original;
    let compiled = compilePolicySet(files);
    for (let step = 0; step < 6; step++) {
      const at = random.below(files.length);
      files = (random.chance(0.4) ? original : files).map((file, index) =>
        index === at ? withoutALine(file, random) : file,
      );
      compiled = compilePolicySet(files, compiled);
      expect(observe(compiled, asked)).toEqual(observe(compilePolicySet(files), asked));
    }
  });
});

function withoutALine({ path, text }: PolicyFile, random: Random): PolicyFile {
  const lines = text.split('\n');
  lines.splice(random.below(lines.length), 1);
  return { path, text: lines.join('\n') };
}
