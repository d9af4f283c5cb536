import { describe, expect, it } from 'vitest';
import {
  cerbosEnvironment,
  compile,
  formatValue,
  requestBindings,
  requestRecords,
  Timestamp,
} from '../index';
import { functionTable } from './table';

const environment = cerbosEnvironment();
const bindings = requestBindings(
  requestRecords({ principal: { id: 'p', roles: [] }, resource: { kind: 'k', id: 'r' } }),
);

function valueOf(source: string): string {
  const { program, issues } = compile(source, environment);
  const result = program?.evaluate(bindings, { now: new Timestamp(1_790_000_000) });
  return result?.kind === 'value' ? formatValue(result.value) : JSON.stringify(result ?? issues);
}

describe('the table of functions', () => {
  const examples = [
    ...functionTable.flatMap(({ overloads }) => overloads.map(({ id, example }) => [id, example] as const)),
    ...environment.macros.map(({ name, example }) => [name, example] as const),
  ];

  it.each(examples)('has a true example of %s: %s', (_id, example) => {
    const [call = '', value = ''] = example.split(' // ');
    expect(valueOf(call)).toBe(valueOf(value));
  });

  it('has every identifier of an overload once in a function', () => {
    for (const { name, overloads } of functionTable) {
      expect(new Set(overloads.map(({ id }) => id)).size, name).toBe(overloads.length);
    }
  });

  it('describes functions for editors', () => {
    expect(environment.functions.get('charAt')?.overloads).toMatchObject([
      { signature: 'string.charAt(index: int): string', method: true, parameterNames: ['this', 'index'] },
    ]);
    expect(environment.macros.map(({ name }) => name)).toContain('exists_one');
  });
});
