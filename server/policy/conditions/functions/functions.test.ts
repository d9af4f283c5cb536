import { formatValue, Timestamp } from '../../../cel';
import { describe, expect, test } from 'vitest';
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

  test.each(examples)('the example of Cerbos’ function %s is true: %s', (_id, example) => {
    const [call = '', value = ''] = example.split(' // ');
    expect(valueOf(call)).toBe(valueOf(value));
  });

  test('the environment has all of Cerbos’ functions, with documentation and a readable signature', () => {
    for (const { name, overloads } of functions) {
      const described = cerbosEnvironment().functions.get(name);
      expect(described?.overloads.map(({ id }) => id)).toEqual(
        expect.arrayContaining(overloads.map(({ id }) => id)),
      );
      for (const { id, documentation } of overloads) {
        expect(documentation, id).toMatch(/\.$/);
      }
    }
  });

  test('expressions can name the types of Cerbos’ functions', () => {
    expect(valueOf('type(hierarchy("a.b")) == cerbos.lib.hierarchy')).toBe('true');
    expect(valueOf('type(spiffeID("spiffe://a/b")) == cerbos.lib.spiffeID')).toBe('true');
  });
});
