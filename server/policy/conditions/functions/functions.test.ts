import { formatValue, Timestamp } from '../../../cel';
import { describe, expect, it } from 'vitest';
import { requestBindings, requestRecords } from '../bindings';
import { compileCondition } from '../compile';
import { cerbosEnvironment, cerbosLibraries } from '../environment';

const bindings = requestBindings(
  requestRecords({ principal: { id: 'p', roles: [] }, resource: { kind: 'k', id: 'r' } }),
);

function valueOf(source: string): string {
  const { program, issues } = compileCondition(source);
  const result = program?.evaluate(bindings, { now: new Timestamp(1_790_000_000) });
  return result?.kind === 'value' ? formatValue(result.value) : JSON.stringify(result ?? issues);
}

describe("Cerbos' functions", () => {
  const functions = cerbosLibraries.flatMap((library) => library.functions);
  const examples = functions.flatMap(({ overloads }) =>
    overloads.map(({ id, example }) => [id, example] as const),
  );

  it.each(examples)('have a true example of %s: %s', (_id, example) => {
    const [call = '', value = ''] = example.split(' // ');
    expect(valueOf(call)).toBe(valueOf(value));
  });

  it('are all known to the environment, with documentation and a signature that can be read', () => {
    for (const { name, overloads } of functions) {
      const described = cerbosEnvironment().functions.get(name);
      expect(described?.overloads.map(({ id }) => id)).toEqual(
        expect.arrayContaining(overloads.map(({ id }) => id)),
      );
      for (const { id, documentation } of overloads) expect(documentation, id).toMatch(/\.$/);
    }
  });

  it('have types that can be named in expressions', () => {
    expect(valueOf('type(hierarchy("a.b")) == cerbos.lib.hierarchy')).toBe('true');
    expect(valueOf('type(spiffeID("spiffe://a/b")) == cerbos.lib.spiffeID')).toBe('true');
  });
});
